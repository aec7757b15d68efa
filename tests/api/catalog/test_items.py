"""Items, variations, categories and tax rules."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from apiclient import Api, at, upload
from counterfoil.api.catalog.examples import ITEM, VARIATION
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Item
from counterfoil.files import services as files
from makers import (
    make_event,
    make_item,
    make_order,
    make_position,
    make_tax_rule,
    make_team,
    make_token,
    make_variation,
)

MINIMAL = {"name": {"en": "New"}, "default_price": "4.00"}


def ids(answer: Any) -> list[int]:
    return [row["id"] for row in answer.json()["results"]]


def test_a_minimal_item_has_the_documented_defaults(api: Api, event: Event) -> None:
    answer = api.post(at(event, "items/"), json=MINIMAL)

    shown = answer.json()
    assert answer.status_code == 201
    assert list(shown) == list(ITEM)
    given = {"id", "name", "default_price", "category", "tax_rate", "tax_rule"}
    own = {"admission", "personalized", "sales_channels"}
    assert {key: shown[key] for key in shown if key not in given | own} == {
        key: ITEM[key] for key in ITEM if key not in given | own
    }
    assert (shown["admission"], shown["personalized"]) == (False, False)
    assert (shown["tax_rate"], shown["tax_rule"]) == ("0.00", None)
    assert shown["sales_channels"] == ["web"]


def test_what_is_carried_is_given_back(api: Api, event: Event) -> None:
    extra = {
        "free_price": True,
        "free_price_suggestion": "5.00",
        "min_per_order": 2,
        "validity_mode": "fixed",
        "validity_fixed_from": "2027-06-01T00:00:00+02:00",
        "require_membership_types": [3, 4],
        "addons": [{"addon_category": 1}],
        "media_policy": "new",
        "show_quota_left": False,
    }

    made = api.post(at(event, "items/"), json={**MINIMAL, **extra}).json()
    changed = api.patch(at(event, f"items/{made['id']}/"), json={"min_per_order": None}).json()

    assert {key: made[key] for key in extra} == extra
    assert {key: changed[key] for key in extra} == {**extra, "min_per_order": None}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"default_price": "-1"}, "default_price"),
        ({"default_price": "1.234"}, "default_price"),
        ({"default_price": "ten"}, "default_price"),
        ({"default_price": True}, "default_price"),
        ({"default_price": "1" * 20}, "default_price"),
        ({"default_price": None}, "default_price"),
        ({"category": 999999}, "category"),
        ({"category": "x"}, "category"),
        ({"category": 1.5}, "category"),
        ({"category": 10**30}, "category"),
        ({"tax_rule": 10**30}, "tax_rule"),
        ({"min_per_order": 10**30}, "min_per_order"),
        ({"min_per_order": -1}, "min_per_order"),
        ({"free_price": "maybe"}, "free_price"),
        ({"free_price": None}, "free_price"),
        ({"available_from_mode": "sometimes"}, "available_from_mode"),
        ({"validity_fixed_from": "2027-06-01T00:00:00"}, "validity_fixed_from"),
        (
            {
                "validity_fixed_from": "2027-06-02T00:00:00Z",
                "validity_fixed_until": "2027-06-01T00:00:00Z",
            },
            "validity_fixed_until",
        ),
        ({"picture": "file:nothing"}, "picture"),
        ({"picture": 5}, "picture"),
        ({"variations": [{}]}, "variations"),
        ({"variations": {"a": 1}}, "variations"),
        (
            {"available_from": "2027-06-02T00:00:00Z", "available_until": "2027-06-01T00:00:00Z"},
            "available_until",
        ),
    ],
)
def test_what_an_item_cannot_be_is_refused(api: Api, event: Event, wrong, field) -> None:
    answer = api.post(at(event, "items/"), json={**MINIMAL, **wrong})

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not event.items.exists()


def test_rows_of_other_events_do_not_exist_here(api: Api, event: Event) -> None:
    other = make_event(event.organizer)
    category, rule = other.categories.create(name={"en": "x"}), make_tax_rule(other)

    answer = api.post(
        at(event, "items/"), json={**MINIMAL, "category": category.pk, "tax_rule": rule.pk}
    )

    assert answer.json() == {
        "category": [f'Invalid pk "{category.pk}" - object does not exist.'],
        "tax_rule": [f'Invalid pk "{rule.pk}" - object does not exist.'],
    }


def test_channels_may_be_given_in_the_older_form(api: Api, event: Event) -> None:
    event.organizer.sales_channels.create(identifier="api.box")

    limited = api.post(at(event, "items/"), json={**MINIMAL, "sales_channels": ["web"]}).json()
    both = api.patch(
        at(event, f"items/{limited['id']}/"), json={"sales_channels": ["web", "api.box"]}
    ).json()

    assert (limited["all_sales_channels"], limited["limit_sales_channels"]) == (False, ["web"])
    assert (both["all_sales_channels"], both["sales_channels"]) == (True, ["api.box", "web"])


def test_an_item_is_made_with_variations(api: Api, event: Event) -> None:
    body = {**MINIMAL, "variations": [{"value": "S", "default_price": "3.00"}, {"value": "M"}]}

    shown = api.post(at(event, "items/"), json=body).json()

    assert shown["has_variations"] is True
    assert [variation["price"] for variation in shown["variations"]] == ["3.00", "4.00"]
    assert list(shown["variations"][0]) == list(VARIATION)


def test_variations_are_not_changed_with_the_item(api: Api, event: Event) -> None:
    item = make_item(event)

    answer = api.patch(at(event, f"items/{item.pk}/"), json={"variations": []})

    assert answer.status_code == 400
    assert list(answer.json()) == ["variations"]


def test_an_item_without_variations_cannot_gain_one(api: Api, event: Event) -> None:
    item = make_item(event)

    answer = api.post(at(event, f"items/{item.pk}/variations/"), json={"value": "S"})

    assert answer.status_code == 403
    assert "without variations" in answer.json()["detail"]


def test_variations_are_added_changed_and_deleted(api: Api, event: Event) -> None:
    item = make_item(event)
    make_variation(item)
    path = at(event, f"items/{item.pk}/variations/")

    made = api.post(path, json={"value": "L", "default_price": 9})
    changed = api.patch(f"{path}{made.json()['id']}/", json={"active": False})
    deleted = api.delete(f"{path}{made.json()['id']}/")

    assert made.status_code == 201
    assert made.json()["price"] == "9.00"
    assert changed.json()["active"] is False
    assert deleted.status_code == 204


def test_the_last_variation_stays(api: Api, event: Event) -> None:
    variation = make_variation(make_item(event))

    answer = api.delete(at(event, f"items/{variation.item_id}/variations/{variation.pk}/"))

    assert answer.status_code == 403


def test_a_variation_that_was_sold_stays(api: Api, event: Event) -> None:
    item = make_item(event)
    sold, _other = make_variation(item), make_variation(item)
    make_position(make_order(event, items=[]), item, variation=sold)

    answer = api.delete(at(event, f"items/{item.pk}/variations/{sold.pk}/"))

    assert answer.status_code == 403
    assert "sold" in answer.json()["detail"]


def test_variations_are_found_below_their_own_item_only(api: Api, event: Event) -> None:
    variation, other = make_variation(make_item(event)), make_item(event)
    foreign = make_item(make_event(event.organizer))

    paths = [
        f"items/{other.pk}/variations/{variation.pk}/",
        f"items/{foreign.pk}/variations/",
        "items/x/variations/",
    ]

    assert {api.get(at(event, path)).status_code for path in paths} == {404}


def test_an_item_that_was_sold_stays(api: Api, event: Event) -> None:
    item = make_item(event)
    make_order(event, items=[item])

    answer = api.delete(at(event, f"items/{item.pk}/"))

    assert answer.status_code == 403
    assert "inactive" in answer.json()["detail"]
    assert not LogEntry.objects.exists()


def test_an_item_can_be_put_as_it_was_read_without_its_variations(api: Api, event: Event) -> None:
    item = make_item(event)
    shown = api.get(at(event, f"items/{item.pk}/")).json()
    sent = {key: value for key, value in shown.items() if key != "variations"}

    assert api.put(at(event, f"items/{item.pk}/"), json=sent).json() == shown


def test_items_are_filtered_and_ordered(api: Api, event: Event) -> None:
    rule = make_tax_rule(event)
    category = event.categories.create(name={"en": "x"})
    first = make_item(event, position=2, category=category, tax_rule=rule, name={"en": "Übung"})
    second = make_item(event, position=1, active=False, admission=False)
    third = make_item(event, position=3, extra={"free_price": True}, internal_name="box")

    def found(query: str) -> list[int]:
        return ids(api.get(at(event, f"items/?{query}")))

    assert found("") == [second.pk, first.pk, third.pk]
    assert found("active=false") == [second.pk]
    assert found("admission=true") == [first.pk, third.pk]
    assert found(f"category={category.pk}") == [first.pk]
    assert found("tax_rate=19.00") == [first.pk]
    assert found("tax_rate=0") == [second.pk, third.pk]
    assert found("free_price=true") == [third.pk]
    assert found("free_price=false") == [second.pk, first.pk]
    assert found("search=box") == [third.pk]
    assert found("search=übung") == [first.pk]
    assert found("ordering=-position") == [third.pk, first.pk, second.pk]


@pytest.mark.parametrize("size", [1, 50])
def test_listing_items_costs_the_same_for_any_number(
    api: Api, event: Event, size, django_assert_num_queries
) -> None:
    rule = make_tax_rule(event)
    for number in range(size):
        item = make_item(event, tax_rule=rule, all_sales_channels=bool(number % 2))
        make_variation(item)

    # token, organizer, event, last change, count, rows, channels, variations, theirs, all channels
    with django_assert_num_queries(10):
        answer = api.get(at(event, "items/"))

    assert len(answer.json()["results"]) == size


@pytest.mark.parametrize("size", [1, 50])
def test_listing_variations_costs_the_same_for_any_number(
    api: Api, event: Event, size, django_assert_num_queries
) -> None:
    item = make_item(event)
    for _ in range(size):
        make_variation(item)

    with django_assert_num_queries(8):
        answer = api.get(at(event, f"items/{item.pk}/variations/"))

    assert len(answer.json()["results"]) == size


def upload_picture(api: Api) -> str:
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    return upload(api, picture.getvalue(), "a.png", "image/png")


def test_a_picture_is_set_shown_and_cleared(api: Api, event: Event) -> None:
    item = make_item(event)
    path = at(event, f"items/{item.pk}/")

    shown = api.patch(path, json={"picture": upload_picture(api)}).json()["picture"]
    sent = api.get(shown.removeprefix("http://testserver"), headers={"Accept": "*/*"})
    cleared = api.patch(path, json={"picture": None}).json()["picture"]

    assert sent.status_code == 200
    assert sent["Content-Type"] == "image/png"
    assert b"".join(sent.streaming_content).startswith(b"\x89PNG")
    assert cleared is None
    assert api.get(f"{path}picture/").status_code == 404


def test_a_picture_whose_file_is_gone_is_not_found(api: Api, event: Event) -> None:
    item = make_item(event)
    path = at(event, f"items/{item.pk}/")
    api.patch(path, json={"picture": upload_picture(api)})
    item.refresh_from_db()

    files.delete(item.picture)

    assert api.get(f"{path}picture/").status_code == 404


def test_a_picture_of_another_token_is_not_found(api: Api, event: Event) -> None:
    _, other = make_token(make_team(event.organizer))
    item = make_item(event)

    answer = api.patch(
        at(event, f"items/{item.pk}/"), json={"picture": upload_picture(api)}, token=other
    )

    assert answer.status_code == 400
    assert list(answer.json()) == ["picture"]


def test_a_category_shows_an_empty_description_in_the_events_language(api: Api, event) -> None:
    shown = api.post(at(event, "categories/"), json={"name": "A", "description": None}).json()

    assert shown == {
        "id": shown["id"],
        "name": {"en": "A"},
        "internal_name": None,
        "description": {"en": ""},
        "position": 0,
        "is_addon": False,
        "cross_selling_mode": None,
        "cross_selling_condition": None,
        "cross_selling_match_products": [],
    }


def test_a_deleted_category_leaves_its_items(api: Api, event: Event) -> None:
    category = event.categories.create(name={"en": "x"})
    item = make_item(event, category=category)

    api.delete(at(event, f"categories/{category.pk}/"))

    assert Item.objects.get(pk=item.pk).category is None


def test_a_new_default_tax_rule_takes_the_place_of_the_old(api: Api, event: Event) -> None:
    old = make_tax_rule(event, default=True)

    made = api.post(at(event, "taxrules/"), json={"name": "Reduced", "rate": "7", "default": True})

    old.refresh_from_db()
    assert made.json()["rate"] == "7.00"
    assert made.json()["default"] is True
    assert old.default is False


def test_a_tax_rule_in_use_stays(api: Api, event: Event) -> None:
    rule = make_tax_rule(event)
    make_item(event, tax_rule=rule)

    assert api.delete(at(event, f"taxrules/{rule.pk}/")).status_code == 403


@pytest.mark.parametrize("rate", ["-1", "x", "1" * 12, None])
def test_impossible_tax_rates_are_refused(api: Api, event: Event, rate) -> None:
    answer = api.post(at(event, "taxrules/"), json={"name": "x", "rate": rate})

    assert answer.status_code == 400
    assert list(answer.json()) == ["rate"]


def test_variations_are_filtered_and_ordered(api: Api, event: Event) -> None:
    item = make_item(event)
    first = make_variation(item, value={"en": "Front"}, position=1).pk
    second = make_variation(item, value={"en": "Balcön"}, position=2, active=False).pk
    path = at(event, f"items/{item.pk}/variations/")

    assert ids(api.get(f"{path}?active=true")) == [first]
    assert ids(api.get(f"{path}?active=false")) == [second]
    assert ids(api.get(f"{path}?search=BALCÖN")) == [second]
    assert ids(api.get(f"{path}?ordering=-position")) == [second, first]
    assert api.get(f"{path}?active=maybe").json() == {"active": ["Must be a valid boolean."]}
