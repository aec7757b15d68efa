"""What the editor starts with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event
from counterfoil.layouts.engine_messages import descriptions
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.services import LayoutContent
from counterfoil.layouts.templates import PAGE_SIZES
from counterfoil.printing.plans import chosen_families, fonts
from counterfoil.printing.samples import samples
from counterfoil.web.editor.saving import tell_background
from counterfoil.web.framework.forms.translated import language_name


def editor_data(event: Event, layout: TicketLayout) -> dict[str, Any]:
    """Tell the editor about a layout, and what can be put on it."""
    return {
        "layout": {
            "id": layout.pk,
            "name": layout.name,
            "elements": layout.layout,
            "background": tell_background(layout.background),
        },
        "version": LayoutContent.of(layout).version,
        "descriptions": list(_described()),
        "variables": [
            {
                "key": variable.key,
                "label": str(variable.label),
                "kind": variable.kind,
                "sample": sample,
            }
            for variable, sample in samples(event)
        ],
        "fonts": _fonts(),
        "languages": [{"code": code, "label": language_name(code)} for code in event.locales],
        "sizes": [
            {"label": str(size.label), "width": size.width, "height": size.height}
            for size in PAGE_SIZES.values()
        ],
    }


#: Help in the words of the panel, where the engine's names what stands in files.
_HELP = {
    "content": _("A variable of the ticket, or a text of your own."),
    "text": _("Your own text. Variables in braces are replaced: {item}"),
    "text_i18n": _("Your own text in each language. Variables in braces are replaced: {item}"),
}


def _described() -> Iterator[dict[str, Any]]:
    for kind in descriptions():
        attributes = [
            {**each, "help": str(_HELP.get(each["name"], each["help"]))}
            for each in kind["attributes"]
        ]
        yield {**kind, "attributes": attributes}


def _fonts() -> list[dict[str, Any]]:
    library, chosen = fonts(), chosen_families()
    return [
        {
            "family": family,
            "faces": [{"bold": bold, "italic": italic} for bold, italic in library.styles(family)],
            "isChosen": family in chosen,
        }
        for family in library.families
    ]
