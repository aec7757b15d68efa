"""Carries a declaration out: all of it, or nothing."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from counterfoil.layouts.backgrounds import precompiled
from counterfoil.provisioning.checkin import bring_gate
from counterfoil.provisioning.credentials import TokenFile
from counterfoil.provisioning.events import bring_event, bring_things
from counterfoil.provisioning.layouts import Layouts
from counterfoil.provisioning.orders import bring_order
from counterfoil.provisioning.organizers import bring_device, bring_organizer, bring_team
from counterfoil.provisioning.rows import Path, Rows


def carry_out(declaration: dict[str, Any], tokens: TokenFile) -> Mapping[str, Counter[str]]:
    """Bring the database to what the declaration says; return how much was added and changed.

    The token file is written before the commit: a token in the file that the database does not
    know is made known by the next run, but a token that nobody has seen would be lost.

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
            _bring_everything(declaration, source, tokens, rows, ["organizers", number])
        tokens.save()
    return rows.counts


def _bring_everything(
    declaration: dict[str, Any], source: dict[str, Any], tokens: TokenFile, rows: Rows, path: Path
) -> None:
    organizer = bring_organizer(source, rows, path)
    rows = rows.inside(organizer=organizer)
    for number, wanted in enumerate(source.get("events", [])):
        place: Path = [*path, "events", number]
        event = bring_event(organizer, wanted, rows, place)
        inside = rows.inside(organizer=organizer, event=event)
        things = bring_things(event, wanted, inside, place)
        Layouts(declaration, things, inside).bring(wanted, place)
        for index, order in enumerate(wanted.get("orders", [])):
            bring_order(things, order, inside, [*place, "orders", index])
        bring_gate(things, wanted, inside, place)
    for number, team in enumerate(source.get("teams", [])):
        bring_team(organizer, team, tokens, rows, [*path, "teams", number])
    for number, device in enumerate(source.get("devices", [])):
        bring_device(organizer, device, tokens, rows, [*path, "devices", number])
