"""Redeeming and searching for several events at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from apiclient import Api
from counterfoil.catalog.models import Event, Item, Question
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.orders.models import Order, OrderPosition
from gate import make_list
from makers import (
    make_device,
    make_event,
    make_item,
    make_order,
    make_organizer,
    make_team,
    make_token,
)

POSITION_KEYS = [
    *("id", "order", "positionid", "item", "variation", "price", "attendee_name"),
    *("attendee_name_parts", "company", "street", "zipcode", "city", "country", "state"),
    *("attendee_email", "voucher", "tax_rate", "tax_value", "secret", "addon_to", "subevent"),
    *("checkins", "print_logs", "downloads", "answers", "tax_rule", "pseudonymization_id"),
    *("seat", "require_attention", "order__status", "order__valid_if_pending"),
    *("order__require_approval", "order__locale", "valid_from", "valid_until", "blocked"),
]


@dataclass
class Scanner:
    """A device, and what it scans for."""

    event: Event
    item: Item
    list: CheckinList
    api: Api

    @property
    def base(self) -> str:
        return f"/organizers/{self.event.organizer.slug}/checkinrpc/"

    def ticket(self, **of_order: Any) -> OrderPosition:
        return make_order(self.event, items=[self.item], **of_order).positions.get()

    def redeem(self, secret: str, /, **given: Any) -> Any:
        body = {"secret": secret, "lists": [self.list.pk], **given}
        return self.api.post(f"{self.base}redeem/", json=body)

    def search(self, query: str) -> Any:
        return self.api.get(f"{self.base}search/?{query}")


@pytest.fixture
def scanner(event: Event) -> Scanner:
    token = make_device(event.organizer)[1]
    return Scanner(event, make_item(event), make_list(event), Api(token))


def test_an_admitted_ticket_is_shown_whole(scanner: Scanner) -> None:
    ticket = scanner.ticket()

    answer = scanner.redeem(ticket.secret)

    assert answer.status_code == 201
    body = answer.json()
    assert list(body) == ["status", "require_attention", "checkin_texts", "position", "list"]
    assert body["status"] == "ok"
    assert list(body["position"]) == POSITION_KEYS
    assert body["position"]["secret"] == ticket.secret
    assert body["list"] == {
        "id": scanner.list.pk,
        "name": "Main entrance",
        "event": scanner.event.slug,
        "subevent": None,
        "include_pending": False,
    }


def test_a_second_scan_says_when_the_first_was(scanner: Scanner) -> None:
    ticket = scanner.ticket()
    scanner.redeem(ticket.secret, datetime="2027-06-12T10:00:00Z")

    answer = scanner.redeem(ticket.secret)

    assert answer.status_code == 400
    body = answer.json()
    assert list(body) == [
        "status",
        "reason",
        "reason_explanation",
        "require_attention",
        "checkin_texts",
        "position",
        "list",
    ]
    assert (body["status"], body["reason"]) == ("error", "already_redeemed")
    assert body["position"]["checkins"][0]["datetime"] == "2027-06-12T12:00:00+02:00"


def test_the_same_nonce_is_answered_ok_again(scanner: Scanner) -> None:
    ticket = scanner.ticket()

    answers = [scanner.redeem(ticket.secret, nonce="n") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert Checkin.objects.count() == 1


def test_an_unknown_secret_has_no_position(scanner: Scanner) -> None:
    answer = scanner.redeem("unknown")

    assert answer.status_code == 404
    body = answer.json()
    assert (body["detail"], body["reason"]) == ("Not found.", "invalid")
    assert "position" not in body


def test_a_revoked_secret_is_a_400_even_without_its_ticket(scanner: Scanner) -> None:
    scanner.event.revoked_secrets.create(secret="old")

    answer = scanner.redeem("old")

    assert (answer.status_code, answer.json()["reason"]) == (400, "revoked")


def test_what_must_be_said_at_the_gate_is_said(scanner: Scanner) -> None:
    ticket = scanner.ticket(checkin_text="Has a parcel")
    Item.objects.update(checkin_attention=True, checkin_text="Check the student card")

    body = scanner.redeem(ticket.secret).json()

    assert body["require_attention"] is True
    assert body["position"]["require_attention"] is True
    assert body["checkin_texts"] == ["Has a parcel", "Check the student card"]


def test_open_questions_are_asked_and_answered(scanner: Scanner) -> None:
    question = Question.objects.create(
        event=scanner.event,
        identifier="SHIRT",
        question={"en": "Which size?"},
        required=True,
        ask_during_checkin=True,
    )
    question.items.add(scanner.item)
    ticket = scanner.ticket()

    asked = scanner.redeem(ticket.secret)
    answered = scanner.redeem(ticket.secret, answers={str(question.pk): "XL"})

    assert asked.status_code == 400
    assert (asked.json()["status"], asked.json()["questions"][0]["id"]) == (
        "incomplete",
        question.pk,
    )
    assert answered.status_code == 201
    assert answered.json()["position"]["answers"] == [
        {
            "question": question.pk,
            "answer": "XL",
            "question_identifier": "SHIRT",
            "options": [],
            "option_identifiers": [],
        }
    ]


def test_questions_of_answers_are_shown_whole_on_demand(scanner: Scanner) -> None:
    question = Question.objects.create(
        event=scanner.event, identifier="SHIRT", question={"en": "Which size?"}
    )
    ticket = scanner.ticket()
    ticket.answers.create(question=question, answer="XL")

    answer = scanner.api.post(
        f"{scanner.base}redeem/?expand=answers.question",
        json={"secret": ticket.secret, "lists": [scanner.list.pk]},
    )

    shown = answer.json()["position"]["answers"][0]["question"]
    assert (shown["id"], shown["identifier"]) == (question.pk, "SHIRT")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lists": [10**9]}, "lists"),
        ({"lists": "x"}, "lists"),
        ({"lists": [True]}, "lists"),
        ({"secret": None}, "secret"),
        ({"secret": ""}, "secret"),
        ({"secret": "a\0b"}, "secret"),
        ({"secret": "\ud800"}, "secret"),
        ({"type": "sideways"}, "type"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "0001-01-01T00:00:00Z"}, "datetime"),
        ({"datetime": "9999-12-31T23:59:59Z"}, "datetime"),
        ({"answers": ["no"]}, "answers"),
        ({"nonce": "n" * 191}, "nonce"),
        ({"force": "perhaps"}, "force"),
    ],
    ids=str,
)
def test_what_a_scan_cannot_be_is_named(
    scanner: Scanner, change: dict[str, Any], field: str
) -> None:
    answer = scanner.redeem("x", **change)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not Checkin.objects.exists()


def test_an_empty_scan_lacks_lists_and_secret(scanner: Scanner) -> None:
    answer = scanner.api.post(f"{scanner.base}redeem/", json={})

    required = ["This field is required."]
    assert answer.json() == {"lists": required, "secret": required}


def test_no_list_at_all_is_no_fault_of_a_field(scanner: Scanner) -> None:
    answer = scanner.redeem("x", lists=[])

    assert answer.status_code == 400
    assert answer.json() == ["This list may not be empty."]


def test_of_each_event_there_is_one_list(scanner: Scanner) -> None:
    other = make_list(scanner.event)

    answer = scanner.redeem("x", lists=[scanner.list.pk, other.pk])

    assert answer.status_code == 400
    assert isinstance(answer.json(), list)


def test_nulls_are_as_good_as_nothing(scanner: Scanner) -> None:
    ticket = scanner.ticket()

    answer = scanner.redeem(ticket.secret, nonce=None, datetime=None, answers=None)

    assert answer.status_code == 201


def test_a_simulated_scan_leaves_no_trace(scanner: Scanner) -> None:
    assert scanner.redeem(scanner.ticket().secret, simulate=True).status_code == 201
    assert not Checkin.objects.exists()


def test_an_explanation_is_in_the_language_of_the_order_on_demand(scanner: Scanner) -> None:
    ticket = scanner.ticket(locale="de")
    OrderPosition.objects.update(valid_until="2020-06-30T10:00:00Z")

    plain = scanner.redeem(ticket.secret).json()["reason_explanation"]
    german = scanner.redeem(ticket.secret, use_order_locale=True).json()["reason_explanation"]

    assert "06/30/2020" in plain
    assert "30.06.2020" in german


def test_a_scanner_of_two_events_scans_both(scanner: Scanner) -> None:
    other = make_event(scanner.event.organizer, timezone="America/New_York")
    ticket = make_order(other, items=[make_item(other)]).positions.get()
    theirs = make_list(other)

    answer = scanner.redeem(
        ticket.secret, lists=[scanner.list.pk, theirs.pk], datetime="2027-06-12T10:00:00Z"
    )

    assert answer.json()["list"]["event"] == other.slug
    assert answer.json()["position"]["checkins"][0]["datetime"] == "2027-06-12T06:00:00-04:00"


def test_lists_of_others_do_not_exist(scanner: Scanner) -> None:
    foreign = make_list(make_event())
    expected = [f'Invalid pk "{foreign.pk}" - object does not exist.']

    assert scanner.redeem("x", lists=[foreign.pk]).json() == {"lists": expected}
    assert scanner.search(f"list={foreign.pk}").json() == {"list": expected}


def test_a_device_scans_for_its_events_only(scanner: Scanner) -> None:
    other = make_event(scanner.event.organizer)
    device, token = make_device(scanner.event.organizer, all_events=False)
    device.limit_events.set([other])

    answer = Api(token).post(
        f"{scanner.base}redeem/", json={"secret": "x", "lists": [scanner.list.pk]}
    )

    assert answer.status_code == 400
    assert list(answer.json()) == ["lists"]


@pytest.mark.parametrize("permissions", [[], ["event.orders:read"]])
def test_who_may_not_scan_anywhere_is_refused(scanner: Scanner, permissions: list[str]) -> None:
    team = make_team(scanner.event.organizer, permissions=permissions)

    answer = Api(make_token(team)[1]).post(f"{scanner.base}redeem/", json={})

    assert answer.status_code == 403


def test_the_gate_of_another_organizer_is_closed(scanner: Scanner) -> None:
    elsewhere = make_organizer()

    answer = scanner.api.post(f"/organizers/{elsewhere.slug}/checkinrpc/redeem/", json={})

    assert answer.status_code == 403


def test_tickets_are_searched_on_lists(scanner: Scanner) -> None:
    wanted = scanner.ticket(code="FIND1")
    wanted.attendee_name_parts = {
        "_scheme": "given_family",
        "given_name": "Max",
        "family_name": "Mann",
    }
    wanted.save()
    scanner.ticket(code="OTHER")
    scanner.ticket(code="FIND2", status=Order.Status.PENDING)

    found = scanner.search(f"list={scanner.list.pk}&search=mann").json()
    whatever = scanner.search(f"list={scanner.list.pk}&search=FIND&ignore_status=true").json()

    assert [entry["attendee_name"] for entry in found["results"]] == ["Max Mann"]
    assert [entry["order"] for entry in whatever["results"]] == ["FIND1", "FIND2"]
    assert list(found["results"][0]) == POSITION_KEYS


def test_a_search_over_two_events_tells_each_ones_time(scanner: Scanner) -> None:
    other = make_event(scanner.event.organizer, timezone="America/New_York")
    make_order(other, items=[make_item(other)], code="THERE")
    theirs = make_list(other)
    scanner.ticket(code="HERE1")
    OrderPosition.objects.update(valid_from="2027-06-12T10:00:00Z")

    found = scanner.search(f"list={scanner.list.pk}&list={theirs.pk}").json()["results"]

    assert {entry["order"]: entry["valid_from"] for entry in found} == {
        "HERE1": "2027-06-12T12:00:00+02:00",
        "THERE": "2027-06-12T06:00:00-04:00",
    }


def test_a_scanner_that_prints_gets_the_texts_of_layouts(scanner: Scanner) -> None:
    ticket = scanner.ticket(code="PRINT")

    redeemed = scanner.api.post(
        f"{scanner.base}redeem/?pdf_data=true",
        json={"secret": ticket.secret, "lists": [scanner.list.pk]},
    ).json()
    found = scanner.search(f"list={scanner.list.pk}&pdf_data=true").json()["results"]

    assert redeemed["position"]["pdf_data"]["order"] == "PRINT"
    assert found[0]["pdf_data"]["secret"] == ticket.secret


@pytest.mark.parametrize("query", ["", "list=", "list=x", "list=999999999"])
def test_a_search_names_its_lists(scanner: Scanner, query: str) -> None:
    answer = scanner.search(query)

    assert answer.status_code == 400
    assert list(answer.json()) == ["list"]


def test_an_admission_is_taken_back_by_its_nonce(scanner: Scanner) -> None:
    ticket = scanner.ticket()
    scanner.redeem(ticket.secret, nonce="n1")
    body = {"lists": [scanner.list.pk], "nonce": "n1", "error_explanation": "Turned round"}

    taken_back = scanner.api.post(f"{scanner.base}annul/", json=body)

    assert (taken_back.status_code, taken_back.json()) == (200, {"status": "ok"})
    assert scanner.api.post(f"{scanner.base}annul/", json=body).status_code == 404
    assert scanner.redeem(ticket.secret, nonce="n2").status_code == 201


def test_a_device_takes_back_only_its_own_admissions(scanner: Scanner) -> None:
    scanner.redeem(scanner.ticket().secret, nonce="n1")
    other = Api(make_device(scanner.event.organizer)[1])

    answer = other.post(f"{scanner.base}annul/", json={"lists": [scanner.list.pk], "nonce": "n1"})

    assert answer.status_code == 404


def test_a_repeated_idempotency_key_admits_once_and_keeps_refusals(scanner: Scanner) -> None:
    ticket = scanner.ticket()
    body = {"secret": ticket.secret, "lists": [scanner.list.pk]}

    def send(key: str) -> int:
        headers = {"X-Idempotency-Key": key}
        answer = scanner.api.post(f"{scanner.base}redeem/", json=body, headers=headers)
        code: int = answer.status_code
        return code

    assert [send("a"), send("a"), send("b"), send("b")] == [201, 201, 400, 400]
    assert Checkin.objects.filter(successful=True).count() == 1
    assert Checkin.objects.filter(successful=False).count() == 1
