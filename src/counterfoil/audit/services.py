"""Writes down who did what to which object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from counterfoil.accounts.actors import Actor, DeviceActor, TokenActor, UserActor
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core.transactions import hold_write_lock

Follower = Callable[[LogEntry, Model], None]

_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Register a function that is called with each entry and its object, in their transaction.

    Rooms above the log register when they are set up (``AppConfig.ready``).
    """
    _followers.append(follower)


def record(
    *,
    actor: Actor | None,
    action: str,
    obj: Model,
    event: Event | None = None,
    organizer: Organizer | None = None,
    data: dict[str, Any] | None = None,
) -> LogEntry:
    """Write one entry, in the caller's transaction.

    ``action`` reads ``counterfoil.<kind>.<verb>``; ``data`` must be JSON. An event brings its
    organizer along. ``actor`` None is the system itself: a job, a command. Those who ``follow`` the
    log write in the same transaction.
    """
    if event is not None and organizer is None:
        organizer = event.organizer
    hold_write_lock()  # see log_clock
    entry = LogEntry.objects.create(
        organizer=organizer,
        event=event,
        action=action,
        kind=action.split(".")[1],
        object_id=str(obj.pk or ""),
        object_repr=str(obj)[:255],
        data=data or {},
        **_who(actor),
    )
    for follower in _followers:
        follower(entry, obj)
    return entry


def _who(actor: Actor | None) -> dict[str, Any]:
    if actor is None:
        return {}
    fields: dict[str, Any] = {"actor": actor.key}
    if isinstance(actor, TokenActor):
        fields["token"] = actor.token
    elif isinstance(actor, DeviceActor):
        fields["device"] = actor.device
    elif isinstance(actor, UserActor):
        fields["user"] = actor.user
    return fields
