"""Who has entered and who is inside, per list, without counting scans.

``TicketPresence`` says so for each ticket; triggers bring it up to date with each admitted scan
and add the differences up in ``EntryCount``. List 0 stands for all lists of an event together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection
from django.db.models import Sum

from counterfoil.checkin.models import Checkin, EntryCount, TicketPresence
from counterfoil.core.summaries import Summary
from counterfoil.core.triggers import for_each_row
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.ticket_counts import KIND, Kind, kind_of

#: All lists of an event together: who came in at all.
ANY_LIST = 0

_CHECKINS, _PRESENCE = Checkin._meta.db_table, TicketPresence._meta.db_table
_COUNTS, _ORDERS = EntryCount._meta.db_table, Order._meta.db_table
_POSITIONS = OrderPosition._meta.db_table
_ENTRY = Checkin.Type.ENTRY.value


def entered_by_kind(lists: Collection[int]) -> Iterator[tuple[int, Kind, int]]:
    """Yield by list and kind how many tickets that are not canceled have entered."""
    rows: Any = EntryCount.objects.filter(list_id__in=lists).values_list("list_id", *KIND)
    for list_id, *kind, entered in rows.annotate(sum=Sum("entered")).order_by():
        yield list_id, Kind(*kind), entered


def inside_of(list_id: int) -> int:
    """Return how many tickets that are not canceled are inside."""
    rows = EntryCount.objects.filter(list_id=list_id)
    return int(rows.aggregate(sum=Sum("inside", default=0))["sum"])


def entered_event(event_id: int) -> int:
    """Return how many tickets of an event that are not canceled have entered, on any list."""
    rows = EntryCount.objects.filter(list_id=ANY_LIST, event_id=event_id)
    return int(rows.aggregate(sum=Sum("entered", default=0))["sum"])


def _number(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


SUMMARY = Summary(
    table=_COUNTS,
    kinds=("list_id", "event_id", *KIND),
    numbers=("entered", "inside"),
    counted=f"""
        SELECT seen.list_id, {kind_of("pos", "ordr")},
               count(*) AS entered, sum({_number("seen.inside")}) AS inside
        FROM {_PRESENCE} seen
        JOIN {_POSITIONS} pos ON pos.id = seen.position_id
        JOIN {_ORDERS} ordr ON ordr.id = pos.order_id
        WHERE NOT pos.canceled GROUP BY seen.list_id, {kind_of("pos", "ordr")}
    """,  # noqa: S608 - names of ours
)

_ADD = f"""
    INSERT INTO {_COUNTS} (list_id, event_id, {", ".join(KIND)}, entered, inside) SELECT
"""


def _presence(row: str) -> str:
    """Bring a ticket's presence up to date with its scans, on the list and on any."""
    entries = f"""
        EXISTS (SELECT 1 FROM {_CHECKINS} scan WHERE scan.position_id = {row}.position_id
                AND scan.successful AND scan.type = '{_ENTRY}'
    """  # noqa: S608 - names of ours
    last = f"""
        (SELECT scan.type FROM {_CHECKINS} scan WHERE scan.list_id = {row}.list_id
         AND scan.position_id = {row}.position_id AND scan.successful
         ORDER BY scan.datetime DESC, scan.id DESC LIMIT 1) = '{_ENTRY}'
    """  # noqa: S608 - names of ours
    on_list, anywhere = f"{entries} AND scan.list_id = {row}.list_id)", f"{entries})"
    return f"""
        DELETE FROM {_PRESENCE} WHERE list_id = {row}.list_id
        AND position_id = {row}.position_id AND NOT {on_list};
        DELETE FROM {_PRESENCE} WHERE list_id = {ANY_LIST}
        AND position_id = {row}.position_id AND NOT {anywhere};
        INSERT INTO {_PRESENCE} (list_id, position_id, inside)
        SELECT {row}.list_id, {row}.position_id, {last} WHERE {on_list}
        ON CONFLICT (list_id, position_id) DO UPDATE SET inside = excluded.inside
        WHERE {_PRESENCE}.inside <> excluded.inside;
        INSERT INTO {_PRESENCE} (list_id, position_id, inside)
        SELECT {ANY_LIST}, {row}.position_id, {{false}} WHERE {anywhere}
        ON CONFLICT (list_id, position_id) DO NOTHING;
    """.replace("{false}", "1 = 0")  # noqa: S608 - names of ours


