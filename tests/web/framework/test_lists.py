"""Lists and what is below them: sorted, filtered, with their history, and honest about deleting."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from counterfoil.accounts.models import User
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import CheckinList
from makers import (
    make_device,
    make_item,
    make_order,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_team,
    make_user,
    make_variation,
)
from pageclient import signed_in


def shown(pages: Client, path: str) -> str:
    answer = pages.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_the_page_of_something_tells_who_did_what_to_it(
    pages: Client, user: User, event: Event, base: str
) -> None:
    quota = make_quota(event, size=5, items=[make_item(event)])
    other = make_quota(event, size=5, items=[make_item(event)])
    path = f"{base}quotas/{quota.pk}/"
    assert "History" not in shown(pages, path)

    pages.post(path, {"name": "Stalls", "size": "7", "products": f"i{quota.items.get().pk}"})

    page = shown(pages, path)
    assert "quota changed" in page
    assert f"<td>{user.email}</td>" in page
    assert "History" not in shown(pages, f"{base}quotas/{other.pk}/")
    stranger = signed_in(make_user(event.organizer, permissions=[])).get(path)
    assert stranger.status_code == 403
    assert "quota changed" not in stranger.content.decode()


def test_lists_are_sorted_by_the_column_that_is_clicked(
    pages: Client, event: Event, base: str, subtests: pytest.Subtests
) -> None:
    organizer = f"/organizers/{event.organizer.slug}/"
    for name, price in (("Alpha", "3.00"), ("Zulu", "1.00")):
        item = make_item(event, name={"en": name}, default_price=price, quota=False)
        make_quota(event, name=name, size=5, items=[item])
        make_team(event.organizer, name=name)
        make_device(event.organizer, name=name)
        CheckinList.objects.create(event=event, name=name)

    def order(path: str) -> bool:
        page = shown(pages, path)
        return page.index("Alpha") < page.index("Zulu")

    lists = [f"{base}items/", f"{base}quotas/", f"{base}checkin/"]
    for path in [*lists, f"{organizer}teams/", f"{organizer}devices/"]:
        with subtests.test(path):
            assert order(f"{path}?sort=name")
            assert not order(f"{path}?sort=-name")
            assert 'aria-sort="descending"' in shown(pages, f"{path}?sort=-name")
            assert shown(pages, f"{path}?sort=password")
    assert not order(f"{base}items/?sort=price")


def test_filters_look_alike_keep_the_order_and_can_be_taken_off(
    pages: Client, event: Event, base: str, subtests: pytest.Subtests
) -> None:
    organizer = f"/organizers/{event.organizer.slug}/"
    make_quota(event, size=5, items=[make_item(event)])
    gate = CheckinList.objects.create(event=event, name="Gate")
    paths = [f"{base}{name}/" for name in ("items", "quotas", "orders", "jobs")]
    for path in [*paths, f"{base}checkin/{gate.pk}/", f"{organizer}devices/"]:
        with subtests.test(path):
            plain = shown(pages, path)
            filtered = shown(pages, f"{path}?q=nothing&sort=-name&rows=25")
            assert 'role="search"' in plain
            assert "Reset" not in plain
            assert '<input type="hidden" name="sort" value="-name">' in filtered
            assert '<input type="hidden" name="rows" value="25">' in filtered
            assert "Reset" in filtered


def test_deleting_is_offered_only_where_it_can_succeed(
    pages: Client, event: Event, base: str
) -> None:
    used, unused = make_tax_rule(event), make_tax_rule(event)
    sold, unsold = make_item(event, tax_rule=used), make_item(event)
    row, other = make_variation(sold), make_variation(sold)
    assert f"{base}delete/" in shown(pages, f"{base}settings/")
    position = make_order(event, items=[sold]).positions.get()
    position.variation = row
    position.save()

    items = shown(pages, f"{base}items/")
    assert f"{base}items/{unsold.pk}/delete/" in items
    assert f"{base}items/{sold.pk}/delete/" not in items
    rules = shown(pages, f"{base}tax-rules/")
    assert f"{base}tax-rules/{unused.pk}/delete/" in rules
    assert f"{base}tax-rules/{used.pk}/delete/" not in rules
    form = shown(pages, f"{base}items/{sold.pk}/")
    deletable = [number for number in (0, 1) if f'name="variations-{number}-delete"' in form]
    assert deletable == [[row, other].index(other)]
    assert f"{base}delete/" not in shown(pages, f"{base}settings/")


def test_a_date_with_tickets_is_not_offered_to_be_deleted(
    pages: Client, event: Event, base: str
) -> None:
    event.has_subevents = True
    event.save()
    sold, unsold = make_subevent(event), make_subevent(event)
    position = make_order(event, items=[make_item(event)]).positions.get()
    position.subevent = sold
    position.save()

    page = shown(pages, f"{base}dates/")

    assert f"{base}dates/{unsold.pk}/delete/" in page
    assert f"{base}dates/{sold.pk}/delete/" not in page


@pytest.mark.parametrize(
    ("language", "amount", "expected"),
    [("en", 12345, "12,345 stubs"), ("de", 12345, "12.345 stubs"), ("en", 1, "1 stub")],
)
def test_large_numbers_have_their_thousands_apart_and_words_in_their_number(
    language: str, amount: int, expected: str
) -> None:
    text = (
        "{% load i18n counterfoil %}{% blocktranslate count n=amount|grouped %}{{ n }} stub"
        "{% plural %}{{ n }} stubs{% endblocktranslate %}"
    )
    with translation.override(language):
        assert Template(text).render(Context({"amount": amount})) == expected
