"""Scanners: announced by the organizer, initialized once by the app, renewed, revoked.

A device's token is shown once, when it is created. Like every token, it is stored as its hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor, Reach, actor_of
from counterfoil.accounts.models import Device
from counterfoil.accounts.permissions import FULL_DEVICE_NEEDS, SCANNER_NEEDS
from counterfoil.accounts.services import hash_token, new_secret
from counterfoil.accounts.team_permissions import check_limit
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core import characters, clock
from counterfoil.core.refusals import Conflict, Forbidden, Invalid

FULL = "full"
WRITING = "organizer.devices:write"
_LENGTH = 16  #: About 79 bits, for a token that is typed into a phone and works once.


@transaction.atomic
def create_device(
    *,
    organizer: Organizer,
    name: str,
    all_events: bool = False,
    limit_events: Sequence[Event] = (),
    security_profile: str = "full",
    by: Actor | None = None,
) -> Device:
    """Announce a device. It gets its access by showing the initialization token.

    ``by`` is None for the command line, which may give everything.

    Raises:
        Invalid: an event is another organizer's, or ``by`` may do less than it would.
    """
    check_limit(organizer, limit_events)
    _check_may_give(by, organizer, security_profile, all_events=all_events, events=limit_events)
    Organizer.objects.select_for_update().get(pk=organizer.pk)  # one number after the other
    highest = organizer.devices.aggregate(number=Max("device_id"))["number"] or 0
    device = Device.objects.create(
        organizer=organizer,
        device_id=highest + 1,
        unique_serial=get_random_string(_LENGTH, characters.READ),
        initialization_token=get_random_string(_LENGTH, characters.TYPED),
        name=name,
        all_events=all_events,
        security_profile=security_profile,
        announced_by=by.key if by else "",
    )
    device.limit_events.set(limit_events)
    return device


@transaction.atomic
def change_device(*, device: Device, fields: Mapping[str, Any], by: Actor | None = None) -> Device:
    """Change a device's name, events or profile, or revoke it. For ``by`` see ``create_device``.

    What the device has it may keep; ``by`` must hold what it gets. Whoever holds all that it has
    answers for it from then on: a device that is not set up yet needs such a person or token.

    Raises:
        Invalid: an event is another organizer's, or ``by`` lacks what it would get.
        Conflict: it was revoked, and that is for good.
        Forbidden: it reaches events that ``by`` does not see, and loses something.
    """
    events = fields.get("limit_events")
    plain = {name: value for name, value in fields.items() if name != "limit_events"}
    if device.revoked and plain.get("revoked") is False:
        raise Conflict(_("This device was revoked. Announce a new one."))
    check_limit(device.organizer, events or ())
    _check_may_narrow(by, device, fields)
    _check_may_widen(by, device, fields)
    if events is not None:
        device.limit_events.set(events)
    for name, value in plain.items():
        setattr(device, name, value)
    if by is None or _has_all_permissions_of(by, device):
        plain["announced_by"] = device.announced_by = by.key if by else ""
    if plain:
        device.save(update_fields=sorted(plain))
    return device


def initialize_device(*, token: str, facts: Mapping[str, Any]) -> tuple[Device, str]:
    """Let a device in that shows its initialization token; return it and its access token.

    ``facts`` are what the app says about its hardware and software.

    Raises:
        Invalid: the token is unknown, was used before, or its device was revoked; or who announced
            it could do so no longer. A device that is set up keeps what it has until somebody
            revokes it: gates do not close because a colleague left.
    """
    device = Device.objects.select_related("organizer").filter(initialization_token=token).first()
    if device is None:
        raise Invalid({"token": [_("Unknown initialization token.")]})
    if device.revoked or not _is_still_answered_for(device):
        raise Invalid({"token": [_("This initialization token has been revoked.")]})
    raw = new_secret()
    fresh = Device.objects.filter(pk=device.pk, initialized=None, revoked=False)
    now = clock.now()
    if not fresh.update(initialized=now, token_hash=hash_token(raw), **facts):
        raise Invalid({"token": [_("This initialization token has already been used.")]})
    device.refresh_from_db()
    return device, raw


def update_device(*, device: Device, facts: Mapping[str, Any]) -> Device:
    """Keep what the app says about its hardware and software now."""
    for name, value in facts.items():
        setattr(device, name, value)
    device.save(update_fields=sorted(facts))
    return device


def roll_device(*, device: Device) -> str:
    """Give a device another token; the old one is dead at once.

    Raises:
        Conflict: it is rolling its token already; the other answer has the new one.
    """
    raw = new_secret()
    unchanged = Device.objects.filter(pk=device.pk, token_hash=device.token_hash, revoked=False)
    if not unchanged.update(token_hash=hash_token(raw)):
        raise Conflict(_("This device's token has just been changed."))
    device.token_hash = hash_token(raw)
    return raw


def revoke_device(*, device: Device, by: Actor | None = None) -> None:
    """Revoke a device for good. Its token hash stays, so that it can be told why.

    Raises:
        Forbidden: it reaches events that ``by`` does not see.
    """
    _check_may_narrow(by, device, {"revoked": True})
    Device.objects.filter(pk=device.pk).update(revoked=True)
    device.revoked = True


def visible_devices(by: Actor, organizer: Organizer) -> QuerySet[Device]:
    """Return the devices that reach no chosen event which ``by`` does not see.

    A device with all events reveals nothing by that; ``change_device`` protects it.
    """
    devices = Device.objects.filter(organizer=organizer)
    if by.sees_all_events(organizer):
        return devices
    unseen = organizer.events.exclude(pk__in=by.events(organizer).values("pk"))
    limited = devices.filter(all_events=False, limit_events__in=unseen).values("pk")
    return devices.filter(Q(all_events=True) | ~Q(pk__in=limited))


def reach_for(by: Actor, organizer: Organizer, profile: str) -> Reach:
    """Return on which events ``by`` holds all that a device of this profile may do there."""
    reach = Reach(all_events=True)
    for alternatives in FULL_DEVICE_NEEDS if profile == FULL else SCANNER_NEEDS:
        permitted = Reach(all_events=False)
        for permission in alternatives:
            permitted |= by.events_with(permission, organizer)
        reach &= permitted
    return reach


def _is_still_answered_for(device: Device) -> bool:
    if device.initialized or not device.announced_by:  # used already, or the operator's
        return True
    announcer = actor_of(device.announced_by)
    return (
        announcer is not None
        and announcer.may_in_organizer(WRITING, device.organizer)
        and _has_all_permissions_of(announcer, device)
    )


def _has_all_permissions_of(by: Actor, device: Device) -> bool:
    return reach_for(by, device.organizer, device.security_profile).covers(
        all_events=device.all_events,
        events=device.limit_events.values_list("pk", flat=True),
    )


def _check_may_narrow(by: Actor | None, device: Device, fields: Mapping[str, Any]) -> None:
    """Of a device for all events, those who see some of them change no more than the name."""
    if by is None or not device.all_events or by.sees_all_events(device.organizer):
        return
    if any(
        name != "name" and name != "limit_events" and value != getattr(device, name)
        for name, value in fields.items()
    ):
        raise Forbidden(_("You cannot take away access to events that you do not see yourself."))


def _check_may_widen(by: Actor | None, device: Device, fields: Mapping[str, Any]) -> None:
    all_events = fields.get("all_events", device.all_events)
    profile = fields.get("security_profile", device.security_profile)
    had = set(device.limit_events.all())
    events = set(fields.get("limit_events", had))
    is_new_profile = profile != device.security_profile and device.security_profile != FULL
    if not is_new_profile:
        if device.all_events:
            return
        events -= had
    if all_events or events:
        _check_may_give(by, device.organizer, profile, all_events=all_events, events=list(events))


def _check_may_give(
    by: Actor | None,
    organizer: Organizer,
    profile: str,
    *,
    all_events: bool,
    events: Sequence[Event],
) -> None:
    """Refuse to give a device what its maker lacks.

    Raises:
        Invalid: on the events.
    """
    if by is None:
        return
    field = "all_events" if all_events else "limit_events"
    visible = Reach(
        all_events=by.sees_all_events(organizer),
        events=frozenset(by.events(organizer).values_list("pk", flat=True)),
    )
    event_ids = [event.pk for event in events]
    if not visible.covers(all_events=all_events, events=event_ids):
        words = _("You cannot give access to events that you do not see yourself.")
        raise Invalid({field: [words]})
    if not reach_for(by, organizer, profile).covers(all_events=all_events, events=event_ids):
        raise Invalid({field: [_("A device may not do more on an event than you may yourself.")]})
