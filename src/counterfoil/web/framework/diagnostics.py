"""What preflight found, in the words of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counterfoil.layouts.engine_messages import translated
from counterfoil.layouts.queries import BUILT_IN
from counterfoil.printing.finding_places import FindingPlace, FindingPlaces
from counterfoil.render import Concern, Message

#: What is wrong, and what to do about it.
_WORDS: dict[str, tuple[Any, Any]] = {
    Concern.MISSING_GLYPHS: (
        _("Some characters are missing from all fonts"),
        _("They are not printed. Choose another font, or install a font that has them."),
    ),
    Concern.OVERFLOWS_BOX: (
        _("A text does not fit its box"),
        _("The text does not fit its box. Enlarge the box or reduce the font size."),
    ),
    Concern.OVERFLOWS_PAGE: (
        _("An element extends beyond the page or lies outside it"),
        _("Parts outside the page are not printed. Move the element or make it smaller."),
    ),
    Concern.SQUEEZED_LINE: (
        _("Spaces were narrowed to fit a line"),
        _("The text is readable but tight. Enlarge the box."),
    ),
    Concern.SMALL_MODULE: (
        _("A code is so small that scanners may not read it"),
        _("Enlarge the code and test a printed one."),
    ),
    Concern.QUIET_ZONE_COVERED: (
        _("Something covers the blank margin around a code"),
        _("Scanners may not find the code. Move the code or the element next to it."),
    ),
    Concern.CODE_LEFT_OUT: (
        _("A code is not printed"),
        _("The text is too long for the code, or the ticket has no secret. Shorten the text."),
    ),
    Concern.LOW_CONTRAST: (
        _("A code does not stand out from what is around it"),
        _("Scanners may not read it. Choose a dark colour for it, on a light and even ground."),
    ),
    Concern.LOW_RESOLUTION: (
        _("A picture has too low a resolution for print"),
        _("It looks blurred on paper. Use a larger picture, or print it smaller."),
    ),
    Concern.UNKNOWN_VARIABLE: (
        _("The layout uses a variable that does not exist"),
        _("The element prints nothing. Choose other content for it."),
    ),
    Concern.UNKNOWN_FAMILY: (
        _("The layout uses a font that is not installed"),
        _("Another font is printed instead. Choose an installed font."),
    ),
    Concern.OVERLAPPING_TEXT: (
        _("Texts run into one another"),
        _("They are hard to read. Move one of them, or make its box smaller and let it shrink."),
    ),
    Concern.REPEATED_SECRET: (
        _("Tickets have the same secret"),
        _("Only one of them is let in. Look where the data comes from."),
    ),
    Concern.UNEVEN_BARS: (
        _("The bars of a code are uneven on a label printer"),
        _("Scanners may not read it. Make the code larger, or print it on a finer printer."),
    ),
    Concern.BACKGROUND_FONT: (
        _("The background uses a font that is not embedded"),
        _("Each printer chooses another one. Export the PDF again with all fonts embedded."),
    ),
    Concern.MISSING_BLEED: (
        _("The bleed is missing or too small"),
        _("White edges may show where sheets are cut. Export the background with bleed."),
    ),
    Concern.MARKS_LEFT_OUT: (
        _("Some marks do not fit on the sheet"),
        _("Use a larger sheet or fewer tickets a sheet, or cut without them."),
    ),
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``number`` counts from 0, in the order of the print."""

    number: int
    what: Any
    advice: Any
    layout: str
    place: FindingPlace
    count: int
    first: list[dict[str, str]]

    @property
    def texts(self) -> list[str]:
        """What is wrong in detail, each text once."""
        return list(dict.fromkeys(each["detail"] for each in self.first))


def warnings_of(places: FindingPlaces) -> list[Diagnostic]:
    """Return the findings of a print or of a preview, in words."""
    return [
        _diagnostic(number, finding, places.of(finding))
        for number, finding in enumerate(places.findings)
    ]


def _diagnostic(number: int, finding: dict[str, Any], place: FindingPlace) -> Diagnostic:
    what, advice = _WORDS.get(finding["concern"], (finding["concern"], ""))
    return Diagnostic(
        number=number,
        what=what,
        advice=advice,
        layout=_layout(finding["layout"]),
        place=place,
        count=finding["count"],
        first=[
            {"ticket": each["ticket"], "detail": translated(Message.from_json(each["message"]))}
            for each in finding["first"]
        ],
    )


def _layout(name: str) -> str:
    return gettext(name) if name == BUILT_IN else name
