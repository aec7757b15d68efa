"""What the engine says to people: one table of codes and English sentences.

The engine raises and collects ``Message``s. Each has a code and parameters, so a program can tell
messages apart and a caller can translate them: the sentences are also the keys of translations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_BLANK = re.compile(r"\{(\w+)\}")


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translators, who find it in the catalog of Counterfoil."""
    return sentence


_ = gettext_noop

#: ``{name}`` stands for a parameter. Codes of preflight begin with their ``Concern``.
MESSAGES: Mapping[str, str] = {
    # Layouts that cannot be read: each sentence follows the name of an attribute
    "layout.missing": _("is missing"),
    "layout.unknown": _("is not known here"),
    "layout.list": _("must be a list of elements"),
    "layout.object": _("must be an object"),
    "layout.choice": _("must be one of: {words}"),
    "layout.number": _("must be a number"),
    "layout.number_or_text": _('must be a number, or a string such as "12.50"'),
    "layout.measure": _('must be a number ({unit}), or a string such as "12.50"'),
    "layout.above": _("must be greater than {least} and at most {most}"),
    "layout.between": _("must be at least {least} and at most {most}"),
    "layout.text": _("must be a string"),
    "layout.text_or_null": _("must be a string or null"),
    "layout.half_character": _("must not hold half a character"),
    "layout.translations": _("must be an object of texts by language"),
    "layout.flag": _("must be true or false"),
    "layout.color": _("must be a list of 3 or 4 numbers from 0 to 255"),
    "layout.color_or_null": _("must be a list of 3 or 4 numbers from 0 to 255, or null for none"),
    "layout.condition": _('must be an object such as {"variable": "item", "is": "VIP"}'),
    "layout.condition_variable": _("must name a variable"),
    "layout.condition_test": _("needs exactly one of: {words}"),
    "layout.condition_texts": _("must be a text, or a list of texts"),
    "layout.square_code": _("{symbology} is square: its height is its size"),
    "layout.no_error_correction": _("{symbology} has no choice of error correction"),
    "layout.too_many_elements": _("A layout can have at most {number} elements."),
    "layout.too_long": _("The layout has {number} characters, and {most} are allowed."),
    # Texts that cannot be printed as a code
    "code.empty": _("There is nothing to encode."),
    "code.empty_columns": _("The code is empty: see {names}."),
    "code.not_encodable": _("This text cannot be printed as {symbology}: {reason}."),
    "code.too_long": _(
        "A QR code with error correction {level} holds at most {most} characters of this kind; "
        "this text needs {number}."
    ),
    "code.no_error_correction": _("{symbology} has no choice of error correction."),
    "code.not_ascii": _("Code 128 carries ASCII only: letters without accents, digits, signs."),
    "code.half_character": _("The text holds half a character, which no code can carry."),
    "code.ean_digits": _("EAN-13 needs 12 digits, or 13 with the check digit."),
    "code.ean_check_digit": _("The check digit of {text} should be {digit}."),
    # Pictures that cannot be printed
    "image.too_many_layers": _("The picture has too many layers. Save it as a plain JPEG."),
    "image.file_too_large": _(
        "The picture's file is too large: {size} MB, and {most} MB are allowed."
    ),
    "image.format": _("This is not a picture in PNG, JPEG, GIF, WebP or AVIF format."),
    "image.format_not_installed": _("This installation of Pillow cannot read {format} pictures."),
    "image.empty": _("The picture is empty: its width or height is 0."),
    "image.too_large": _(
        "The picture is too large: {width} x {height} pixels, and {most} million are allowed."
    ),
    "image.broken": _("The picture is broken or cut off: it cannot be decoded."),
    "image.gone": _("The picture is gone."),
    "image.no_folder": _("Set --images to the folder that contains the picture {name}."),
    "image.outside_folder": _("The picture {name} is outside the --images folder."),
    "image.unusable": _("The picture {name} cannot be used: {reason}"),
    # Tickets that cannot be printed
    "ticket.value": _("its value cannot be told: {reason}"),
    "ticket.text_too_long": _("The text has {number} characters, and {most} are allowed."),
    "ticket.too_costly": _(
        "The ticket takes more than {seconds} seconds to draw. Shorten the text or use fewer "
        "elements."
    ),
    # What preflight finds
    "missing_glyphs": _("No font has {characters}."),
    "squeezed_line": _("Spaces are narrowed to fit a line."),
    "overflows_box": _("The text does not fit its box, {width} mm wide."),
    "overflows_page": _("The text reaches over the edge of the page."),
    "overflows_page.no_page": _("There is no page {page}, so this is never printed."),
    "unknown_family": _("There is no font “{family}”; the text is printed in Open Sans."),
    "unknown_family.style": _(
        "The font “{family}” lacks this style; the text is printed in plain Open Sans."
    ),
    "small_module": _("Modules are {width} mm wide; below {least} mm many gates fail."),
    "quiet_zone_covered": _("Another element covers the code or its quiet zone."),
    "quiet_zone_covered.page": _("The quiet zone of the code reaches over the edge of the page."),
    "low_contrast": _("The code is printed in a light colour: few scanners can read it."),
    "low_contrast.ground": _(
        "The code stands on a dark or uneven ground: few scanners can read it."
    ),
    "code_left_out": _("The ticket has no secret, so this code is not printed."),
    "repeated_secret": _("Ticket {ticket} has the same secret."),
    "uneven_bars": _("On a printer of {dpi} dpi, bars are {dots} dots wide: uneven."),
    "uneven_bars.too_small": _("The code is too small for a printer of {dpi} dpi."),
    "overlapping_text": _("The text runs into that of element {number}."),
    "background_font": _(
        "The background does not embed the font “{font}”: printers may substitute another."
    ),
    "low_resolution": _("The picture has {dpi} dpi at this size; below {least} it looks coarse."),
    "unknown_variable": _("There is no variable called {names}."),
    "missing_bleed": _(
        "The background of page {page} has {width} mm of bleed; the sheet asks for {needed} mm."
    ),
    "missing_bleed.sheet": _("The bleed reaches over the edge of the sheet."),
    "marks_left_out.crop": _("The margins of the sheet have no room for crop marks."),
    "marks_left_out.registration": _(
        "The margins of the sheet have no room for registration marks."
    ),
    "marks_left_out.slug": _("The margins of the sheet have no room for the slug."),
    # Sheets that cannot be used: each sentence follows the name of an attribute
    "sheet.whole": _("must be a whole number"),
    "sheet.between": _("must be between {least} and {most}"),
    "sheet.list": _("must be a list"),
    "sheet.too_many_entries": _("must not have more than {most} entries"),
    "sheet.too_many_cells": _("a sheet must not have more than {most} cells"),
    "sheet.starts_at_first": _("must be 1 if sheets are cut and stacked"),
    "sheet.no_such_cell": _("the sheet does not have so many cells"),
    "sheet.cells_too_large": _("the cells need {needed} mm, and the sheet has {most} mm"),
    "sheet.cells_outside": _("the cells reach {needed} mm, and the sheet has {most} mm"),
    "sheet.ticket_too_large": _("the ticket needs {needed} mm, and the cell has {most} mm"),
    "sheet.outside_cell": _("must lie within the cell"),
    "sheet.too_many_pages": _("the layout has {number} pages, and a sheet has two sides at most"),
    "sheet.back_without_duplex": _("the layout has two pages: choose how the sheet is turned"),
    "sheet.duplex_without_back": _("the layout has one page, so the sheet has no back"),
    "sheet.different_sizes": _("the pages to print have different sizes"),
    # Backgrounds that cannot be used
    "background.not_pdf": _("This is not a PDF file."),
    "background.password": _(
        "The PDF is protected by a password. Save it without one, then upload it again."
    ),
    "background.damaged": _("The file is damaged and cannot be repaired. Export the PDF again."),
    "background.too_slow": _(
        "The PDF takes too long to draw. Flatten it or simplify its drawing, then export."
    ),
    "background.too_much_memory": _(
        "The PDF needs too much memory. Export it with smaller pictures."
    ),
    "background.killed": _(
        "The program that reads PDFs was ended from outside, twice. The computer may be short of "
        "memory. Try again later."
    ),
    "background.crashes": _(
        "The program that reads PDFs fails on this one. Export it in another version, for example "
        "as PDF 1.4 or PDF/X."
    ),
    "background.unreadable": _(
        "Counterfoil cannot read this PDF, though it may be sound. Export it in another version, "
        "for example as PDF 1.4 or PDF/X."
    ),
    "background.undrawable": _(
        "The PDF cannot be drawn, though it may be sound. Export it in another version, for "
        "example as PDF 1.4 or PDF/X."
    ),
    "background.stored": _("The stored background cannot be read. Upload the PDF again."),
    "background.no_pages": _("The PDF has no pages."),
    "background.too_many_parts": _("The PDF consists of too many parts. Flatten it, then export."),
    "background.too_deep": _("The PDF's parts are nested too deeply. Flatten it, then export."),
    "background.page_too_complex": _(
        "The PDF's drawing is too complex: one page has more than {most} MB of it."
    ),
    "background.page_damaged": _("The PDF is damaged: a page cannot be read."),
    "background.too_many_filters": _("The PDF's content is compressed too many times."),
    "background.unknown_filter": _("The PDF uses an unknown compression method: {name}."),
    "background.unpacks_too_large": _(
        "The PDF unpacks to more than {most} MB. Export it with smaller pictures."
    ),
    "background.image_too_many_layers": _("The PDF holds a JPEG picture of too many layers."),
    "background.image_too_large": _(
        "The PDF holds a picture of {width} x {height} pixels; {most} million are allowed."
    ),
    "background.cyclic": _("A part of the PDF's drawing contains itself."),
    "background.repeats": _("The PDF repeats its drawing too often. Flatten it, then export."),
    "background.too_large": _(
        "The PDF is too large to print on every ticket: more than {most} MB. Export it with "
        "smaller pictures."
    ),
    "background.file_too_large": _("The file is too large: {size} MB, and {most} MB are allowed."),
    "background.page_size": _(
        "A page measures {width} x {height} mm, and between {least} and {most} mm are allowed."
    ),
    "background.blank_size": _(
        "Pages are {least} to {most} mm wide and high, and at most {pages}."
    ),
    # What does not print as in the PDF of a background
    "background.first_pages": _("The PDF has {number} pages; the first {most} are used."),
    "background.repaired": _(
        "The PDF is damaged and was repaired. Compare the preview with your design."
    ),
    "background.rgb_black": _(
        "The PDF uses black as an RGB color, which print shops may mix from several inks. If one "
        "prints the tickets, export the PDF with black as gray or CMYK."
    ),
    "background.not_comparable": _(
        "Many programs cannot open the PDF. Compare the preview with your design."
    ),
    "background.page_differs": _(
        "Page {page} does not print exactly as in the original. Compare the preview with your "
        "design."
    ),
    "background.pages_not_compared": _(
        "Pages from {page} on are slow to draw and were not compared with the original."
    ),
    "background.field.not_printed": _("Page {page}: the form field “{name}” is not set to print."),
    "background.annotation.not_printed": _(
        "Page {page}: the annotation “{name}” is not set to print."
    ),
    "background.field.left_out": _(
        "Page {page}: the form field “{name}” has no appearance and is not printed. Flatten "
        "annotations and forms, then export."
    ),
    "background.annotation.left_out": _(
        "Page {page}: the annotation “{name}” has no appearance and is not printed. Flatten "
        "annotations and forms, then export."
    ),
    "background.field.drawn": _(
        "Page {page}: the form field “{name}” has no appearance; its text is printed in Open Sans."
    ),
    "background.annotation.drawn": _(
        "Page {page}: the annotation “{name}” has no appearance; its text is printed in Open Sans."
    ),
    "background.field.glyphs": _(
        "Page {page}: the form field “{name}” has characters that no font here has."
    ),
    "background.annotation.glyphs": _(
        "Page {page}: the annotation “{name}” has characters that no font here has."
    ),
    # Fonts that cannot be used
    "font.no_characters": _("{file} has no characters."),
    "font.too_large": _("{file} is too large for a font."),
    "font.damaged_web_font": _("{file} is a damaged web font."),
    "font.unreadable": _("{file} cannot be read: {reason}"),
    "font.no_outlines": _("{file} is no font with outlines."),
    "font.short_tables": _("The font is damaged: its tables are too short."),
    "font.header": _("The font is damaged: its header makes no sense."),
    "font.not_embeddable": _("{file} forbids embedding in documents."),
    "font.not_writable": _("{file} is damaged and cannot be embedded."),
}

