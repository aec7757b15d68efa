"""Organizers with their channels, teams, tokens and devices."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import Max
from django.utils import timezone

from counterfoil.accounts.models import APIToken, Device, Team
from counterfoil.accounts.services import hash_token
from counterfoil.catalog.models import Event, Organizer, SalesChannel
from counterfoil.catalog.services import WEB
from counterfoil.cli.declaration.credentials import TokenFile
from counterfoil.cli.declaration.rows import Path, Rows, chosen

_SHOP = {"identifier": WEB, "type": WEB, "label": {"en": "Online shop"}}


def bring_organizer(source: dict[str, Any], rows: Rows, path: Path) -> Organizer:
    """Bring the organizer itself and its sales channels, of which ``web`` is always one."""
    row = Organizer.objects.filter(slug=source["slug"]).first() or Organizer()
    organizer = rows.bring(row, chosen(source, "slug", "name"), path)
    rows = rows.inside(organizer=organizer)
    channels = source.get("sales_channels", [])
    named = {channel["identifier"] for channel in channels}
    for number, channel in enumerate(channels):
        _bring_channel(organizer, channel, rows, [*path, "sales_channels", number])
    if WEB not in named and not organizer.sales_channels.filter(identifier=WEB).exists():
        _bring_channel(organizer, _SHOP, rows, path)
    return organizer


def _bring_channel(organizer: Organizer, source: dict[str, Any], rows: Rows, path: Path) -> None:
    identifier = source["identifier"]
    row = organizer.sales_channels.filter(identifier=identifier).first()
    kind = source.get("type", WEB if identifier == WEB else "api")
    values = {**chosen(source, "identifier", "label", "position"), "type": kind}
    rows.bring(row or SalesChannel(organizer=organizer), values, path)


def bring_team(
    organizer: Organizer, source: dict[str, Any], tokens: TokenFile, rows: Rows, path: Path
) -> None:
    """Bring a team and its tokens. Needs the events, which it may be limited to."""
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
    team = rows.bring(row or Team(organizer=organizer), values, path)
    if "limit_events" in source:
        rows.bring_set(team, "limit_events", _events(organizer, source["limit_events"]), path)
    for key, active in (("tokens", True), ("inactive_tokens", False)):
        for number, name in enumerate(source.get(key, [])):
            token = team.tokens.filter(name=name).order_by("pk").first() or APIToken(team=team)
            hashed = hash_token(tokens.token(name, "Token"))
            values = {"name": name, "active": active, "token_hash": hashed}
            rows.bring(token, values, [*path, key, number])


def _events(organizer: Organizer, slugs: list[str]) -> list[Event]:
    return list(organizer.events.filter(slug__in=slugs))


def bring_device(
    organizer: Organizer, source: dict[str, Any], tokens: TokenFile, rows: Rows, path: Path
) -> None:
    """Bring a device to its state, without the ceremony of initializing it."""
    row = organizer.devices.filter(name=source["name"]).order_by("pk").first()
    device = row or _new_device(organizer)
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
        values["initialized"] = device.initialized or timezone.now()
    elif row is None:
        values["initialized"] = None
    if source.get("token"):
        values["token_hash"] = hash_token(tokens.token(source["token"], "Device"))
    device = rows.bring(device, values, path)
    if "limit_events" in source:
        rows.bring_set(device, "limit_events", _events(organizer, source["limit_events"]), path)


def _new_device(organizer: Organizer) -> Device:
    last = organizer.devices.aggregate(last=Max("device_id"))["last"] or 0
    return Device(
        organizer=organizer,
        device_id=last + 1,
        unique_serial=secrets.token_hex(8).upper(),
        initialization_token=secrets.token_hex(16),
    )
