"""Makes, changes and deletes webhooks, and sends messages again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.accounts.team_permissions import check_limit
from counterfoil.audit import services as audit
from counterfoil.catalog import saving
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core import clock
from counterfoil.core.refusals import Conflict, Invalid
from counterfoil.jobs import wakeup
from counterfoil.webhooks import sending
from counterfoil.webhooks.actions import LABELS, NEVER_SENT
from counterfoil.webhooks.addresses import check_url
from counterfoil.webhooks.models import Delivery, Webhook
from counterfoil.webhooks.schedule import PATIENCE

#: An organizer's webhooks: each may get a message about each change.
MOST = 50


@transaction.atomic
def create_webhook(*, organizer: Organizer, fields: Mapping[str, Any], actor: Actor) -> Webhook:
    """Make a webhook with a new secret.

    Raises:
        Invalid: its address or an action cannot be used, or it would reveal more than the actor
            may read.
        Conflict: the organizer has as many as it may.
    """
    saving.one_at_a_time(organizer)
    if organizer.webhooks.count() >= MOST:
        raise Conflict(_("An organizer can have %(most)d webhooks at most.") % {"most": MOST})
    webhook = Webhook(organizer=organizer, secret=sending.new_secret())
    return _save(webhook, fields, actor)


@transaction.atomic
def change_webhook(*, webhook: Webhook, fields: Mapping[str, Any], actor: Actor) -> Webhook:
    """Change a webhook. Its next message is sent without waiting for the end of a rest.

    Raises:
        Invalid: see ``create_webhook``.
    """
    return _save(webhook, {**fields, "failures": 0, "rests_until": None}, actor)


def delete_webhook(*, webhook: Webhook) -> None:
    """Delete a webhook with its messages; what waits is not sent any more."""
    saving.delete(webhook)


@transaction.atomic
def renew_secret(*, webhook: Webhook, actor: Actor) -> str:
    """Give a webhook another secret, and return it. From now on only the new one signs."""
    secret = sending.new_secret()
    Webhook.objects.filter(pk=webhook.pk).update(secret=secret)
    audit.record(
        actor=actor,
        action="counterfoil.webhook.secret_renewed",
        obj=webhook,
        organizer=webhook.organizer,
    )
    return secret


@transaction.atomic
def repeat_delivery(*, delivery: Delivery, actor: Actor) -> Delivery:
    """Send a message again as soon as possible, whatever became of it before.

    Raises:
        Conflict: the webhook is switched off.
    """
    webhook = delivery.webhook
    if not webhook.enabled:
        raise Conflict(_("The webhook is switched off. Switch it on first."))
    now = clock.now()
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.WAITING, due=now, give_up_at=now + PATIENCE
    )
    Webhook.objects.filter(pk=webhook.pk).update(rests_until=None)
    audit.record(
        actor=actor,
        action="counterfoil.webhook.delivery_repeated",
        obj=webhook,
        organizer=webhook.organizer,
        data={"delivery": str(delivery.pk)},
    )
    transaction.on_commit(partial(wakeup.notify, wakeup.PERIODIC))
    delivery.refresh_from_db()
    return delivery


def _save(webhook: Webhook, fields: Mapping[str, Any], actor: Actor) -> Webhook:
    values = dict(fields)
    if "target_url" in values:
        values["target_url"] = check_url(values["target_url"])
    if "action_types" in values:
        values["action_types"] = _checked_actions(values["action_types"], webhook.action_types)
    all_events = values.get("all_events", webhook.all_events)
    if "limit_events" in values:
        events = list(values["limit_events"])
    else:
        events = list(webhook.limit_events.all()) if webhook.pk else []
    check_limit(webhook.organizer, events)
    _check_may_read(actor, webhook.organizer, all_events=all_events, events=events)
    return saving.write(webhook, values)


def _checked_actions(names: Iterable[str], present: Collection[str]) -> list[str]:
    """Return the actions without repetitions. What a webhook has already, it may keep."""
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in LABELS and name not in NEVER_SENT and name not in present:
            problem = _("There is no action “%(name)s”.") % {"name": name}
            raise Invalid({"action_types": [problem]})
    return chosen


def _check_may_read(
    actor: Actor, organizer: Organizer, *, all_events: bool, events: list[Event]
) -> None:
    """Refuse a webhook that would reveal what its creator may not read."""
    if all_events and not actor.sees_all_events(organizer):
        words = _("You cannot give access to events that you do not see yourself.")
        raise Invalid({"all_events": [words]})
    reached = list(organizer.events.all()) if all_events else events
    for event in reached:
        if not actor.may_in_event("event.orders:read", event):
            field = "all_events" if all_events else "limit_events"
            words = _("You may not see the orders of the event “%(event)s”.") % {
                "event": event.slug
            }
            raise Invalid({field: [words]})