_PARTS = {code: _BLANK.split(sentence) for code, sentence in MESSAGES.items()}


class Message(str):
    """A sentence in English that carries its code and parameters, as text where text will do.

    ``code`` is empty if the sentence comes from another version, which had other codes.
    """

    __slots__ = ("code", "params")
    code: str
    params: Mapping[str, Any]

    def __new__(cls, code: str, **params: Any) -> Message:
        message = super().__new__(cls, _filled(_PARTS[code], params))
        message.code, message.params = code, params
        return message

    @classmethod
    def of_text(cls, text: str) -> Message:
        message = super().__new__(cls, text)
        message.code, message.params = "", {}
        return message

    def translated(self, gettext: Callable[[str], str]) -> str:
        """Return the sentence in another language; parameters that are messages, too."""
        if not self.code:
            return str(self)
        params = {
            name: value.translated(gettext) if isinstance(value, Message) else value
            for name, value in self.params.items()
        }
        return _filled(_BLANK.split(gettext(MESSAGES[self.code])), params)

    def to_json(self) -> dict[str, Any]:
        params = {
            name: value.to_json() if isinstance(value, Message) else value
            for name, value in self.params.items()
        }
        return {"code": self.code, "params": params, "text": str(self)}

    @classmethod
    def from_json(cls, stored: Any) -> Message:
        """Read what ``to_json`` returned, perhaps in another version or a process we distrust.

        Raises:
            ValueError: it is something else.
        """
        match stored:
            case {"code": str(code), "params": dict(params), "text": str(text)}:
                if code not in MESSAGES or set(_PARTS[code][1::2]) - params.keys():
                    return cls.of_text(text)
                return cls(code, **{name: _param(value) for name, value in params.items()})
        raise ValueError("not a message")

    def __reduce__(self) -> tuple[Callable[[Any], Message], tuple[dict[str, Any]]]:
        return Message.from_json, (self.to_json(),)


def _filled(parts: list[str], params: Mapping[str, Any]) -> str:
    """Return a sentence split at its blanks with parameters in them.

    What is not a parameter but looks like one stays as it is.
    """
    return "".join(
        str(params.get(part, f"{{{part}}}")) if place % 2 else part
        for place, part in enumerate(parts)
    )


def _param(value: Any) -> Any:
    return Message.from_json(value) if isinstance(value, dict) else value
