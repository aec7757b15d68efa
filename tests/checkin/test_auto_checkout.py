"""Lists that let everybody out at an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from counterfoil.checkin.auto_checkout import auto_checkout, auto_checkout_where_due
from counterfoil.checkin.models import Checkin
from counterfoil.core import clock
from counterfoil.jobs.periodic import Scheduler
from gate import Gate

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = datetime(2027, 3, 27, 4, 0, tzinfo=BERLIN)  # the next night is an hour shorter


def test_everybody_inside_is_let_out_at_the_hour(gate: Gate) -> None:
    gate.set(exit_all_at=HOUR)
    inside, outside = gate.ticket(), gate.ticket()
    gate.scan(inside, datetime=HOUR - timedelta(hours=3), force=True)
    gate.scan(outside, datetime=HOUR - timedelta(hours=3), force=True)
    gate.scan(outside, datetime=HOUR - timedelta(hours=2), type="exit")

    auto_checkout_where_due(HOUR + timedelta(minutes=1))

    written = Checkin.objects.get(auto_checked_in=True)
    assert (written.position, written.type, written.datetime) == (inside, "exit", HOUR)


def test_the_next_hour_is_the_same_by_the_clock_on_the_wall(gate: Gate) -> None:
    gate.set(exit_all_at=HOUR)

    auto_checkout_where_due(HOUR)

    gate.list.refresh_from_db()
    assert gate.list.exit_all_at == datetime(2027, 3, 28, 4, 0, tzinfo=BERLIN)


def test_a_list_that_slept_for_years_wakes_up_tomorrow(gate: Gate) -> None:
    gate.set(exit_all_at=datetime(1990, 1, 1, 4, 0, tzinfo=BERLIN))

    auto_checkout_where_due(HOUR + timedelta(minutes=1))

    gate.list.refresh_from_db()
    assert gate.list.exit_all_at == datetime(2027, 3, 28, 4, 0, tzinfo=BERLIN)


def test_an_hour_lets_out_once(gate: Gate) -> None:
    gate.set(exit_all_at=HOUR)
    gate.scan(gate.ticket(), datetime=HOUR - timedelta(hours=1))
    stale = type(gate.list).objects.get(pk=gate.list.pk)

    assert auto_checkout(gate.list, HOUR)
    assert not auto_checkout(stale, HOUR)
    assert not auto_checkout_where_due(HOUR)
    assert Checkin.objects.filter(type="exit").count() == 1


def test_a_scan_after_the_hour_finds_everybody_out(gate: Gate) -> None:
    ticket = gate.ticket()
    gate.scan(ticket, datetime=clock.now() - timedelta(hours=2))
    gate.set(exit_all_at=clock.now() - timedelta(hours=1))

    assert gate.reason(ticket) is None


def test_a_worker_lets_out_when_the_hour_has_come(gate: Gate) -> None:
    hour = clock.now() - timedelta(minutes=1)
    gate.scan(gate.ticket(), datetime=hour - timedelta(hours=1))
    gate.set(exit_all_at=hour)

    Scheduler().turn()
    Scheduler().turn()  # another worker

    assert Checkin.objects.get(type="exit").datetime == hour
