"""Change single tickets. It is here because a changed secret must be revoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit.services import record
from counterfoil.checkin.models import RevokedSecret
from counterfoil.checkin.secrets import upsert_blocked
from counterfoil.core.refusals import Gone, Invalid
from counterfoil.orders.changes import stamp_orders
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.payments import lock_order
from counterfoil.orders.position_changes import write_changes


@transaction.atomic
def update_position(
    *,
    actor: Actor | None,
    position: OrderPosition,
    fields: Mapping[str, Any],
    check_quotas: bool = True,
) -> OrderPosition:
    """Change fields of a ticket. A replaced secret is revoked.

    Raises:
        Invalid: see ``orders.positionchanges.write_changes``; or the secret cannot be used.
        Gone: the ticket was deleted.
    """
    event = position.order.event
    order = lock_order(position.order)
    locked = _as_it_is_now(position, order)
    old_secret = locked.secret
    if fields.get("secret", old_secret) != old_secret:
        _check_secret(order, fields["secret"])
    try:
        with transaction.atomic():
            changed = write_changes(
                order=order, position=locked, fields=fields, check_quotas=check_quotas
            )
    except IntegrityError:  # another transaction took the secret after the check
        raise Invalid({"secret": [_("This secret is already in use.")]}) from None
    if not changed:
        return locked
    record(
        actor=actor,
        action="counterfoil.orderposition.changed",
        obj=locked,
        event=event,
        data={"fields": sorted(changed)},
    )
    moment = stamp_orders(event_id=event.pk, orders=[order.pk])
    if "secret" in changed:
        RevokedSecret.objects.get_or_create(
            event=event, secret=old_secret, defaults={"position": locked, "created": moment}
        )
        if locked.blocked:
            upsert_blocked(event.pk, OrderPosition.objects.filter(pk=locked.pk), True, moment)
    return locked


def _as_it_is_now(position: OrderPosition, order: Order) -> OrderPosition:
    rows = OrderPosition.objects.select_related("item", "variation", "subevent", "tax_rule")
    locked = rows.filter(pk=position.pk).first()
    if locked is None:
        raise Gone(_("This ticket has been deleted in the meantime."))
    locked.order = order
    return locked


def _check_secret(order: Order, secret: str) -> None:
    if OrderPosition.objects.filter(organizer=order.organizer_id, secret=secret).exists():
        raise Invalid({"secret": [_("This secret is already in use.")]})
    if RevokedSecret.objects.filter(event=order.event_id, secret=secret).exists():
        raise Invalid({"secret": [_("This secret has been revoked.")]})
