"""Saves what the editor has made, and tells of somebody else's change in between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor, UserActor
from counterfoil.audit.models import LogEntry
from counterfoil.audit.queries import entries_of
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.engine_messages import translated
from counterfoil.layouts.models import Background, TicketLayout
from counterfoil.layouts.services import (
    LayoutContent,
    LayoutValues,
    create_layout_on_page,
    problems_of,
    redesign_layout,
)
from counterfoil.printing import previews
from counterfoil.web.editor.parsing import EditorJsonView
from counterfoil.web.editor.preview import pages_of
from counterfoil.web.framework.moments import moment


def save(
    *, actor: Actor, layout: TicketLayout, design: LayoutContent, version: str
) -> TicketLayout:
    """Save a design over the one that has this version.

    Raises:
        Conflict: somebody else has changed it.
        Problematic: it cannot be printed.
    """
    kept = replace(design, elements=in_stored_form(design.elements, layout.layout))
    _check(kept, stored=layout.layout)
    return redesign_layout(actor=actor, layout=layout, design=kept, expected=version)


def save_copy(*, actor: Actor, event: Event, design: LayoutContent) -> TicketLayout:
    """Save a design as a layout of its own.

    Raises:
        Problematic: it cannot be printed.
    """
    _check(design)
    values = LayoutValues(name=design.name, layout=design.elements, background=design.background)
    return create_layout_on_page(actor=actor, event=event, values=values)


def in_stored_form(
    sent: list[dict[str, Any]], stored: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Give numbers back the form that JavaScript cannot keep (``12.0``, integers of 20 digits)."""
    forms = {_as_javascript_sees(element): element for element in stored}
    return [forms.get(_as_javascript_sees(element), element) for element in sent]


def tell_conflict(layout: TicketLayout, reader: UserActor) -> dict[str, Any]:
    """Tell what is stored now, who did it and when."""
    layout.refresh_from_db()
    entry = (
        entries_of(layout.event.organizer)
        .filter(event=layout.event, kind="ticketlayout", object_id=str(layout.pk))
        .filter(data__has_key="layout")  # not who made it the default
        .first()
    )
    return {
        "version": LayoutContent.of(layout).version,
        "by": _who(entry, reader),
        "when": moment(entry.datetime) if entry else "",
        "layout": {
            "name": layout.name,
            "elements": layout.layout,
            "background": tell_background(layout.background),
        },
    }


def tell_background(background: Background | None) -> dict[str, Any]:
    """Tell which background it is, and the sizes of its pages; one that is broken has none."""
    key = background.pk if background else None
    try:
        return {"id": key, "pages": pages_of(previews.preview_plan(elements=[], background=key))}
    except Invalid:
        return {"id": key, "pages": []}


def _check(design: LayoutContent, stored: Sequence[object] = ()) -> None:
    problems = problems_of(design.elements, stored=stored)
    if problems:
        raise EditorJsonView(
            [{"pointer": each.pointer, "message": translated(each.message)} for each in problems]
        )


def _as_javascript_sees(element: dict[str, Any]) -> str:
    return json.dumps(json.loads(json.dumps(element), parse_int=float), sort_keys=True)


def _who(entry: LogEntry | None, reader: UserActor) -> str:
    if entry is None:
        return ""
    if entry.user == reader.user:
        return _("You (in another window)")
    actor = entry.user or entry.token or entry.device
    return str(actor) if actor else _("Counterfoil")