def _presence_row(row: str, entered: int, inside: str) -> str:
    """Add what the presence in a row, ``NEW`` or ``OLD``, counts."""
    return f"""
        {_ADD} {row}.list_id, {kind_of("pos", "ordr")}, {entered}, {inside}
        FROM {_POSITIONS} pos JOIN {_ORDERS} ordr ON ordr.id = pos.order_id
        WHERE pos.id = {row}.position_id AND NOT pos.canceled;
    """


def _position(row: str, sign: str) -> str:
    """Add the presences of a ticket whose row is ``NEW`` or ``OLD``."""
    return f"""
        {_ADD} seen.list_id, {kind_of(row, "ordr")}, {sign}1, {sign}({_number("seen.inside")})
        FROM {_PRESENCE} seen JOIN {_ORDERS} ordr ON ordr.id = {row}.order_id
        WHERE seen.position_id = {row}.id AND NOT {row}.canceled;
    """


def _order(row: str, sign: str) -> str:
    """Add the presences of the tickets of an order whose row is ``NEW`` or ``OLD``."""
    return f"""
        {_ADD} seen.list_id, {kind_of("pos", row)}, {sign}1, {sign}({_number("seen.inside")})
        FROM {_POSITIONS} pos JOIN {_PRESENCE} seen ON seen.position_id = pos.id
        WHERE pos.order_id = {row}.id AND NOT pos.canceled;
    """


TRIGGERS = [
    for_each_row(
        "scan_added", event="INSERT", table=_CHECKINS, when="NEW.successful",
        body=_presence("NEW"),
    ),
    for_each_row(
        "scan_deleted", event="DELETE", table=_CHECKINS, when="OLD.successful",
        body=_presence("OLD"),
    ),
    for_each_row(
        "scan_changed", event="UPDATE", table=_CHECKINS,
        changed=["successful", "type", "datetime", "position_id", "list_id"],
        body=_presence("OLD") + _presence("NEW"),
    ),
    for_each_row(
        "presence_added", event="INSERT", table=_PRESENCE,
        body=_presence_row("NEW", 1, _number("NEW.inside")),
    ),
    for_each_row(
        "presence_deleted", event="DELETE", table=_PRESENCE,
        body=_presence_row("OLD", -1, f"-({_number('OLD.inside')})"),
    ),
    for_each_row(
        "presence_changed", event="UPDATE", table=_PRESENCE, changed=["inside"],
        body=_presence_row("NEW", 0, f"{_number('NEW.inside')} - {_number('OLD.inside')}"),
    ),
    for_each_row(
        "presence_of_changed_ticket", event="UPDATE", table=_POSITIONS,
        changed=["item_id", "variation_id", "subevent_id", "canceled", "order_id"],
        body=_position("OLD", "-") + _position("NEW", ""),
    ),
    for_each_row(
        "presence_of_changed_order", event="UPDATE", table=_ORDERS,
        changed=["status", "valid_if_pending", "event_id"],
        body=_order("OLD", "-") + _order("NEW", ""),
    ),
]  # fmt: skip


_ENTERED = f"""
    SELECT list_id, position_id FROM {_CHECKINS} WHERE successful AND type = '{_ENTRY}'
    UNION SELECT {ANY_LIST}, position_id FROM {_CHECKINS} WHERE successful AND type = '{_ENTRY}'
"""  # noqa: S608 - names of ours
_IS_INSIDE = f"""
    coalesce((SELECT scan.type FROM {_CHECKINS} scan WHERE scan.list_id = entered.list_id
              AND scan.position_id = entered.position_id AND scan.successful
              ORDER BY scan.datetime DESC, scan.id DESC LIMIT 1) = '{_ENTRY}', 1 = 0)
"""  # noqa: S608 - names of ours


def rebuild() -> None:
    """Bring every ticket's presence up to date with its scans, and the counts with it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A database that was just restored or filled knows nothing of its tables' sizes.
            cursor.execute(f"ANALYZE {_CHECKINS}")
        cursor.execute(
            f"DELETE FROM {_PRESENCE} WHERE (list_id, position_id) NOT IN ({_ENTERED})"  # noqa: S608 - ours
        )
        cursor.execute(
            f"INSERT INTO {_PRESENCE} (list_id, position_id, inside) "  # noqa: S608 - ours
            f"SELECT entered.list_id, entered.position_id, {_IS_INSIDE} "
            f"FROM ({_ENTERED}) entered WHERE true "
            "ON CONFLICT (list_id, position_id) DO UPDATE SET inside = excluded.inside "
            f"WHERE {_PRESENCE}.inside <> excluded.inside"
        )
    SUMMARY.repair()
    SUMMARY.compact()
