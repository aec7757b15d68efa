"""Fills an event with as many orders, tickets, scans and log entries as a figure needs.

The rows are copies of one order, made by the database itself: 100,000 take seconds. A tenth of the
orders name somebody, half of the tickets were scanned, and each order has a payment.
"""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.models import Max, Model

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Item
from counterfoil.checkin import entry_counts
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.core import clock
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.ticket_counts import TRIGGERS

#: How many orders share a time, as those of a batch do.
_TOGETHER = 10_000
_BLOCK = 100_000


def fill(item: Item, checkin_list: CheckinList, tickets: int) -> None:
    """Add paid orders of one ticket each to the event of the product."""
    event = item.event
    now = clock.now()
    order = Order(
        organizer=event.organizer, event=event, code="", status="p", secret="s" * 16,
        sales_channel=event.organizer.sales_channels.get(identifier="web"), datetime=now,
        expires=now, total=item.default_price, last_modified=now,
    )  # fmt: skip
    position = OrderPosition(
        organizer=event.organizer, item=item, price=item.default_price, tax_rate=0, tax_value=0
    )
    payment = OrderPayment(amount=item.default_price, created=now, payment_date=now)
    scan = Checkin(list=checkin_list, datetime=now, created=now)
    entry = LogEntry(
        organizer=event.organizer, event=event, datetime=now, kind="orderposition",
        action="counterfoil.checkin.admitted",
    )  # fmt: skip
    for start in range(0, tickets, _BLOCK):
        block = range(start, min(start + _BLOCK, tickets))
        base = {model: _last(model) for model in (Order, OrderPosition, OrderPayment)}
        of_order, of_position = f"{base[Order]} + n", f"{base[OrderPosition]} + n"
        code, lead = _joined("'F'", _as_text(of_order)), _joined("'P'", _as_text(of_position))
        _copy(order, block, {
            "id": of_order,
            "code": code,
            "datetime": _time(event.pk),
            "last_modified": _time(event.pk),
            "search_text": _if_named(_joined(_NEW_LINE, _NAME)),
            "email": _if_named(_joined(_NAME, "'@example.org'")),
        })  # fmt: skip
        _copy(position, block, {
            "id": of_position,
            "order_id": of_order,
            "secret": _RANDOM[connection.vendor],
            "pseudonymization_id": lead,
            "attendee_name_parts": _NAME_PARTS[connection.vendor],
            "search_text": _if_named(_joined(_NAME, _NEW_LINE)),
        })  # fmt: skip
        _copy(payment, block, {"id": f"{base[OrderPayment]} + n", "order_id": of_order})
        _copy(scan, block, {"id": f"{_last(Checkin)} + n", "position_id": of_position}, "n % 2 = 0")
        _copy(
            entry, block, {"id": f"{_last(LogEntry)} + n", "object_id": _as_text(of_position)},
            "n % 2 = 0",
        )  # fmt: skip


def without_triggers() -> None:
    """Drop the triggers of counts: filled faster, and counted together by ``with_triggers``."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        for trigger in (*TRIGGERS, *entry_counts.TRIGGERS):
            name = trigger.name_in(vendor)
            if vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def with_triggers() -> None:
    call_command("migrate", verbosity=0)


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


_NEW_LINE = "chr(10)"
_NAME = "'jane' || CAST(n / 10 AS varchar)"
_RANDOM = {
    "sqlite": "lower(hex(randomblob(16)))",
    "postgresql": "md5(random()::text || n::text)",
}
_NAME_PARTS = {
    "sqlite": "CASE WHEN n % 10 = 0 THEN json_object('_scheme', 'full', 'full_name', "
    "'Jane ' || (n / 10)) ELSE '{}' END",
    "postgresql": "CASE WHEN n % 10 = 0 THEN jsonb_build_object('_scheme', 'full', 'full_name', "
    "'Jane ' || (n / 10)) ELSE '{}' END",
}


def _if_named(value: str) -> str:
    return f"CASE WHEN n % 10 = 0 THEN {value} END"


def _as_text(number: str) -> str:
    return f"CAST(({number}) AS varchar)"


def _joined(*parts: str) -> str:
    joined = " || ".join(parts)
    return joined.replace("chr(10)", "char(10)") if connection.vendor == "sqlite" else joined


def _time(event_id: int) -> str:
    """Return times that grow, the same for as many orders as a batch has."""
    minutes = f"(n / {_TOGETHER})"
    if connection.vendor == "postgresql":
        return f"timestamptz '2026-01-01' + {minutes} * interval '1 minute'"
    return f"datetime('2026-01-01', '+' || {minutes} || ' minutes')"


def _last(model: type[Model]) -> int:
    return int(model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1


def _copy(sample: Model, block: range, columns: dict[str, str], where: str = "1 = 1") -> None:
    """Insert a copy of a row for each number; ``columns`` are SQL that may use ``n``."""
    fields = sample._meta.concrete_fields
    shared = [field for field in fields if field.column not in columns]
    values: list[Any] = [
        field.get_db_prep_save(field.pre_save(sample, add=True), connection) for field in shared
    ]
    numbers = (
        f"generate_series(0, {len(block) - 1}) series(n)"
        if connection.vendor == "postgresql"
        else "(WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series "
        f"WHERE n < {len(block) - 1}) SELECT n FROM series) series"
    )
    table = sample._meta.db_table
    target = ", ".join([*columns, *(str(field.column) for field in shared)])
    typed = ["%s" if connection.vendor == "sqlite" else f"%s::{field.db_type(connection)}"
             for field in shared]  # fmt: skip
    chosen = ", ".join([*(sql.replace("%", "%%") for sql in columns.values()), *typed])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({target}) SELECT {chosen} FROM {numbers} "
            f"WHERE {where.replace('%', '%%')}",
            values,
        )
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
