"""Check-in lists and revoked secrets."""

from __future__ import annotations

from typing import Any

from counterfoil.catalog import change_clock
from counterfoil.checkin.lists import save_list
from counterfoil.checkin.models import CheckinList, RevokedSecret
from counterfoil.provisioning.events import EventThings
from counterfoil.provisioning.rows import Path, Rows, chosen


def bring_gate(things: EventThings, source: dict[str, Any], rows: Rows, path: Path) -> None:
    """Bring what scanners are told about an event."""
    for number, wanted in enumerate(source.get("checkinlists", [])):
        _bring_list(things, wanted, rows, [*path, "checkinlists", number])
    for number, secret in enumerate(source.get("revokedsecrets", [])):
        row = things.event.revoked_secrets.filter(secret=secret).first()
        place: Path = [*path, "revokedsecrets", number]
        new = RevokedSecret(event=things.event)
        if row is None:
            new.created = change_clock.stamp(things.event.pk)
        rows.bring(row or new, {"secret": secret}, place)


def _bring_list(things: EventThings, source: dict[str, Any], rows: Rows, path: Path) -> None:
    row = things.event.checkin_lists.filter(name=source["name"]).order_by("pk").first()
    values = chosen(
        source, "name", "all_products", "include_pending", "allow_multiple_entries",
        "allow_entry_after_exit",
    )  # fmt: skip
    if "subevent" in source:
        values["subevent"] = things.subevents.get(source["subevent"])
    if "limit_products" in source:
        values["limit_products"] = [things.items[name] for name in source["limit_products"]]
    rows.bring(
        row or CheckinList(event=things.event),
        values,
        path,
        write=lambda new, fields: save_list(
            event=things.event, checkin_list=row, fields=fields, actor=None
        ),
        logs=True,
    )
