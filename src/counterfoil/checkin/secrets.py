"""Secrets that must not be admitted: revoked for good, or blocked for now.

A revoked ticket keeps its secret. Giving it a new one would make a ticket that no scanner's
revocation list knows.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit.services import record
from counterfoil.checkin.models import BlockedSecret, RevokedSecret
from counterfoil.core.refusals import Gone
from counterfoil.orders.models import OrderPosition
from counterfoil.orders.services import touch


@transaction.atomic
def revoke_secret(*, position: OrderPosition, actor: Actor | None) -> RevokedSecret:
    """Revoke a ticket's secret. Doing it twice does it once.

    Raises:
        Gone: somebody has deleted the ticket.
    """
    event = position.order.event
    _locked(position)
    revoked, created = RevokedSecret.objects.get_or_create(
        event=event, secret=position.secret, defaults={"position": position}
    )
    if created:
        touch(position.order_id)
        record(actor=actor, action="counterfoil.orderposition.revoked", obj=position, event=event)
    return revoked


@transaction.atomic
def set_block(
    *, position: OrderPosition, name: str, blocked: bool, actor: Actor | None
) -> OrderPosition:
    """Set or lift one block of a ticket (``admin``, ``api:…``); it passes when none is left.

    Raises:
        Gone: somebody has deleted the ticket.
    """
    event = position.order.event
    locked = _locked(position)
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
    touch(position.order_id)
    verb = "blocked" if blocked else "unblocked"
    record(
        actor=actor,
        action=f"counterfoil.orderposition.{verb}",
        obj=position,
        event=event,
        data={"name": name},
    )
    return position


def _locked(position: OrderPosition) -> OrderPosition:
    locked = OrderPosition.objects.select_for_update().filter(pk=position.pk).first()
    if locked is None:
        raise Gone(_("This ticket was deleted meanwhile."))
    return locked
