"""What happens when a ticket is held before the scanner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from counterfoil.accounts.actors import DeviceActor
from counterfoil.audit.models import LogEntry
from counterfoil.checkin import services
from counterfoil.checkin.models import Checkin
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.secrets import revoke_secret, set_block
from counterfoil.core.refusals import Gone
from counterfoil.orders.models import Order, OrderPosition
from gate import Gate, make_list
from makers import make_device, make_event, make_item, make_order, make_position, make_subevent

NOW = datetime(2027, 6, 12, 12, 0, tzinfo=UTC)
PENDING = Order.Status.PENDING


def test_a_paid_ticket_is_admitted(gate: Gate) -> None:
    ticket = gate.ticket()

    outcome = gate.scan(ticket)

    assert outcome.admitted
    assert outcome.position == ticket
    assert gate.admitted() == 1


def test_a_ticket_is_admitted_once(gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket)

    assert gate.reason(ticket) == "already_redeemed"
    assert gate.admitted() == 1


def test_the_same_nonce_is_the_same_scan_sent_twice(gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket, nonce="n1")

    again = gate.scan(ticket, nonce="n1")

    assert again.admitted
    assert gate.admitted() == 1
    assert gate.reason(ticket, nonce="n2") == "already_redeemed"


def test_a_refused_scan_that_is_sent_twice_is_kept_once(gate: Gate) -> None:
    for _ in range(2):
        gate.scan("unknown", nonce="n1")

    assert Checkin.objects.filter(successful=False).count() == 1


def test_who_left_may_come_back(gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket)
    gate.scan(ticket, type="exit")

    assert gate.reason(ticket) is None
    assert gate.reason(ticket) == "already_redeemed"


def test_a_list_may_forbid_to_come_back(gate: Gate) -> None:
    gate.set(allow_entry_after_exit=False)
    ticket = gate.ticket()
    gate.scan(ticket)
    gate.scan(ticket, type="exit")

    assert gate.reason(ticket) == "already_redeemed"


def test_a_list_may_allow_several_entries(gate: Gate) -> None:
    gate.set(allow_multiple_entries=True)
    ticket = gate.ticket()

    assert [gate.reason(ticket) for _ in range(3)] == [None] * 3
    assert gate.admitted() == 3


def test_lists_of_one_event_count_apart(gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket)

    other = make_list(gate.event, name="Second day")

    assert gate.reason(ticket, lists=[other]) is None


def test_a_forced_scan_is_admitted_and_marked(gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket)

    assert gate.reason(ticket, force=True) is None
    assert list(Checkin.objects.order_by("pk").values_list("forced", flat=True)) == [False, True]


def test_force_is_not_marked_where_it_was_not_needed(gate: Gate) -> None:
    gate.scan(gate.ticket(), force=True)

    assert not Checkin.objects.get().forced


def test_even_force_does_not_admit_a_canceled_order(gate: Gate) -> None:
    ticket = gate.ticket(status=Order.Status.CANCELED)

    assert gate.reason(ticket, force=True) == "canceled"


@pytest.mark.parametrize("code", ["unknown", "", "0", "9" * 40, "\u202e", "☃"])
def test_an_unknown_code_is_invalid(gate: Gate, code: str) -> None:
    outcome = gate.scan(code)

    assert outcome.denial is not None
    assert outcome.denial.reason == "invalid"
    assert outcome.position is None
    assert Checkin.objects.get().raw_barcode == code


def test_a_ticket_of_another_event_is_unknown(gate: Gate) -> None:
    other = make_event(gate.event.organizer)
    ticket = make_order(other, items=[make_item(other)]).positions.get()

    assert gate.reason(ticket) == "invalid"


def test_a_scanner_of_two_events_finds_the_list_of_the_ticket(gate: Gate) -> None:
    other = make_event(gate.event.organizer)
    ticket = make_order(other, items=[make_item(other)]).positions.get()
    theirs = make_list(other)

    outcome = gate.scan(ticket, lists=[gate.list, theirs])

    assert outcome.admitted
    assert outcome.list == theirs


def test_a_canceled_position_is_unknown(gate: Gate) -> None:
    ticket = gate.ticket()
    ticket.canceled = True
    ticket.save()

    assert gate.reason(ticket) == "invalid"


@pytest.mark.parametrize(
    ("order", "scan", "list_fields", "reason"),
    [
        ({"status": PENDING}, {}, {}, "unpaid"),
        ({"status": PENDING}, {}, {"include_pending": True}, "unpaid"),
        ({"status": PENDING}, {"ignore_unpaid": True}, {}, "unpaid"),
        ({"status": PENDING}, {"ignore_unpaid": True}, {"include_pending": True}, None),
        ({"status": PENDING, "valid_if_pending": True}, {}, {}, None),
        ({"status": PENDING, "require_approval": True}, {}, {}, "unapproved"),
        (
            {"status": "e"},
            {"ignore_unpaid": True},
            {"include_pending": True},
            "unpaid",
        ),
        ({"status": "c"}, {}, {}, "canceled"),
        ({"status": PENDING}, {"force": True}, {}, None),
    ],
)
def test_the_state_of_the_order_decides(
    gate: Gate,
    order: dict[str, Any],
    scan: dict[str, Any],
    list_fields: dict[str, Any],
    reason: str | None,
) -> None:
    gate.set(**list_fields)

    assert gate.reason(gate.ticket(**order), **scan) == reason


def test_a_list_admits_its_products_only(gate: Gate) -> None:
    vip = make_item(gate.event)
    gate.set(all_products=False)
    gate.list.limit_products.set([vip])

    assert gate.reason(gate.ticket()) == "product"
    assert gate.reason(gate.ticket(item=vip)) is None


def test_a_list_of_a_date_admits_its_date_only(gate: Gate) -> None:
    today, tomorrow = make_subevent(gate.event), make_subevent(gate.event)
    gate.set(subevent=today)
    ticket = gate.ticket()

    ticket.subevent = tomorrow
    ticket.save()
    assert gate.reason(ticket) == "product"

    ticket.subevent = today
    ticket.save()
    assert gate.reason(ticket) is None


def test_a_revoked_secret_is_refused(gate: Gate) -> None:
    ticket = gate.ticket()
    revoke_secret(position=ticket, actor=None)

    outcome = gate.scan(ticket)

    assert outcome.denial is not None
    assert outcome.denial.reason == "revoked"
    assert outcome.position == ticket


@pytest.mark.parametrize("change", [revoke_secret, partial(set_block, name="admin", blocked=True)])
def test_a_ticket_that_somebody_has_deleted_is_not_kept_out(gate: Gate, change: Any) -> None:
    ticket = gate.ticket()
    OrderPosition.objects.all().delete()

    with pytest.raises(Gone):
        change(position=ticket, actor=None)


def test_a_revoked_secret_that_no_ticket_has_is_refused_as_revoked(gate: Gate) -> None:
    gate.event.revoked_secrets.create(secret="old")

    outcome = gate.scan("old")

    assert outcome.denial is not None
    assert outcome.denial.reason == "revoked"
    assert outcome.position is None


def test_a_blocked_ticket_is_refused_until_the_last_block_is_lifted(gate: Gate) -> None:
    ticket = gate.ticket()
    set_block(position=ticket, name="admin", blocked=True, actor=None)
    set_block(position=ticket, name="api:unsold", blocked=True, actor=None)
    set_block(position=ticket, name="admin", blocked=False, actor=None)
    assert gate.reason(ticket) == "blocked"

    set_block(position=ticket, name="api:unsold", blocked=False, actor=None)

    assert gate.reason(ticket) is None
    assert gate.event.blocked_secrets.get().blocked is False


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "reason"),
    [
        (NOW + timedelta(minutes=1), None, "invalid_time"),
        (NOW, NOW, None),
        (None, NOW - timedelta(minutes=1), "invalid_time"),
    ],
)
def test_a_ticket_is_valid_in_its_time(
    gate: Gate, valid_from: datetime | None, valid_until: datetime | None, reason: str | None
) -> None:
    ticket = gate.ticket()
    ticket.valid_from, ticket.valid_until = valid_from, valid_until
    ticket.save()

    assert gate.reason(ticket, datetime=NOW) == reason


def test_nobody_is_kept_in(gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket)
    ticket.valid_until = NOW - timedelta(days=400)
    ticket.save()
    set_block(position=ticket, name="admin", blocked=True, actor=None)

    assert gate.reason(ticket, type="exit", datetime=NOW) is None


def test_rules_are_asked_at_the_time_of_the_scan(gate: Gate) -> None:
    gate.set(rules={"isAfter": [{"var": "now"}, {"buildTime": ["custom", NOW.isoformat()]}]})
    ticket = gate.ticket()

    assert gate.reason(ticket, datetime=NOW - timedelta(hours=1)) == "rules"
    assert gate.reason(ticket, datetime=NOW) is None


def test_rules_know_earlier_entries(gate: Gate) -> None:
    gate.set(rules={"<": [{"var": "entries_number"}, 2]}, allow_multiple_entries=True)
    ticket = gate.ticket()

    assert [gate.reason(ticket) for _ in range(3)] == [None, None, "rules"]


def test_a_rule_that_is_not_known_refuses_and_is_logged(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    gate.set(rules={"xor": [1, 0]})

    assert gate.reason(gate.ticket()) == "rules"
    assert "“xor”" in caplog.text


def test_a_list_of_addons_takes_the_main_ticket_for_its_addon(gate: Gate) -> None:
    main = gate.ticket()
    workshop = make_item(gate.event)
    addon = make_position(main.order, workshop, positionid=2, addon_to=main)
    gate.set(all_products=False, addon_match=True)
    gate.list.limit_products.set([workshop])

    outcome = gate.scan(main)

    assert outcome.admitted
    assert outcome.position == addon


def test_two_addons_that_fit_are_ambiguous(gate: Gate) -> None:
    main = gate.ticket()
    workshop = make_item(gate.event)
    for number in (2, 3):
        make_position(main.order, workshop, positionid=number, addon_to=main)
    gate.set(all_products=False, addon_match=True)
    gate.list.limit_products.set([workshop])

    assert gate.reason(main) == "ambiguous"


def test_without_an_addon_that_fits_the_product_is_wrong(gate: Gate) -> None:
    gate.set(all_products=False, addon_match=True)

    assert gate.reason(gate.ticket()) == "product"


def test_a_simulated_scan_leaves_no_trace(gate: Gate) -> None:
    ticket = gate.ticket()

    assert gate.reason(ticket, simulate=True) is None
    assert gate.reason("unknown", simulate=True) == "invalid"
    assert not Checkin.objects.exists()
    assert not LogEntry.objects.exists()


def test_a_queued_scan_keeps_its_old_time(gate: Gate) -> None:
    gate.scan(gate.ticket(), datetime=NOW - timedelta(days=300), force=True)

    assert Checkin.objects.get().datetime == NOW - timedelta(days=300)


def test_an_admission_lets_other_scanners_see_the_order_as_modified(gate: Gate) -> None:
    ticket = gate.ticket()
    before = ticket.order.last_modified

    gate.scan(ticket)

    ticket.order.refresh_from_db()
    assert ticket.order.last_modified > before


def test_a_scan_names_its_device_and_is_logged(gate: Gate) -> None:
    device, _header = make_device(gate.event.organizer)
    ticket = gate.ticket()

    for _ in range(2):
        scan = Scan(lists=[gate.list], secret=ticket.secret)
        services.redeem(scan=scan, actor=DeviceActor(device))

    assert {checkin.device for checkin in Checkin.objects.all()} == {device}
    actions = list(LogEntry.objects.order_by("pk").values_list("action", "device"))
    assert actions == [
        ("counterfoil.checkin.admitted", device.pk),
        ("counterfoil.checkin.refused", device.pk),
    ]


def test_a_secret_of_digits_wins_over_the_id_of_another_ticket(gate: Gate) -> None:
    first, second = gate.ticket(), gate.ticket()
    second.secret = str(first.pk)
    second.save()

    outcome = gate.scan(second, position_id=first.pk)

    assert outcome.position == second


def test_a_ticket_is_found_by_its_id(gate: Gate) -> None:
    ticket = gate.ticket()

    assert gate.scan(str(ticket.pk), position_id=ticket.pk).position == ticket
    assert gate.reason(str(ticket.pk)) == "invalid"
