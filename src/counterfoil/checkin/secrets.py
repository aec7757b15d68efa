"""Secrets that must not be admitted: revoked for good, or blocked for now.

A revoked ticket keeps its secret. Giving it a new one would make a ticket that no scanner's
revocation list knows. All of this works on one ticket as on the 10,000 of a batch, in a fixed
number of statements.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Model, QuerySet
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit.services import record
from counterfoil.catalog import change_clock
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import BlockedSecret, RevokedSecret
from counterfoil.core.refusals import Gone, Invalid
from counterfoil.orders.changes import lock_orders, stamp_orders
from counterfoil.orders.models import OrderPosition

#: The block that people set on a page; programs name theirs ``api:…``.
ADMIN_BLOCK = "admin"
#: The block of a ticket that is not active (yet). Only actions of the stock set and lift it.
INACTIVE_BLOCK = "api:counterfoil.inactive"
_SECOND = 1_000_000  #: in microseconds
_BLOCK_NAME = re.compile(r"admin|api:[A-Za-z0-9._]{1,186}")


@transaction.atomic
def revoke_secret(*, position: OrderPosition, actor: Actor | None) -> RevokedSecret:
    """Revoke a ticket's secret. Doing it twice does it once.

    Raises:
        Gone: the ticket was deleted.
    """
    event = position.order.event
    _lock([position.order_id], [position.pk])
    revoked = RevokedSecret.objects.filter(event=event, secret=position.secret)
    if not revoked.exists():
        record(actor=actor, action="counterfoil.orderposition.revoked", obj=position, event=event)
        moment = stamp_orders(event_id=event.pk, orders=[position.order_id])
        insert_revoked(event.pk, OrderPosition.objects.filter(pk=position.pk), moment)
    return revoked.get()


@transaction.atomic
def set_block(
    *, position: OrderPosition, name: str, blocked: bool, actor: Actor | None
) -> OrderPosition:
    """Set or lift one block of a ticket (``admin``, ``api:…``); it passes when none is left.

    Raises:
        Invalid: no block can have this name, or it is the stock's own.
        Gone: the ticket was deleted.
    """
    if not _BLOCK_NAME.fullmatch(name):
        raise Invalid(
            {
                "name": [
                    _(
                        "The name of a block is “admin”, or “api:” followed by letters, digits, "
                        "dots and underscores."
                    )
                ]
            }
        )
    if name == INACTIVE_BLOCK:
        raise Invalid({"name": [_("This block is set and lifted by actions on the stock only.")]})
    event = position.order.event
    _lock([position.order_id], [position.pk])
    verb = "blocked" if blocked else "unblocked"
    changed = _block_changes([position.pk], name, blocked)
    if changed:
        record(
            actor=actor,
            action=f"counterfoil.orderposition.{verb}",
            obj=position,
            event=event,
            data={"name": name},
        )
        _write_blocks(event.pk, [position.order_id], changed)
    position.refresh_from_db(fields=["blocked"])
    return position


@transaction.atomic
def set_blocks(*, event: Event, positions: Collection[int], name: str, blocked: bool) -> list[int]:
    """Set or lift one block of many tickets of an event; return those that it changed.

    The caller has checked the name and writes the log.

    Raises:
        Gone: some of the tickets were deleted.
    """
    rows = OrderPosition.objects.filter(order__event=event, pk__in=positions)
    orders = sorted(set(rows.values_list("order_id", flat=True)))
    _lock(orders, positions)
    changed = _block_changes(positions, name, blocked)
    if changed:
        _write_blocks(event.pk, orders, changed)
    return sorted(pk for positions in changed.values() for pk in positions)


#: New blocks of positions: by what they had and what they will have, as tuples of names.
_BlockChanges = dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]]


def _block_changes(positions: Collection[int], name: str, blocked: bool) -> _BlockChanges:
    changes: _BlockChanges = defaultdict(list)
    rows = OrderPosition.objects.filter(pk__in=positions).values_list("pk", "blocked")
    for pk, names in rows:
        before = tuple(names or ())
        if (name in before) != blocked:
            others = tuple(other for other in before if other != name)
            changes[before, (*others, name) if blocked else others].append(pk)
    return dict(changes)


def _write_blocks(event_id: int, orders: Collection[int], changes: _BlockChanges) -> None:
    started: list[int] = []
    ended: list[int] = []
    for (before, after), pks in changes.items():
        OrderPosition.objects.filter(pk__in=pks).update(blocked=list(after) or None)
        if not before:
            started += pks
        elif not after:
            ended += pks
    moment = stamp_orders(event_id=event_id, orders=orders)
    for pks, blocked in ((started, True), (ended, False)):
        if pks:
            upsert_blocked(event_id, OrderPosition.objects.filter(pk__in=pks), blocked, moment)


def insert_revoked(event_id: int, positions: QuerySet[OrderPosition], moment: datetime) -> None:
    """Put the secrets of positions on the revoked list, in one statement.

    ``moment`` is a stamp of this transaction: see ``catalog.changeclock``. What is on the list
    already stays as it is.
    """
    columns = {"event_id": event_id}
    count = _insert_secrets(RevokedSecret, columns, ("created", moment), positions, "NOTHING")
    change_clock.extend(event_id, count, moment)


def upsert_blocked(
    event_id: int, positions: QuerySet[OrderPosition], blocked: bool, moment: datetime
) -> None:
    """Put the secrets of positions on the list of blocked ones, or change them there.

    ``moment`` is a stamp of this transaction: see ``catalog.changeclock``.
    """
    columns = {"event_id": event_id, "blocked": blocked}
    on_conflict = (
        "UPDATE SET position_id = excluded.position_id, blocked = excluded.blocked, "
        "updated = excluded.updated"
    )
    count = _insert_secrets(BlockedSecret, columns, ("updated", moment), positions, on_conflict)
    change_clock.extend(event_id, count, moment)


def unblock_listed(
    event_id: int, positions: QuerySet[OrderPosition], moment: datetime, *, count: int
) -> None:
    """Change the secrets of so many positions, which are listed as blocked, to unblocked.

    A plain UPDATE takes a third of the time of the INSERT with its conflicts; should any of them
    not be listed, that is done. The rows take their times from their ids, without sorting: those
    of a batch follow each other, so each has its own; of others a few may share one.
    """
    ticks = 2 * count + 1
    source, source_params = positions.order_by().values("pk").query.sql_with_params()
    later, later_params = _later(moment, f"(id %% {ticks})", most=ticks)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {BlockedSecret._meta.db_table} SET blocked = %s, updated = {later} "  # noqa: S608
            f"WHERE event_id = %s AND position_id IN ({source})",
            [False, *later_params, event_id, *source_params],
        )
        changed = cursor.rowcount
    change_clock.extend(event_id, ticks, moment)
    if changed != count:
        upsert_blocked(event_id, positions, False, moment)


def _insert_secrets(
    model: type[Model],
    values: Mapping[str, int | bool],
    time: tuple[str, datetime],
    positions: QuerySet[OrderPosition],
    on_conflict: str,
) -> int:
    """Insert the secrets of positions, each with a time of its own; return how many these are.

    A scanner asks next from the newest time it was shown: of ten thousand rows with one time it
    would be sent all again, each time.
    """
    rows = positions.order_by().values(ticket=F("pk"), code=F("secret"))
    source, source_params = rows.query.sql_with_params()
    name, moment = time
    columns = ", ".join([*values, name])
    count = positions.count()
    later, later_params = _later(moment, "source.place", most=count)
    expressions = ", ".join([*["%s"] * len(values), later])
    statement = (
        f"INSERT INTO {model._meta.db_table} ({columns}, position_id, secret) "  # noqa: S608
        f"SELECT {expressions}, source.ticket, source.code FROM (SELECT ticket, code, "
        f"row_number() OVER (ORDER BY ticket) - 1 AS place FROM ({source}) rows) source WHERE true "
        f"ON CONFLICT (event_id, secret) DO {on_conflict}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values.values(), *later_params, *source_params])
    return count


def _later(moment: datetime, microseconds: str, *, most: int) -> tuple[str, list[Any]]:
    """Return the expression of a time so many microseconds after a moment, and its parameters.

    ``most`` is how many they are at most.
    """
    if connection.vendor == "postgresql":
        return f"%s + {microseconds} * interval '1 microsecond'", [moment]
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    total = since // timedelta(microseconds=1)
    if moment.microsecond + most < _SECOND:
        second = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}."
        return f"%s || printf('%%06d', %s + {microseconds})", [second, moment.microsecond]
    seconds = f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', (%s + {microseconds}) / 1000000, 'unixepoch')"
    return f"{seconds} || printf('.%%06d', (%s + {microseconds}) %% 1000000)", [total, total]


def _lock(orders: Collection[int], positions: Collection[int]) -> None:
    """Lock orders, and with them their positions, which are changed under this lock only."""
    lock_orders(orders)
    if OrderPosition.objects.filter(pk__in=positions).count() < len(positions):
        raise Gone(_("This ticket has been deleted in the meantime."))
