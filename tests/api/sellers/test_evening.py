"""One whole evening with two sellers, over the API, to the cent."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from apiclient import Api, at
from batches.making import make
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import CheckinList
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.stock import ledger
from counterfoil.stock.models import StockEvent
from counterfoil.stock.replay import differences
from gate import make_list
from makers import make_event, make_item

STATEMENT_KEYS = [
    *("id", "number", "state", "seller", "basis", "opening", "handed_out", "returned"),
    *("void_and_lost", "sold", "gross", "commission", "paid", "due", "closing"),
    *("gate", "created", "issued"),
]


class Evening:
    """Calls the API as the box office does."""

    def __init__(self, api: Api, event: Event) -> None:
        self.api, self.event = api, event
        self.top = f"/organizers/{event.organizer.slug}"

    def seller(self, name: str, **given: Any) -> int:
        answer = self.api.post(f"{self.top}/sellers/", json={"name": name, **given})
        assert answer.status_code == 201, answer.content
        return int(answer.json()["id"])

    def draft(self, kind: str, seller: int, *lines: dict[str, Any], **given: Any) -> Any:
        sent = {"kind": kind, "seller": seller, "lines": lines, **given}
        return self.api.post(at(self.event, "consignments/"), json=sent)

    def accept(self, draft: Any, **given: Any) -> Any:
        assert draft.status_code == 201, draft.content
        path = at(self.event, f"consignments/{draft.json()['id']}/accept/")
        return self.api.post(path, json=given)

    def move(self, kind: str, seller: int, *lines: dict[str, Any], **given: Any) -> Any:
        done = self.accept(self.draft(kind, seller, *lines, **given))
        assert done.status_code == 200, done.content
        return done.json()

    def act(self, action: str, batch: OfflineSalesBatch, tickets: str, **given: Any) -> None:
        sent = {"action": action, "batch": batch.pk, "tickets": tickets, **given}
        answer = self.api.post(at(self.event, "ticketactions/"), json=sent)
        assert answer.status_code == 200, answer.content

    def statement(self, seller: int, basis: str) -> Any:
        sent = {"seller": seller, "basis": basis}
        return self.api.post(at(self.event, "sellerstatements/"), json=sent)

    def issue(self, statement: Any) -> Any:
        path = at(self.event, f"sellerstatements/{statement['id']}/issue/")
        answer = self.api.post(path, json={})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def balance(self, seller: int) -> Any:
        return self.api.get(f"{self.top}/sellers/{seller}/balance/").json()

    def pay(self, seller: int, amount: str, **given: Any) -> Any:
        sent = {"amount": amount, "currency": "EUR", "event": self.event.slug, **given}
        return self.api.post(f"{self.top}/sellers/{seller}/payments/", json=sent)


@pytest.fixture
def evening(api: Api, event: Event) -> Evening:
    return Evening(api, event)


def scan(gate: CheckinList, batch: OfflineSalesBatch, *numbers: int) -> None:
    rows = BatchTicket.objects.filter(batch=batch, number__in=numbers)
    for secret in rows.values_list("position__secret", flat=True):
        redeem(scan=Scan(lists=[gate], secret=secret), actor=None)


def figures(statement: Any) -> tuple[Any, ...]:
    names = ("handed_out", "returned", "void_and_lost", "sold", "gross", "commission", "closing")
    return tuple(statement[name] for name in names)


def test_one_evening_comes_out_to_the_cent(api: Api, event: Event, evening: Evening) -> None:
    item = make_item(event, default_price="12.35")
    batch = make(item, 2000, activation="on_handover", book_size=50)
    gate = make_list(event)
    plan = api.post(
        f"{evening.top}/commissionplans/",
        json={"name": "Kiosks", "rules": [{"percent": "10.00", "fixed": "0.00"}]},
    )
    assert plan.status_code == 201, plan.content
    kiosk = evening.seller("Kiosk", commission_plan=plan.json()["id"], language="de")
    club = evening.seller("Club")

    out = evening.move("out", kiosk, {"batch": batch.pk, "books": "1-10"})
    assert (out["number"][5:], out["state"]) == ("0001", "accepted")
    assert out["lines"] == [
        {"batch": batch.pk, "books": "1-10", "count": 500, "price": "12.35", "value": "6175.00"}
    ]
    evening.move("out", club, {"batch": batch.pk, "books": "11-20"})
    stock = api.get(f"{evening.top}/sellers/{kiosk}/stock/").json()
    assert stock["place"]["with_seller"] == {"count": 500, "value": "6175.00"}
    assert (stock["validity"]["active"]["count"], stock["books"]) == (500, [])

    evening.act("sold", batch, "1-190")  # reported
    evening.act("lost", batch, "451-500")  # book 10
    scan(gate, batch, *range(1, 21), 200, 451)  # 20 reported, one unreported, one of the lost book
    evening.move("back", kiosk, {"batch": batch.pk, "tickets": "301-450"})
    scan(gate, batch, 301)  # returned, and tried
    evening.act("void", batch, "299-300")
    scan(gate, batch, 299)

    declared = evening.statement(kiosk, "declared").json()
    assert list(declared) == STATEMENT_KEYS
    # 12.35 with 10 %: 1.235, half up 1.24 for each ticket
    assert figures(declared) == (500, 150, 52, 190, "2346.50", "235.60", "2110.90")
    kept = evening.statement(kiosk, "not_returned").json()
    assert figures(kept) == (500, 150, 52, 298, "3680.30", "369.52", "3310.78")
    greater = evening.statement(kiosk, "greater_of_declared_and_scanned").json()
    assert figures(greater) == (500, 150, 51, 192, "2371.20", "238.08", "2133.12")
    word = api.get(f"{evening.top}/sellers/{kiosk}/gate/").json()["gate"]
    assert word == greater["gate"]
    assert [word[name] for name in list(word)[:3]] == [20, 170, 2]
    assert [(each["gate"], each["number"]) for each in word["alarms"]] == [
        (gate.name, 301),
        (gate.name, 299),
    ]
    assert evening.balance(kiosk) == {"balance": "0.00"}

    issued = evening.issue(greater)
    assert (issued["state"], issued["number"][:3], issued["due"]) == ("issued", "ST-", "2133.12")
    assert evening.balance(kiosk) == {"balance": "2133.12"}
    paid = evening.pay(kiosk, "2000.00", note="cash")
    assert (paid.status_code, paid.json()["amount"]) == (201, "2000.00")
    assert evening.balance(kiosk) == {"balance": "133.12"}

    evening.act("unsold", batch, "190")  # a mistake: it is credited
    evening.act("sold", batch, "191-192")
    second = evening.issue(evening.statement(kiosk, "greater_of_declared_and_scanned").json())
    assert figures(second) == (0, 0, 0, 1, "12.35", "1.24", "144.23")
    assert (second["opening"], second["paid"], second["due"]) == ("2133.12", "2000.00", "-1988.89")
    assert evening.balance(kiosk) == {"balance": second["closing"]}
    assert (differences(event), ledger.flaw_in(event.organizer)) == ([], None)


def test_documents_are_numbered_without_gaps_and_never_change(
    api: Api, event: Event, evening: Evening
) -> None:
    batch = make(make_item(event), 30, activation="on_handover")
    one, two = evening.seller("Kiosk", language="de"), evening.seller("Club")
    line = {"batch": batch.pk, "tickets": "1-10"}
    first = evening.move("out", one, line, return_by="2027-05-01", then="void")
    wasted = evening.draft("out", two, line)
    refused = evening.accept(wasted)
    assert (refused.status_code, refused.json()["refused"][0]["number"]) == (400, 1)
    assert api.delete(at(event, f"consignments/{wasted.json()['id']}/")).status_code == 204
    passed = evening.move("transfer", one, {"batch": batch.pk, "tickets": "6-10"}, to=two)
    back = evening.move("back", two, {"batch": batch.pk, "tickets": "6-7"})

    numbers = [each["number"] for each in (first, passed, back)]
    assert [number[4:] for number in numbers] == ["-0001", "-0002", "-0003"]
    assert set(StockEvent.objects.values_list("document", flat=True)) == set(numbers)
    assert evening.statement(one, "declared").json()["returned"] == 5
    assert evening.statement(two, "declared").json()["handed_out"] == 5
    for each in (first, passed, back):
        path = at(event, f"consignments/{each['id']}/")
        pdf = api.get(f"{path}pdf/")
        assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
        api.patch(f"{evening.top}/sellers/{one}/", json={"name": "Renamed"})
        assert api.get(f"{path}pdf/").content == pdf.content
        assert api.patch(path, json={"return_by": None}).status_code == 403
        assert api.delete(path).status_code == 403
        assert api.post(f"{path}accept/", json={}).status_code == 409
    table = b"".join(api.get(at(event, "consignments/?format=csv")).streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["number"], row["tickets"], row["count"]) for row in rows] == [
        (numbers[0], "1-10", "10"),
        (numbers[1], "6-10", "5"),
        (numbers[2], "6-7", "2"),
    ]
    issued = evening.issue(evening.statement(one, "not_returned").json())
    book = api.get(at(event, "sellerstatements/?format=xlsx"))
    assert b"".join(book.streaming_content)[:2] == b"PK"
    path = at(event, f"sellerstatements/{issued['id']}/")
    assert re.match(rb"%PDF-", api.get(f"{path}pdf/").content)
    assert api.get(f"{path}pdf/").content == api.get(f"{path}pdf/").content
    assert api.delete(path).status_code == 403
    assert api.post(f"{path}issue/", json={}).status_code == 409


def test_bad_input_is_named_and_nothing_is_half_done(
    api: Api, event: Event, evening: Evening
) -> None:
    batch = make(make_item(event), 20)
    one, two = evening.seller("Kiosk", credit_limit="100.00"), evening.seller("Club")
    lines = [{"batch": batch.pk, "tickets": "1-4"}]

    for given, field in (
        ({"kind": "transfer", "seller": one, "to": one}, "to"),
        ({"kind": "transfer", "seller": one}, "to"),
        ({"kind": "out", "seller": one, "to": two}, "to"),
        ({"kind": "out", "seller": 0}, "seller"),
        ({"kind": "sideways", "seller": one}, "kind"),
        ({"kind": "out", "seller": one, "lines": []}, "lines"),
        ({"kind": "out", "seller": one, "lines": [{"batch": batch.pk}]}, "lines"),
        ({"kind": "back", "seller": one, "then": "sold"}, "then"),
        (
            {"kind": "out", "seller": one, "lines": [{"batch": batch.pk, "tickets": "21"}]},
            "lines[0].tickets",
        ),
        ({"kind": "out", "seller": one, "lines": [*lines, *lines]}, "lines[1].tickets"),
    ):
        sent = {"lines": lines, **given}
        answer = api.post(at(event, "consignments/"), json=sent)
        assert (answer.status_code, list(answer.json())) == (400, [field]), given

    over = evening.accept(evening.draft("out", one, {"batch": batch.pk, "tickets": "1-5"}))
    assert over.status_code == 400
    assert "credit limit" in over.json()["refused"][0]["reason"]
    open_draft = api.get(at(event, "consignments/")).json()["results"][0]
    refused = evening.statement(one, "declared")
    assert (refused.status_code, list(refused.json())) == (400, ["seller"])
    path = at(event, f"consignments/{open_draft['id']}/accept/")
    assert api.post(path, json={"reason": "a friend"}).json()["number"][5:] == "0001"
    stranger = evening.accept(evening.draft("back", two, *lines))
    assert len(stranger.json()["refused"]) == 4

    assert list(evening.pay(one, "5.00", currency="USD").json()) == ["currency"]
    assert list(evening.pay(two, "5.00", currency="eur", event=None).json()) == ["currency"]
    assert list(evening.pay(one, "5.001").json()) == ["amount"]
    assert list(evening.pay(one, "0.00").json()) == ["amount"]
    assert list(evening.pay(one, "5.00", event="nowhere").json()) == ["event"]
    dollars = make_event(event.organizer, currency="USD")
    abroad = make(make_item(dollars), 2)
    elsewhere = Evening(api, dollars)
    draft = elsewhere.draft("out", one, {"batch": abroad.pk, "tickets": "1"})
    assert list(elsewhere.accept(draft).json()) == ["seller"]
    assert list(evening.draft("out", one, {"batch": abroad.pk, "tickets": "1"}).json()) == ["lines"]

    seller = f"{evening.top}/sellers/{one}/"
    assert api.delete(seller).status_code == 403
    assert api.patch(seller, json={"active": False}).json()["active"] is False
    assert list(evening.draft("out", one, *lines).json()) == ["seller"]
    assert api.delete(f"{evening.top}/sellers/{evening.seller('New')}/").status_code == 204
    assert StockEvent.objects.count() == 1


def test_a_plan_has_rules_of_products_and_sellers_have_links(
    api: Api, event: Event, evening: Evening
) -> None:
    item = make_item(event)
    path = f"{evening.top}/commissionplans/"
    rules = [
        {"item": item.pk, "variation": None, "fixed": "0.50", "percent": "0.00", "cap": None},
        {"item": None, "variation": None, "fixed": "0.00", "percent": "12.50", "cap": "2.00"},
    ]
    plan = api.post(path, json={"name": "x", "rules": rules}).json()
    assert plan["rules"] == rules
    foreign = make_item(make_event()).pk
    for bad in (
        [{"item": foreign, "percent": "1"}],
        [{"percent": "101"}],
        [{"fixed": "-1"}],
        [{}],
        [*rules[:1], *rules[:1]],
    ):
        assert api.post(path, json={"name": "x", "rules": bad}).status_code == 400, bad
    seller = evening.seller("Kiosk", commission_plan=plan["id"])
    assert api.delete(f"{path}{plan['id']}/").status_code == 403
    link = f"{evening.top}/sellers/{seller}/link/"
    first, second = (api.post(link, json={}) for _ in range(2))
    assert (first.status_code, list(first.json())) == (201, ["url"])
    assert first.json() != second.json()
    assert api.delete(link).status_code == 204
    assert api.delete(link).status_code == 404
