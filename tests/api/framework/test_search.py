"""Whatever is printed on a ticket or shown of it finds it, in every place that searches."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import CheckinList
from counterfoil.orders.models import OrderPosition
from makers import make_event, make_item, make_order, make_user
from pageclient import signed_in

NAMES: list[tuple[dict[str, str], list[str]]] = [
    ({"_scheme": "full", "full_name": "Ada Lovelace"}, ["Ada Lovelace", "lovelace ADA", "ovela"]),
    (
        {
            "_scheme": "title_given_family",
            "title": "Dr.",
            "given_name": "Jörg",
            "family_name": "Öz",
        },
        ["Dr. Jörg Öz", "JÖRG ÖZ", "jorg oz", "Joerg Oez", "Öz, Jörg", "dr öz"],
    ),
    (
        {"_scheme": "family_nospace_given", "family_name": "毛", "given_name": "泽东"},
        ["毛泽东", "泽东", "毛 泽东"],
    ),
    ({"family_name": "毛", "given_name": "泽东"}, ["毛泽东"]),
    (
        {
            "_scheme": "salutation_title_given_family_degree",
            "salutation": "Ms",
            "title": "Prof.",
            "given_name": "Zoë",
            "family_name": "Groß-O’Neill",
            "degree": "PhD",
        },
        [
            "Prof. Zoë Groß-O’Neill, PhD",
            "zoe gross",
            "GROSS-ONEILL",
            "O'Neill Zoe",
            "Groß O´Neill",
            "Ms Zoë",
            "phd",
        ],
    ),
    (
        {
            "_scheme": "given_middle_family",
            "given_name": "Лев",
            "middle_name": "Николаевич",
            "family_name": "Толстой",
        },
        ["Лев Николаевич Толстой", "толстой лев", "ТОЛСТОЙ", "николаевич"],
    ),
    ({"_scheme": "full", "full_name": "Ἀχιλλεύς"}, ["αχιλλευσ", "ΑΧΙΛΛΕΎΣ", "Ἀχιλλεύς"]),
    ({"_scheme": "full", "full_name": "İrem Işık"}, ["irem işık", "IREM ISIK", "İREM"]),
    (
        {"_scheme": "full", "full_name": "Łukasz Sørensen"},
        ["lukasz sorensen", "soerensen", "ŁUKASZ"],
    ),
    ({"_scheme": "calling_full", "calling_name": "Bob", "full_name": "Robert Roe"}, ["bob roe"]),
    (
        {
            "_scheme": "full_transcription",
            "full_name": "山田太郎",
            "latin_transcription": "Yamada Tarō",
        },
        ["山田", "Taro YAMADA"],
    ),
    ({"_legacy": "Jane O'Hara"}, ["jane ohara", "O’Hara, Jane"]),
]


def orders_in(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each.get("order", each.get("code")) for each in answer.json()["results"]]


class Places:
    """The places where a ticket is looked for, each answering with codes of orders."""

    def __init__(self, event: Event, api: Api) -> None:
        self._api, self._event = api, event
        self._list = CheckinList.objects.create(event=event, name="Gate", include_pending=True)
        self._pages: Client = signed_in(make_user(event.organizer))

    def found(self, text: str) -> dict[str, set[str]]:
        """Return which orders each place finds."""
        organizer, gate = self._event.organizer.slug, self._list.pk
        return {
            "orders": self._codes(at(self._event, "orders/"), search=text),
            "the organizer's orders": self._codes(f"/organizers/{organizer}/orders/", search=text),
            "positions": self._codes(at(self._event, "orderpositions/"), search=text),
            "scanners": self._codes(
                f"/organizers/{organizer}/checkinrpc/search/", search=text, list=gate
            ),
            "a list": self._codes(at(self._event, f"checkinlists/{gate}/positions/"), search=text),
            "orders page": self._linked("orders/", text),
            "list page": self._linked(f"checkin/{gate}/", text),
        }

    def named(self, text: str) -> set[str]:
        """Return which orders are found by the attendee's name alone."""
        return self._codes(at(self._event, "orderpositions/"), attendee_name=text)

    def _codes(self, path: str, **query: Any) -> set[str]:
        return set(orders_in(self._api.get(f"{path}?{urlencode(query)}")))

    def _linked(self, path: str, text: str) -> set[str]:
        base = f"/organizers/{self._event.organizer.slug}/events/{self._event.slug}/"
        answer = self._pages.get(base + path, {"q": text}, follow=True)
        assert answer.status_code == 200
        shown = answer.content.decode()
        tickets = OrderPosition.objects.filter(pk__in=re.findall(r"/orders/tickets/(\d+)/", shown))
        return {
            *re.findall(r"/orders/([A-Z0-9]{5})/", shown),
            *tickets.values_list("order__code", flat=True),
        }


@pytest.fixture
def places(event: Event, api: Api) -> Places:
    return Places(event, api)


