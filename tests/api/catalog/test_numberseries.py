"""Number series and their assignments, as a client of the API sees them."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

import pytest

from apiclient import Api, at
from batches.making import make
from counterfoil.catalog.models import Event, NumberSeries
from counterfoil.orders.models import OrderPosition
from makers import make_event, make_item, make_number_series, make_organizer, make_variation

pytestmark = pytest.mark.django_db(transaction=True)


def _path(event: Event, rest: str = "") -> str:
    return f"/api/v1/organizers/{event.organizer.slug}/numberseries/{rest}"


def _create(api: Api, event: Event, **sent: Any) -> Any:
    return api.post(_path(event), json={"name": "Admission", **sent})


def test_a_series_is_created_changed_and_deleted(api: Api, event: Event) -> None:
    created = _create(api, event, prefix="A", width=4, next=401)
    pk = created.json()["id"]

    assert created.status_code == 201
    assert created.json() == {"id": pk, "name": "Admission", "prefix": "A", "width": 4, "next": 401}
    changed = api.patch(_path(event, f"{pk}/"), json={"prefix": "B", "width": 5, "next": 12})
    assert changed.json() == {**created.json(), "prefix": "B", "width": 5, "next": 12}
    assert api.delete(_path(event, f"{pk}/")).status_code == 204
    assert not NumberSeries.objects.exists()


def test_after_the_first_number_only_the_name_changes(api: Api, event: Event) -> None:
    series = make_number_series(event.organizer, item := make_item(event), prefix="A", width=4)
    make(item, 2)
    before = api.get(path := _path(event, f"{series.pk}/")).json()

    for name, value in {"prefix": "B", "width": 5, "next": 1, "next ": 9}.items():
        refused = api.patch(path, json={name.strip(): value})
        assert (refused.status_code, list(refused.json())) == (400, [name.strip()])
    assert api.put(path, json={**before, "name": "New"}).json() == {**before, "name": "New"}
    assert api.delete(path).status_code == 403
    OrderPosition.objects.all().delete()
    assert api.delete(path).status_code == 403
    assert [t.position.serial for t in make(item, 1).tickets.all()] == ["A0003"]


def test_what_cannot_be_a_series_is_refused_at_its_field(api: Api, event: Event) -> None:
    refused = [
        ("prefix", "TEST-1"),
        ("prefix", "A,B"),
        ("prefix", " A"),
        ("prefix", "Ä"),
        ("prefix", "x" * 21),
        ("prefix", 7),
        ("width", 0),
        ("width", 10),
        ("width", "five"),
        ("next", 0),
        ("next", 10**9),
        ("name", ""),
    ]
    for name, value in refused:
        answer = _create(api, event, **{name: value})
        assert (answer.status_code, list(answer.json())) == (400, [name]), (name, value)
    assert not NumberSeries.objects.exists()


def test_series_whose_numbers_could_be_equal_are_refused(api: Api, event: Event) -> None:
    assert _create(api, event, prefix="A", width=5).status_code == 201
    for prefix, width in [("A", 3), ("a", 5), ("A0", 4), ("A1", 5), ("A12", 8)]:
        answer = _create(api, event, prefix=prefix, width=width)
        expected = 201 if prefix == "A12" else 400  # A1200000001 has ten digits
        assert answer.status_code == expected, prefix
    for prefix in ("", "A-", "B", "2026-"):
        assert _create(api, event, prefix=prefix).status_code == 201, prefix
    other = make_event(make_organizer())
    assert make_number_series(other.organizer, prefix="A").pk


def test_assignments_name_a_product_or_a_variation_once(api: Api, event: Event) -> None:
    item, other = make_item(event), make_item(event)
    variation = make_variation(item)
    series = make_number_series(event.organizer)
    path = at(event, "numberassignments/")

    whole = api.post(path, json={"item": item.pk, "series": series.pk})
    own = api.post(path, json={"item": item.pk, "variation": variation.pk, "series": series.pk})

    pk = whole.json()["id"]
    assert whole.json() == {"id": pk, "item": item.pk, "variation": None, "series": series.pk}
    assert own.json()["variation"] == variation.pk
    elsewhere = make_number_series(make_organizer())
    for sent, name in [
        ({"item": item.pk, "series": series.pk}, "item"),
        ({"item": item.pk, "variation": variation.pk, "series": series.pk}, "variation"),
        ({"item": other.pk, "variation": variation.pk, "series": series.pk}, "variation"),
        ({"item": other.pk, "series": elsewhere.pk}, "series"),
        ({"item": make_item(make_event()).pk, "series": series.pk}, "item"),
        ({"item": other.pk}, "series"),
    ]:
        refused = api.post(path, json=sent)
        assert (refused.status_code, list(refused.json())) == (400, [name]), sent
    moved = api.patch(f"{path}{pk}/", json={"item": other.pk})
    assert moved.json()["item"] == other.pk
    assert api.delete(f"{path}{pk}/").status_code == 204
    assert api.get(path).json()["count"] == 1


def test_each_ticket_of_an_assigned_product_takes_a_number(api: Api, event: Event) -> None:
    item, plain = make_item(event), make_item(event)
    seated, standing = make_variation(item), make_variation(item)
    general = make_number_series(event.organizer, item, prefix="A", width=3, next=7, first=7)
    make_number_series(event.organizer, seated, prefix="S-", width=2)

    batch = make(item, 2, variation=standing)
    sent = [
        {"item": item.pk, "variation": seated.pk},
        {"item": plain.pk},
        {"item": item.pk, "variation": standing.pk},
        {"item": item.pk, "variation": seated.pk},
    ]
    order = api.post(at(event, "orders/"), json={"positions": sent, "locale": "en"})

    assert order.status_code == 201, order.json()
    assert [t.position.serial for t in batch.tickets.order_by("number")] == ["A007", "A008"]
    rows = OrderPosition.objects.filter(order__code=order.json()["code"]).order_by("positionid")
    assert [row.serial for row in rows] == ["S-01", None, "A009", "S-02"]
    assert "serial" not in order.json()["positions"][0]
    tried = {"positions": sent, "locale": "en", "simulate": True}
    assert api.post(at(event, "orders/"), json=tried).status_code == 201
    general.refresh_from_db()
    assert general.next == 10
    changed = api.patch(
        at(event, f"orderpositions/{rows[1].pk}/"), json={"item": item.pk, "variation": standing.pk}
    )
    assert changed.status_code == 200
    rows[1].refresh_from_db()
    assert OrderPosition.objects.get(pk=rows[1].pk).serial == "A010"


def test_test_tickets_count_in_a_series_of_their_own(api: Api, event: Event) -> None:
    item = make_item(event)
    series = make_number_series(event.organizer, item, prefix="A", width=3)

    tested = make(item, 2, testmode=True)
    real = make(item, 1)

    serials = [t.position.serial for t in tested.tickets.order_by("number")]
    assert serials == ["TEST-A001", "TEST-A002"]
    assert real.tickets.get().position.serial == "A001"
    assert [row["id"] for row in api.get(_path(event)).json()["results"]] == [series.pk]


def test_a_series_without_enough_numbers_refuses_the_whole_order(api: Api, event: Event) -> None:
    item, plain = make_item(event), make_item(event)
    most = 999_999_999
    series = make_number_series(event.organizer, item, next=most, first=1)
    sent = [{"item": plain.pk}, {"item": item.pk}, {"item": item.pk}]

    refused = api.post(at(event, "orders/"), json={"positions": sent, "locale": "en"})
    taken = api.post(at(event, "orders/"), json={"positions": sent[:2], "locale": "en"})

    assert refused.status_code == 400
    assert [list(each) for each in refused.json()["positions"]] == [[], ["item"], ["item"]]
    assert taken.status_code == 201
    assert OrderPosition.objects.get(item=item).serial == f"{series.prefix}{most}"


def test_tickets_are_listed_and_searched_by_serial(api: Api, event: Event) -> None:
    item = make_item(event)
    make_number_series(event.organizer, item, prefix="A", width=5, next=401, first=401)
    make_number_series(event.organizer, other := make_item(event), prefix="", width=6)
    batch, second, bare = make(item, 30), make(item, 5), make(other, 3)

    def numbers(chosen: Any = batch, **asked: str) -> Any:
        answer = api.get(at(event, f"offlinesalesbatches/{chosen.pk}/tickets/?{urlencode(asked)}"))
        body = answer.json()
        return [r["number"] for r in body["results"]] if answer.status_code == 200 else list(body)

    assert numbers(tickets="3-5, 9") == [3, 4, 5, 9]
    assert numbers(tickets="A00403-A00405,a412") == [3, 4, 5, 12]
    assert numbers(tickets="A00403-405,1") == [1, 3, 4, 5]
    assert numbers(search="A00403") == numbers(search="a403") == [3]
    assert numbers(search="2-3") == [2, 3]
    assert numbers(bare, serials="2-3") == numbers(bare, tickets="2-3") == [2, 3]
    for wrong in ("A00405-A00403", "A00403,A403", "A00430-A00431", "B00001", "5-3", "31", "1,,2"):
        assert numbers(tickets=wrong) == ["tickets"], wrong
    rows = api.get(at(event, f"offlinesalesbatches/{second.pk}/tickets/")).json()["results"]
    assert rows[0]["serial"] == "A00431"
    sellers = api.get(at(event, f"offlinesalesbatches/{second.pk}/tickets/?format=csv&list=seller"))
    table = list(csv.reader(io.StringIO(b"".join(sellers.streaming_content).decode())))
    assert table[0][:3] == ["number", "serial", "book"]
    assert table[0][-3:] == ["sold", "buyer", "note"]
    assert table[1][1] == "A00431"
    assert "secret" not in table[0]

    ticket = second.tickets.get(number=2).position
    for path in ("orders/", f"checkinlists/{_gate(event)}/positions/", "orderpositions/"):
        for text in ("A00432", "a432"):
            found = api.get(at(event, f"{path}?search={text}")).json()["results"]
            key = "code" if path == "orders/" else "order"
            assert [row[key] for row in found] == [ticket.order.code], (path, text)


def _gate(event: Event) -> int:
    return event.checkin_lists.create(name="Gate").pk  # type: ignore[no-any-return]
