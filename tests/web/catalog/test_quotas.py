"""Quotas: what is taken and what is left, in numbers too."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Quota
from makers import (
    make_event,
    make_item,
    make_order,
    make_quota,
    make_subevent,
    make_user,
    make_variation,
)
from pageclient import signed_in
from pageforms import untouched


def words_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_quota_shows_what_is_taken_and_what_is_left(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event, quota=2500)
    make_order(event, items=[item, item])

    page = words_of(pages.get(f"{base}quotas/"))

    assert "2 of 2,500 taken" in page
    assert "2,498 left" in page
    assert '<meter min="0" max="2500" value="2"' in page


def test_a_quota_without_limit_says_so(pages: Client, event: Event, base: str) -> None:
    item = make_item(event, quota=None)
    make_order(event, items=[item])

    page = words_of(pages.get(f"{base}quotas/"))

    assert "1 taken · no limit" in page
    assert "<meter" not in page


@pytest.mark.parametrize(
    ("given", "words"),
    [({"size": 0}, "sold out"), ({"size": 9, "closed": True}, "closed"), ({"size": 9}, "9 left")],
)
def test_how_a_quota_stands_is_said_in_words(
    pages: Client, event: Event, base: str, given: dict[str, Any], words: str
) -> None:
    make_quota(event, items=[make_item(event, quota=False)], **given)

    assert words in words_of(pages.get(f"{base}quotas/"))


@pytest.mark.parametrize("amount", [1, 30])
def test_a_list_of_quotas_costs_the_same_for_any_number(
    pages: Client, event: Event, base: str, amount: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(amount):
        make_variation(make_item(event, quota=5))

    with django_assert_max_num_queries(17):
        assert pages.get(f"{base}quotas/").status_code == 200


def test_a_quota_is_made_of_products_and_variations(pages: Client, event: Event, base: str) -> None:
    plain, seats = make_item(event, quota=False), make_item(event, quota=False)
    stalls, _balcony = make_variation(seats), make_variation(seats)
    chosen = [f"i{plain.pk}", f"v{stalls.pk}"]

    pages.post(f"{base}quotas/new/", {"name": "Hall", "size": "120", "products": chosen})

    quota = event.quotas.get()
    assert (quota.name, quota.size) == ("Hall", 120)
    assert set(quota.items.all()) == {plain, seats}
    assert set(quota.variations.all()) == {stalls}
    assert LogEntry.objects.get().action == "counterfoil.quota.added"


def test_an_empty_size_is_no_limit(pages: Client, event: Event, base: str) -> None:
    item = make_item(event, quota=False)

    pages.post(f"{base}quotas/new/", {"name": "Hall", "size": "", "products": [f"i{item.pk}"]})

    assert event.quotas.get().size is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"size": "-1"}, "size"),
        ({"size": "99999999999"}, "size"),
        ({"products": []}, "products"),
        ({"products": ["i0"]}, "products"),
        ({"products": ["nonsense"]}, "products"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    pages: Client, event: Event, base: str, given: dict[str, Any], field: str
) -> None:
    item = make_item(event, quota=False)
    data = {"name": "Hall", "size": "5", "products": [f"i{item.pk}"], **given}

    answer = pages.post(f"{base}quotas/new/", data)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_form_sent_back_as_it_was_shown_changes_nothing(
    pages: Client, event: Event, base: str
) -> None:
    item = make_item(event, quota=7)
    make_variation(item)
    make_quota(event, size=3, items=[item, make_item(event, quota=False)],
               variations=list(item.variations.all()), close_when_sold_out=True)  # fmt: skip
    quota = event.quotas.order_by("-pk")[0]
    before = (Quota.objects.values().get(pk=quota.pk), set(quota.items.all()),
              set(quota.variations.all()))  # fmt: skip

    path = f"{base}quotas/{quota.pk}/"
    answer = pages.post(path, untouched(pages.get(path)))

    assert answer.status_code == 302
    after = (Quota.objects.values().get(pk=quota.pk), set(quota.items.all()),
             set(quota.variations.all()))  # fmt: skip
    assert after == before


def test_a_quota_of_a_series_belongs_to_a_date(db: None) -> None:
    event = make_event(has_subevents=True)
    pages = signed_in(make_user(event.organizer))
    item, date = make_item(event), make_subevent(event)
    base = f"/organizers/{event.organizer.slug}/events/{event.slug}/quotas/"
    data = {"name": "Hall", "size": "5", "products": [f"i{item.pk}"]}

    assert list(pages.post(f"{base}new/", data).context["form"].errors) == ["subevent"]

    pages.post(f"{base}new/", {**data, "subevent": date.pk})

    assert event.quotas.get().subevent == date


def test_quotas_of_one_date_are_shown(db: None) -> None:
    event = make_event(has_subevents=True)
    pages = signed_in(make_user(event.organizer))
    items = [make_item(event)]
    dates = [make_subevent(event), make_subevent(event)]
    quotas = [make_quota(event, size=5, items=items, subevent=date) for date in dates]
    base = f"/organizers/{event.organizer.slug}/events/{event.slug}/quotas/"

    def shown(date: Any) -> list[Quota]:
        return list(pages.get(base, {"date": date}).context["rows"])

    assert shown(dates[1].pk) == [quotas[1]]
    assert shown("99999999999999999999999") == shown("٣") == quotas
    assert untouched(pages.get(f"{base}new/?date={dates[1].pk}"))["subevent"] == str(dates[1].pk)


def test_a_quota_is_deleted_only_after_a_question(pages: Client, event: Event, base: str) -> None:
    make_item(event, quota=5)
    path = f"{base}quotas/{event.quotas.get().pk}/delete/"

    assert "Delete the quota" in pages.get(path).content.decode()
    assert event.quotas.exists()

    pages.post(path)
    assert not event.quotas.exists()
