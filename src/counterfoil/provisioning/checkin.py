"""Check-in lists and revoked secrets."""

from __future__ import annotations

from typing import Any

from counterfoil.catalog import change_clock
from counterfoil.checkin.lists import save_list
from counterfoil.checkin.models import CheckinList, RevokedSecret
from counterfoil.provisioning.events import EventObjects
from counterfoil.provisioning.rows import Path, Rows, chosen


def apply_checkin(objects: EventObjects, source: dict[str, Any], rows: Rows, path: Path) -> None:
    """Add and change the check-in lists and revoked secrets of an event."""
    for number, entry in enumerate(source.get("checkinlists", [])):
        _apply_list(objects, entry, rows, [*path, "checkinlists", number])
    for number, secret in enumerate(source.get("revokedsecrets", [])):
        row = objects.event.revoked_secrets.filter(secret=secret).first()
        place: Path = [*path, "revokedsecrets", number]
        new = RevokedSecret(event=objects.event)
        if row is None:
            new.created = change_clock.stamp(objects.event.pk)
        rows.upsert(row or new, {"secret": secret}, place)


def _apply_list(objects: EventObjects, source: dict[str, Any], rows: Rows, path: Path) -> None:
    row = objects.event.checkin_lists.filter(name=source["name"]).order_by("pk").first()
    values = chosen(
        source, "name", "all_products", "include_pending", "allow_multiple_entries",
        "allow_entry_after_exit",
    )  # fmt: skip
    if "subevent" in source:
        values["subevent"] = objects.subevents.get(source["subevent"])
    if "limit_products" in source:
        values["limit_products"] = [objects.items[name] for name in source["limit_products"]]
    rows.upsert(
        row or CheckinList(event=objects.event),
        values,
        path,
        write=lambda new, fields: save_list(
            event=objects.event, checkin_list=row, fields=fields, actor=None
        ),
        logs=True,
    )
