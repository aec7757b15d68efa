"""Writes the messages: one for each webhook that wants to hear of an entry of the log.

This runs inside the transaction of the change. Most changes concern no webhook, so the first look
is one indexed query, and none at all for actions that no webhook can subscribe to.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model, Q

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.jobs import wakeup
from counterfoil.webhooks.actions import BY_LOG_ACTION, Action
from counterfoil.webhooks.models import Delivery, Notification, Webhook
from counterfoil.webhooks.schedule import PATIENCE


def write(entry: LogEntry, obj: Model) -> None:
    """Write down what is to be sent about an entry of the log, in the caller's transaction."""
    actions = BY_LOG_ACTION.get(entry.action)
    if actions is None or entry.event is None:
        return
    reach = Q(all_events=True) | Q(limit_events=entry.event_id)
    webhooks = list(
        Webhook.objects.filter(reach, organizer=entry.organizer_id, enabled=True).distinct()
    )
    for action in actions:
        listening = [webhook for webhook in webhooks if action.name in webhook.action_types]
        if listening:
            details = action.details(entry, obj)
            if details is not None:
                _write(entry.event, action, details, listening)


def _write(event: Event, action: Action, details: dict[str, Any], webhooks: list[Webhook]) -> None:
    name = details.get("action", action.name)
    notification = Notification.objects.create(
        organizer=event.organizer,
        action=name,
        payload={
            "organizer": event.organizer.slug,
            "event": event.slug,
            **{key: value for key, value in details.items() if key != "action"},
            "action": name,
        },
    )
    now = clock.now()
    Delivery.objects.bulk_create(
        Delivery(webhook=webhook, notification=notification, due=now, give_up_at=now + PATIENCE)
        for webhook in webhooks
    )
    transaction.on_commit(partial(wakeup.notify, wakeup.PERIODIC))
