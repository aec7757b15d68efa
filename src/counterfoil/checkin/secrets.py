"""Secrets that must not be admitted: revoked for good, or blocked for now.

A revoked ticket keeps its secret. Giving it a new one would make a ticket that no scanner's
revocation list knows.
"""

from __future__ import annotations

from django.db import transaction

from counterfoil.accounts.actors import Actor
from counterfoil.audit.services import record
from counterfoil.checkin.models import BlockedSecret, RevokedSecret
from counterfoil.core import clock
from counterfoil.orders.models import Order, OrderPosition


@transaction.atomic
def revoke_secret(*, position: OrderPosition, actor: Actor | None) -> RevokedSecret:
    """Revoke a ticket's secret. Doing it twice does it once."""
    event = position.order.event
    revoked, created = RevokedSecret.objects.get_or_create(
        event=event, secret=position.secret, defaults={"position": position}
    )
    if created:
        _touch(position)
        record(actor=actor, action="counterfoil.orderposition.revoked", obj=position, event=event)
    return revoked


@transaction.atomic
def set_block(
    *, position: OrderPosition, name: str, blocked: bool, actor: Actor | None
) -> OrderPosition:
    """Set or lift one block of a ticket (``admin``, ``api:…``); it passes when none is left."""
    event = position.order.event
    locked = OrderPosition.objects.select_for_update().get(pk=position.pk)
    names = [known for known in locked.blocked or [] if known != name]
    if blocked:
        names.append(name)
    position.blocked = names or None
    OrderPosition.objects.filter(pk=position.pk).update(blocked=position.blocked)
    if bool(locked.blocked) != bool(names):
        BlockedSecret.objects.update_or_create(
            event=event,
            secret=position.secret,
            defaults={"blocked": bool(names), "position": position},
        )
    _touch(position)
    verb = "blocked" if blocked else "unblocked"
    record(
        actor=actor,
        action=f"counterfoil.orderposition.{verb}",
        obj=position,
        event=event,
        data={"name": name},
    )
    return position


def _touch(position: OrderPosition) -> None:
    """Let scanners that ask for what was modified since hear of it."""
    Order.objects.filter(pk=position.order_id).update(last_modified=clock.now())
