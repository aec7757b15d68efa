"""Check-in lists over the API."""

from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin, CheckinList
from gate import make_list
from makers import (
    make_device,
    make_event,
    make_item,
    make_order,
    make_position,
    make_subevent,
    make_team,
    make_token,
    make_variation,
)

KEYS = [
    "id",
    "name",
    "all_products",
    "limit_products",
    "subevent",
    "checkin_count",
    "position_count",
    "include_pending",
    "allow_multiple_entries",
    "allow_entry_after_exit",
    "rules",
    "exit_all_at",
    "addon_match",
    "ignore_in_statistics",
    "consider_tickets_used",
]


def test_a_list_is_made_with_its_defaults(api: Api, event: Event) -> None:
    make_order(event, items=[make_item(event)])

    answer = api.post(at(event, "checkinlists/"), json={"name": "Main entrance"})

    assert answer.status_code == 201
    made = answer.json()
    assert list(made) == KEYS
    assert (made["all_products"], made["rules"], made["allow_entry_after_exit"]) == (True, {}, True)
    assert (made["checkin_count"], made["position_count"]) == (0, 1)
    assert LogEntry.objects.get().action == "counterfoil.checkinlist.added"


def test_a_list_is_changed_and_deleted(api: Api, event: Event) -> None:
    item = make_item(event)
    path = at(event, f"checkinlists/{make_list(event).pk}/")

    changed = api.patch(path, json={"all_products": False, "limit_products": [item.pk]})
    put = api.put(path, json={"name": "Side door"})

    assert changed.json()["limit_products"] == [item.pk]
    assert put.json()["name"] == "Side door"
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 191}, "name"),
        ({"name": "A", "limit_products": [10**9]}, "limit_products"),
        ({"name": "A", "subevent": 10**9}, "subevent"),
        ({"name": "A", "rules": {"xor": []}}, "rules"),
        ({"name": "A", "rules": []}, "rules"),
        ({"name": "A", "rules": None}, "rules"),
        ({"name": "A", "exit_all_at": "soon"}, "exit_all_at"),
        ({"name": "A", "exit_all_at": "0001-01-01T00:00:00Z"}, "exit_all_at"),
        ({"name": "A", "all_products": "maybe"}, "all_products"),
    ],
)
def test_what_a_list_cannot_be_is_named(
    api: Api, event: Event, body: dict[str, Any], field: str
) -> None:
    answer = api.post(at(event, "checkinlists/"), json=body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not CheckinList.objects.exists()


def test_lists_are_found_by_date(api: Api, event: Event) -> None:
    today, tomorrow = make_subevent(event), make_subevent(event)
    for_today, for_all = make_list(event, subevent=today), make_list(event)
    make_list(event, subevent=tomorrow)

    def found(query: str) -> set[int]:
        answer = api.get(at(event, f"checkinlists/?{query}"))
        return {entry["id"] for entry in answer.json()["results"]}

    assert found(f"subevent={today.pk}") == {for_today.pk}
    assert found(f"subevent_match={today.pk}") == {for_today.pk, for_all.pk}
    assert len(found("ends_after=2027-01-01T00:00:00Z")) == 3
    assert not found("ends_after=2028-01-01T00:00:00Z")
    assert api.get(at(event, "checkinlists/?subevent=x")).status_code == 400


def test_the_status_tells_how_full_the_house_is(api: Api, event: Event) -> None:
    item = make_item(event, name={"en": "VIP", "de": "Ehrengast"})
    variation = make_variation(item, value={"en": "Front row"})
    order = make_order(event, items=[item])
    order.positions.update(variation=variation)
    checkin_list = make_list(event)
    redeem(api, event, checkin_list, order.positions.get().secret)

    answer = api.get(at(event, f"checkinlists/{checkin_list.pk}/status/"))

    assert answer.json() == {
        "event": {"name": event.name["en"]},
        "checkin_count": 1,
        "position_count": 1,
        "inside_count": 1,
        "items": [
            {
                "id": item.pk,
                "name": "VIP",
                "admission": True,
                "checkin_count": 1,
                "position_count": 1,
                "variations": [
                    {
                        "id": variation.pk,
                        "value": "Front row",
                        "checkin_count": 1,
                        "position_count": 1,
                    }
                ],
            }
        ],
    }
    german = api.get(
        at(event, f"checkinlists/{checkin_list.pk}/status/"), headers={"Accept-Language": "de"}
    )
    assert german.json()["items"][0]["name"] == "Ehrengast"


def redeem(api: Api, event: Event, checkin_list: CheckinList, code: str, **body: Any) -> Any:
    return api.post(
        at(event, f"checkinlists/{checkin_list.pk}/positions/{code}/redeem/"), json=body
    )


def test_an_app_redeems_by_secret_or_by_id(api: Api, event: Event) -> None:
    item = make_item(event)
    tickets = make_order(event, items=[item, item]).positions.order_by("positionid")
    checkin_list = make_list(event)

    by_secret = redeem(api, event, checkin_list, tickets[0].secret)
    by_id = redeem(api, event, checkin_list, str(tickets[1].pk))
    again = redeem(api, event, checkin_list, str(tickets[1].pk))

    assert [by_secret.status_code, by_id.status_code] == [201, 201]
    assert (again.status_code, again.json()["reason"]) == (400, "already_redeemed")


def test_what_was_scanned_is_never_taken_for_an_id(api: Api, event: Event) -> None:
    ticket = make_order(event, items=[make_item(event)]).positions.get()
    path = at(event, f"checkinlists/{make_list(event).pk}/positions/{ticket.pk}/redeem/")

    answer = api.post(f"{path}?untrusted_input=true", json={})

    assert (answer.status_code, answer.json()["reason"]) == (404, "invalid")


@pytest.mark.parametrize("code", ["unknown", "with%2Fslash", "%F0%9F%8E%AB", "9" * 60])
def test_an_unknown_code_is_not_found(api: Api, event: Event, code: str) -> None:
    answer = redeem(api, event, make_list(event), code)

    assert answer.status_code == 404
    assert list(answer.json()) == [
        "detail",
        "status",
        "reason",
        "reason_explanation",
        "require_attention",
        "checkin_texts",
        "list",
    ]


@pytest.mark.parametrize("pk", ["x", "999999", "9" * 40, "-1"])
def test_an_unknown_list_is_not_found(api: Api, event: Event, pk: str) -> None:
    for path in (f"checkinlists/{pk}/", f"checkinlists/{pk}/positions/"):
        assert api.get(at(event, path)).status_code == 404
    answer = api.post(at(event, f"checkinlists/{pk}/positions/x/redeem/"), json={})
    assert answer.status_code == 404
    assert "reason" not in answer.json()


def test_a_list_of_another_event_is_unknown(api: Api, event: Event) -> None:
    theirs = make_list(make_event(event.organizer))

    assert redeem(api, event, theirs, "x").json().get("reason") is None
    assert api.get(at(event, f"checkinlists/{theirs.pk}/status/")).status_code == 404


def test_tickets_of_a_list_are_searched(api: Api, event: Event) -> None:
    item = make_item(event)
    jane = make_order(event, items=[], code="JANE1", email="office@example.org")
    name = {"_scheme": "full", "full_name": "Jane Müller"}
    make_position(jane, item, attendee_name_parts=name)
    make_order(event, items=[item], code="OTHER")
    pending = make_order(event, items=[item], code="PENDX", status="n")
    checkin_list = make_list(event)
    redeem(api, event, checkin_list, jane.positions.get().secret)

    def found(query: str) -> list[str]:
        answer = api.get(at(event, f"checkinlists/{checkin_list.pk}/positions/?{query}"))
        assert answer.status_code == 200, answer.content
        return [entry["order"] for entry in answer.json()["results"]]

    assert found("") == ["JANE1", "OTHER"]
    assert found("search=Müller") == found("search=office@") == found("search=jane") == ["JANE1"]
    assert found("has_checkin=true") == ["JANE1"]
    assert found("has_checkin=false") == ["OTHER"]
    assert found("order=OTHER") == ["OTHER"]
    assert found("ignore_status=true&order__status=n") == [pending.code]
    assert found(f"item={item.pk}&ordering=-order__code") == ["OTHER", "JANE1"]
    assert found("ordering=-last_checked_in,order__code")[0] in ("JANE1", "OTHER")


def test_a_ticket_of_a_list_is_shown_with_its_checkins(api: Api, event: Event) -> None:
    device, token = make_device(event.organizer)
    ticket = make_order(event, items=[make_item(event)]).positions.get()
    checkin_list = make_list(event)
    Api(token).post(
        at(event, f"checkinlists/{checkin_list.pk}/positions/{ticket.secret}/redeem/"),
        json={"datetime": "2027-06-12T10:00:00Z"},
    )

    shown = api.get(at(event, f"checkinlists/{checkin_list.pk}/positions/{ticket.pk}/")).json()

    assert shown["checkins"] == [
        {
            "id": Checkin.objects.get().pk,
            "datetime": "2027-06-12T12:00:00+02:00",
            "list": checkin_list.pk,
            "auto_checked_in": False,
            "gate": None,
            "device": device.pk,
            "device_id": device.device_id,
            "type": "entry",
        }
    ]
    assert shown["downloads"][0]["url"].endswith(f"/orderpositions/{ticket.pk}/download/pdf/")


@pytest.mark.parametrize("tickets", [1, 40])
def test_listing_tickets_costs_the_same_for_any_number(
    api: Api, event: Event, tickets: int, django_assert_max_num_queries: Any
) -> None:
    item = make_item(event)
    for _ in range(tickets):
        make_order(event, items=[item])
    checkin_list = make_list(event)

    with django_assert_max_num_queries(13):
        api.get(at(event, f"checkinlists/{checkin_list.pk}/positions/"))


@pytest.mark.parametrize("lists", [1, 40])
def test_listing_lists_costs_the_same_for_any_number(
    api: Api, event: Event, lists: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(lists):
        make_list(event, name=str(number))

    with django_assert_max_num_queries(8):
        api.get(at(event, "checkinlists/"))


def test_a_scan_that_an_app_refused_is_kept(api: Api, event: Event) -> None:
    item = make_item(event)
    ticket = make_order(event, items=[item]).positions.get()
    path = at(event, f"checkinlists/{make_list(event).pk}/failed_checkins/")
    body = {
        "raw_barcode": "abc",
        "error_reason": "product",
        "nonce": "n1",
        "datetime": "2020-01-01T10:00:00Z",
        "type": "entry",
        "position": ticket.pk,
        "raw_item": item.pk,
    }

    answers = [api.post(path, json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    kept = Checkin.objects.get()
    assert (kept.successful, kept.error_reason, kept.raw_barcode) == (False, "product", "abc")
    assert kept.position == ticket


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"raw_barcode": "x"}, "error_reason"),
        ({"error_reason": "invalid"}, "raw_barcode"),
        ({"raw_barcode": "x", "error_reason": "mood"}, "error_reason"),
        ({"raw_barcode": "x", "error_reason": "invalid", "position": 10**9}, "position"),
        ({"raw_barcode": "x\0", "error_reason": "invalid"}, "raw_barcode"),
        (
            {"raw_barcode": "x", "error_reason": "invalid", "datetime": "1066-10-14T09:00:00Z"},
            "datetime",
        ),
    ],
)
def test_a_report_that_says_nothing_is_refused(
    api: Api, event: Event, body: dict[str, Any], field: str
) -> None:
    answer = api.post(at(event, f"checkinlists/{make_list(event).pk}/failed_checkins/"), json=body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_who_may_only_scan_cannot_change_lists(event: Event) -> None:
    scanner = Api(make_token(make_team(event.organizer, permissions=["event.orders:checkin"]))[1])
    checkin_list = make_list(event)

    assert scanner.get(at(event, "checkinlists/")).status_code == 200
    assert scanner.post(at(event, "checkinlists/"), json={"name": "x"}).status_code == 403
    assert redeem(scanner, event, checkin_list, "x").json()["reason"] == "invalid"


def test_who_may_only_read_cannot_scan(event: Event) -> None:
    reader = Api(make_token(make_team(event.organizer, permissions=["event.orders:read"]))[1])

    answer = redeem(reader, event, make_list(event), "x")

    assert answer.status_code == 403
    assert answer.json() == {"detail": "You do not have permission to perform this action."}
