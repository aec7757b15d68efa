"""Names in the engine's description of its elements, for translators. A test keeps them complete.

What the engine says besides is in its own table, ``render/messages.py``.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from counterfoil.render import Message, Problem, describe

NAMES = (
    # Kinds of elements
    _("Text box"),
    _(
        "Text in a box. It turns about the box's top left corner. Text that is too much for the "
        "box stands over its edge, unless it may shrink."
    ),
    _("Text"),
    _(
        "Text of any height, the older text element. (left, bottom) is its lower left corner, or "
        "its upper left one if it grows downward. Long words are always split."
    ),
    _("Code"),
    _(
        "A QR code or one of its relatives. Without `error_correction`, a QR code of 32 "
        "characters or fewer is printed at level H, of 128 or fewer at M, of more at L."
    ),
    _("Picture"),
    _(
        "A picture of the ticket, fitted into its box and centred. Without a picture nothing is "
        "printed; one that cannot be read fails the ticket."
    ),
    _("Counterfoil mark"),
    _("The mark of this program, dark or white. pretix prints its own logo of the same shape."),
    _("Line"),
    _(
        "A straight rule from (left, bottom) to (left + width, bottom + height). Width and height "
        "may be 0 or negative."
    ),
    _("Rectangle"),
    _("A box with an outline, a filling, or both; corners may be round."),
    _("Ellipse"),
    _("The ellipse that fills a box, with an outline, a filling, or both."),
    # Attributes
    _("Page"),
    _("Counts from 1; a page that is not there is not drawn."),
    _("Condition"),
    _("Show the element only if this holds."),
    _("Left"),
    _("Bottom"),
    _("Width"),
    _("Height"),
    _("Lines are broken at it."),
    _("Where it starts."),
    _("How far right it goes."),
    _("How far up it goes."),
    _("Content"),
    _(
        "A variable, `meta:NAME`, `itemmeta:NAME` or `data:NAME`; or `other` for the element's "
        "own text, `other_i18n` for its own translated texts."
    ),
    _("A variable that is a picture."),
    _("Used if the content is `other`. `{name}` stands for a variable."),
    _("Used if the content is `other`."),
    _("Texts"),
    _("Used if the content is `other_i18n`: texts by language."),
    _("Used if the content is `other_i18n`."),
    _("Language"),
    _("Empty: the language of the ticket."),
    _("Font size"),
    _("Font"),
    _("An unknown family prints in Open Sans."),
    _("Bold"),
    _("Italic"),
    _("Alignment"),
    _("Centre"),
    _("Right"),
    _("Vertical alignment"),
    _("Top"),
    _("Middle"),
    _("Colour"),
    _("Rotation"),
    _("Clockwise, about the pivot."),
    _("Line height"),
    _("1 is 1.15 times the font size."),
    _("1 is 1.15 times the font size. Absent: as the font has it."),
    _("Shrink to fit"),
    _("Reduce the font size until the text fits."),
    _("Split long words"),
    _("Break words that are wider than the box."),
    _("Downward"),
    _("Grow down from the anchor."),
    _("Size"),
    _("Width, and height if square."),
    _("No quiet zone"),
    _("Leave out the blank paper around the code."),
    _("Symbology"),
    _("QR code"),
    _("Aztec"),
    _("Data Matrix"),
    _("PDF417"),
    _("Code 128"),
    _("EAN-13"),
    _("Error correction"),
    _("For QR, Aztec and PDF417; absent: as the symbology recommends."),
    _("Low"),
    _("Medium"),
    _("Quartile"),
    _("High"),
    _("For PDF417, Code 128 and EAN-13; absent: half the size."),
    _("The width is 1024/629 of it."),
    _("Style"),
    _("Dark, for light paper"),
    _("White, for dark paper"),
    _("Thickness"),
    _("Outline"),
    _("null: no outline."),
    _("Filling"),
    _("null: not filled."),
    _("Of the outline."),
    _("Radius"),
    _("Of the corners; 0: square."),
)


def descriptions() -> list[dict[str, Any]]:
    """Return the engine's description of elements for readers of the page's language."""
    return [_translated(description) for description in describe()]


def translated(message: Message) -> str:
    """Return a message of the engine in the active language."""
    return message.translated(gettext)


def sentence_about(problem: Problem) -> str:
    """Say where in a layout something is wrong, and what."""
    return f"{problem.pointer}: {translated(problem.message)}"


def _translated(described: dict[str, Any]) -> dict[str, Any]:
    return {key: _translated_part(key, value) for key, value in described.items()}


def _translated_part(key: str, value: Any) -> Any:
    if key in {"label", "help", "about"}:
        return value and gettext(value)
    if key in {"attributes", "options"}:
        return [_translated(part) for part in value]
    return value
