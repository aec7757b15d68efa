"""What the editor starts with."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.services import Design
from counterfoil.layouts.words import descriptions
from counterfoil.printing import previews
from counterfoil.printing.plans import fonts
from counterfoil.web.editing.designs import tell_background
from counterfoil.web.forms.translated import language_name


def editor_data(event: Event, layout: TicketLayout) -> dict[str, Any]:
    """Tell the editor about a layout, and what can be put on it."""
    return {
        "layout": {
            "id": layout.pk,
            "name": layout.name,
            "elements": layout.layout,
            "background": tell_background(layout.background),
        },
        "version": Design.of(layout).version,
        "descriptions": descriptions(),
        "variables": [
            {
                "key": variable.key,
                "label": str(variable.label),
                "kind": variable.kind,
                "sample": sample,
            }
            for variable, sample in previews.samples(event)
        ],
        "fonts": _fonts(),
        "languages": [{"code": code, "label": language_name(code)} for code in event.locales],
        "sizes": page_sizes(),
    }


def page_sizes() -> list[dict[str, Any]]:
    """Offer paper that tickets are printed on, in mm."""
    return [
        {"label": _("A4, upright"), "width": 210, "height": 297},
        {"label": _("A5, upright"), "width": 148, "height": 210},
        {"label": _("A6, upright"), "width": 105, "height": 148},
        {"label": _("A6, level"), "width": 148, "height": 105},
        {"label": _("Ticket, 210 × 74 mm"), "width": 210, "height": 74},
        {"label": _("Roll of 80 mm"), "width": 80, "height": 160},
        {"label": _("Credit card, 85.6 × 54 mm"), "width": 85.6, "height": 54},
    ]


def _fonts() -> list[dict[str, Any]]:
    library = fonts()
    return [
        {
            "family": family,
            "faces": [{"bold": bold, "italic": italic} for bold, italic in library.styles(family)],
        }
        for family in library.families
    ]
