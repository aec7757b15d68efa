"""Apply a declaration: all of it, or nothing."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from counterfoil.layouts.backgrounds import precompiled
from counterfoil.provisioning.checkin import apply_checkin
from counterfoil.provisioning.credentials import TokenFile
from counterfoil.provisioning.events import apply_catalog, apply_event
from counterfoil.provisioning.layouts import Layouts
from counterfoil.provisioning.orders import apply_order
from counterfoil.provisioning.organizers import apply_device, apply_organizer, apply_team
from counterfoil.provisioning.rows import Path, Rows


def apply_declaration(declaration: dict[str, Any], tokens: TokenFile) -> Mapping[str, Counter[str]]:
    """Add and change what a declaration says; return how many rows, by model.

    The token file is written before the commit. A token that is in the file but not in the
    database is added by the next run; a token that is only in the database would be lost.

    Raises:
        DeclarationRefused: the rules or the rows that are there already do not allow it.
        TokenFileRefused: the token file cannot be written.
    """
    pdfs = (
        base64.b64decode(each["base64"]) for each in declaration.get("backgrounds", {}).values()
    )
    with precompiled(pdfs), transaction.atomic():
        rows = Rows()
        for number, source in enumerate(declaration["organizers"]):
            _apply_everything(declaration, source, tokens, rows, ["organizers", number])
        tokens.save()
    return rows.counts


def _apply_everything(
    declaration: dict[str, Any], source: dict[str, Any], tokens: TokenFile, rows: Rows, path: Path
) -> None:
    organizer = apply_organizer(source, rows, path)
    rows = rows.inside(organizer=organizer)
    for number, entry in enumerate(source.get("events", [])):
        place: Path = [*path, "events", number]
        event = apply_event(organizer, entry, rows, place)
        inside = rows.inside(organizer=organizer, event=event)
        objects = apply_catalog(event, entry, inside, place)
        Layouts(declaration, objects, inside).apply(entry, place)
        for index, order in enumerate(entry.get("orders", [])):
            apply_order(objects, order, inside, [*place, "orders", index])
        apply_checkin(objects, entry, inside, place)
    for number, team in enumerate(source.get("teams", [])):
        apply_team(organizer, team, tokens, rows, [*path, "teams", number])
    for number, device in enumerate(source.get("devices", [])):
        apply_device(organizer, device, tokens, rows, [*path, "devices", number])