@pytest.mark.parametrize(
    ("parts", "texts"),
    [
        pytest.param(*each, marks=pytest.mark.endurance) if number % 2 else each
        for number, each in enumerate(NAMES)
    ],
)
def test_a_name_is_found_in_any_order_case_and_spelling(
    places: Places, api: Api, event: Event, parts: dict[str, str], texts: list[str]
) -> None:
    item = make_item(event)
    make_order(event, items=[item], code="NX0NE")
    body = {"positions": [{"item": item.pk, "attendee_name_parts": parts}], "code": "WANTD"}
    assert api.post(at(event, "orders/"), json=body).status_code == 201

    for text in texts:
        found = places.found(text)
        assert found == {place: {"WANTD"} for place in found}, text
        assert places.named(text) == {"WANTD"}, text


@pytest.mark.parametrize(
    "text",
    [
        "{code}", "{lower}", "{code}-2", "{lower}-2", "{code}–2", "#{code}-2", "{event}-{code}-2",
        "{event}-{code}", "{secret}", "{upper_secret}", "{secret:.8}", "{id}", "{id:.6}",
        "{code:.3}",
        "guest@example.org", "EXAMPLE.org", "buyer@example.com", "Acme Ltd", "acme", "+49 30 123",
        "Inge Invoice",
    ],
)  # fmt: skip
def test_what_is_printed_or_shown_finds_the_ticket(
    places: Places, api: Api, event: Event, text: str
) -> None:
    item = make_item(event)
    make_order(event, items=[item], code="NX0NE")
    guest = {"item": item.pk, "attendee_email": "guest@example.org", "company": "Acme Ltd."}
    body = {
        "code": "WANTD",
        "email": "buyer@example.com",
        "phone": "+49 30 123",
        "invoice_address": {"name_parts": {"_scheme": "full", "full_name": "Inge Invoice"}},
        "positions": [{"item": item.pk}, guest],
    }
    assert api.post(at(event, "orders/"), json=body).status_code == 201
    ticket = OrderPosition.objects.get(order__code="WANTD", positionid=2)
    text = text.format(
        code="WANTD",
        lower="wantd",
        event=event.slug,
        secret=ticket.secret,
        upper_secret=ticket.secret.upper(),
        id=ticket.pseudonymization_id,
    )

    found = places.found(text)

    assert found == {place: {"WANTD"} for place in found}


def test_a_code_with_a_number_finds_that_ticket_alone(
    places: Places, api: Api, event: Event
) -> None:
    item = make_item(event)
    order = make_order(event, items=[item, item], code="TW0CD")
    second = order.positions.get(positionid=2)

    for text in ("TW0CD-2", f"{event.slug}-tw0cd-2"):
        answer = api.get(at(event, f"orderpositions/?{urlencode({'search': text})}"))
        assert [each["id"] for each in answer.json()["results"]] == [second.pk]
    for text in ("TW0CD-3", "TW0CD-999999999999", "other-TW0CD-2", "-", "--1", "%", "_", "' OR 1"):
        assert orders_in(api.get(at(event, f"orderpositions/?{urlencode({'search': text})}"))) == []


def test_a_name_that_is_also_a_code_finds_both(places: Places, api: Api, event: Event) -> None:
    item = make_item(event)
    make_order(event, items=[item], code="MAYER")
    body = {"positions": [{"item": item.pk, "attendee_name": "Eva Mayer"}], "code": "0THER"}
    assert api.post(at(event, "orders/"), json=body).status_code == 201

    found = places.found("mayer")

    assert found == {place: {"MAYER", "0THER"} for place in found}


def test_a_search_by_name_alone_leaves_out_companies(
    places: Places, api: Api, event: Event
) -> None:
    item = make_item(event)
    body = {"positions": [{"item": item.pk, "company": "Acme", "attendee_name": "Eva Roth"}]}
    assert api.post(at(event, "orders/"), json=body).status_code == 201

    assert places.named("acme") == set()
    assert len(places.named("roth eva")) == 1


def test_a_search_stays_in_its_event(places: Places, api: Api, event: Event) -> None:
    other = make_event(event.organizer)
    body = {"positions": [{"item": make_item(other).pk, "attendee_name": "Eva Roth"}]}
    assert api.post(at(other, "orders/"), json={**body, "code": "THE1R"}).status_code == 201
    ticket = OrderPosition.objects.get(order__code="THE1R")

    for text in ("Roth", "THE1R", "THE1R-1", f"{other.slug}-THE1R-1", ticket.secret):
        found = places.found(text)
        assert not any(found[place] for place in found if place != "the organizer's orders"), text


def test_a_changed_name_is_found_and_the_old_one_is_not(api: Api, event: Event) -> None:
    order = make_order(event, items=[make_item(event)])
    position = order.positions.get()
    attendee = {"attendee_name_parts": {"full_name": "Grace Hopper"}}
    assert api.patch(at(event, f"orderpositions/{position.pk}/"), json=attendee).status_code == 200
    buyer = {"invoice_address": {"company": "Navy", "name_parts": {"full_name": "Jean Sammet"}}}
    assert api.patch(at(event, f"orders/{order.code}/"), json=buyer).status_code == 200
    for words in ("hopper", "sammet", "navy"):
        assert api.get(at(event, f"orders/?search={words}")).json()["count"] == 1
    nobody = {"invoice_address": None}
    assert api.patch(at(event, f"orders/{order.code}/"), json=nobody).status_code == 200
    assert api.get(at(event, "orders/?search=sammet")).json()["count"] == 0
