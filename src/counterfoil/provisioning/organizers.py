"""Organizers with their channels, teams, tokens and devices."""

from __future__ import annotations

from typing import Any

from counterfoil.accounts.devices import change_device, create_device
from counterfoil.accounts.models import APIToken, Device, Team
from counterfoil.accounts.services import hash_token
from counterfoil.catalog.models import Event, Organizer, SalesChannel
from counterfoil.catalog.services import WEB, create_organizer, save_channel, save_organizer
from counterfoil.core import clock
from counterfoil.provisioning.credentials import TokenFile
from counterfoil.provisioning.rows import Path, Rows, chosen


def apply_organizer(source: dict[str, Any], rows: Rows, path: Path) -> Organizer:
    """Bring the organizer itself and its sales channels, of which ``web`` is always one."""
    row = Organizer.objects.filter(slug=source["slug"]).first()
    values = chosen(source, "slug", "name")
    organizer = rows.upsert(row or Organizer(), values, path, write=_write_organizer)
    rows = rows.inside(organizer=organizer)
    if row is None:
        rows.note(organizer.sales_channels.get(identifier=WEB), "added")
    for number, channel in enumerate(source.get("sales_channels", [])):
        _apply_channel(organizer, channel, rows, [*path, "sales_channels", number])
    return organizer


def _write_organizer(organizer: Organizer, fields: dict[str, Any]) -> Organizer:
    if not organizer.pk:
        return create_organizer(fields=fields)
    return save_organizer(organizer=organizer, fields=fields)


def _apply_channel(organizer: Organizer, source: dict[str, Any], rows: Rows, path: Path) -> None:
    row = organizer.sales_channels.filter(identifier=source["identifier"]).first()
    rows.upsert(
        row or SalesChannel(organizer=organizer),
        chosen(source, "identifier", "type", "label", "position"),
        path,
        write=lambda new, fields: save_channel(channel=row, organizer=organizer, fields=fields),
    )


def apply_team(
    organizer: Organizer, source: dict[str, Any], tokens: TokenFile, rows: Rows, path: Path
) -> None:
    """Bring a team and its tokens. Needs the events, which it may be limited to.

    Written by hand: the services let a person give what they hold, and nobody gives this.
    """
    row = organizer.teams.filter(name=source["name"]).order_by("pk").first()
    values = chosen(
        source,
        "name",
        "all_events",
        "all_event_permissions",
        "event_permissions",
        "all_organizer_permissions",
        "organizer_permissions",
    )
    if "limit_events" in source:
        values["limit_events"] = _events(organizer, source["limit_events"])
    team = rows.upsert(row or Team(organizer=organizer), values, path)
    for key, active in (("tokens", True), ("inactive_tokens", False)):
        for number, name in enumerate(source.get(key, [])):
            token = team.tokens.filter(name=name).order_by("pk").first() or APIToken(team=team)
            hashed = hash_token(tokens.token(name, "Token"))
            values = {"name": name, "active": active, "token_hash": hashed}
            rows.upsert(token, values, [*path, key, number])


def _events(organizer: Organizer, slugs: list[str]) -> list[Event]:
    return list(organizer.events.filter(slug__in=slugs))


def apply_device(
    organizer: Organizer, source: dict[str, Any], tokens: TokenFile, rows: Rows, path: Path
) -> None:
    """Bring a device to its state, without the ceremony of initializing it."""
    row = organizer.devices.filter(name=source["name"]).order_by("pk").first()
    device = row or Device(organizer=organizer)
    values = chosen(
        source,
        "name",
        "security_profile",
        "all_events",
        "initialization_token",
        "hardware_brand",
        "hardware_model",
        "os_name",
        "os_version",
        "software_brand",
        "software_version",
    )
    values["revoked"] = source["state"] == "revoked"
    if source["state"] != "uninitialized":
        values["initialized"] = device.initialized or clock.now()
    if source.get("token"):
        values["token_hash"] = hash_token(tokens.token(source["token"], "Device"))
    if "limit_events" in source:
        values["limit_events"] = _events(organizer, source["limit_events"])
    rows.upsert(device, values, path, write=_write_device)


def _write_device(device: Device, fields: dict[str, Any]) -> Device:
    if not device.pk:
        device = create_device(organizer=device.organizer, name=fields["name"])
    return change_device(device=device, fields=fields)
