"""What the engine says, for translators: it is plain Python and knows no languages.

``NAMES`` stand as they are. ``SENTENCES`` are patterns, each ``{word}`` of which stands for what
the engine has put there. A test keeps both complete.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

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

SENTENCES = (
    # Layouts that cannot be read: each follows the name of an attribute
    _("is missing"),
    _("is not known here"),
    _("must be a list of elements"),
    _("must be an object"),
    _("must be one of: {words}"),
    _('must be a number ({unit}), or a string such as "12.50"'),
    _('must be a number, or a string such as "12.50"'),
    _("must be a number"),
    _("must be greater than {least} and at most {most}"),
    _("must be at least {least} and at most {most}"),
    _("must be a string or null"),
    _("must be a string"),
    _("must not hold half a character"),
    _("must be an object of texts by language"),
    _("must be true or false"),
    _("must be a list of 3 or 4 numbers from 0 to 255, or null for none"),
    _("must be a list of 3 or 4 numbers from 0 to 255"),
    _('must be an object such as {"variable": "item", "is": "VIP"}'),
    _("must name a variable"),
    _("needs exactly one of: {words}"),
    _("must be a text, or a list of texts"),
    _("{symbology} is square: its height is its size"),
    _("{symbology} has no choice of error correction"),
    _("A layout can have at most {number} elements."),
    # Codes and pictures that cannot be printed
    _("There is nothing to encode."),
    _("This text cannot be printed as {symbology}: {reason}."),
    _(
        "A QR code with error correction {level} holds at most {most} characters of this kind; "
        "this text needs {number}."
    ),
    _("{symbology} has no choice of error correction."),
    _("Code 128 carries ASCII only: letters without accents, digits, signs."),
    _("The text holds half a character, which no code can carry."),
    _("EAN-13 needs 12 digits, or 13 with the check digit."),
    _("The check digit of {text} should be {digit}."),
    _("its value cannot be told: {reason}"),
    _("The picture has too many layers. Save it as a plain JPEG."),
    _("The picture's file is too large: {size} MB, and {most} MB are allowed."),
    _("This is not a picture in PNG, JPEG, GIF, WebP or AVIF format."),
    _("The picture is empty: its width or height is 0."),
    _("The picture is too large: {width} x {height} pixels, and {most} million are allowed."),
    _("The picture is broken or cut off: it cannot be decoded."),
    _("The picture is gone."),
    _("The text has {number} characters, and {most} are allowed."),
    _("The layout has {number} characters, and {most} are allowed."),
    _(
        "The ticket takes more than {seconds} seconds to draw. Shorten the text or use fewer "
        "elements."
    ),
    # What preflight finds
    _("No font has {characters}."),
    _("Spaces are narrowed to fit a line."),
    _("The text does not fit its box, {width} mm wide."),
    _("The text reaches over the edge of the page."),
    _("There is no page {page}, so this is never printed."),
    _("There is no font “{family}”; the text is printed in Open Sans."),
    _("The font “{family}” lacks this style; the text is printed in plain Open Sans."),
    _("Modules are {width} mm wide; below {least} mm many gates fail."),
    _("The quiet zone of the code reaches over the edge of the page."),
    _("Another element covers the code or its quiet zone."),
    _("The code is printed in a light colour: few scanners can read it."),
    _("The code stands on a dark or uneven ground: few scanners can read it."),
    _("The ticket has no secret, so this code is not printed."),
    _("Ticket {ticket} has the same secret."),
    _("On a printer of {dpi} dpi, bars are {dots} dots wide: uneven."),
    _("The code is too small for a printer of {dpi} dpi."),
    _("The text runs into that of element {number}."),
    _("The background does not embed the font “{font}”: printers may substitute another."),
    _("The picture has {dpi} dpi at this size; below {least} it looks coarse."),
    _("There is no variable called {names}."),
    # Backgrounds that cannot be used
    _("This is not a PDF file."),
    _("The PDF is protected by a password. Save it without one, then upload it again."),
    _("The file is damaged and cannot be repaired. Export the PDF again."),
    _("The PDF takes too long to draw. Flatten it or simplify its drawing, then export."),
    _("The PDF needs too much memory. Export it with smaller pictures."),
    _(
        "The program that reads PDFs fails on this one. Export it in another version, for example "
        "as PDF 1.4 or PDF/X."
    ),
    _(
        "Counterfoil cannot read this PDF, though it may be sound. Export it in another version, "
        "for example as PDF 1.4 or PDF/X."
    ),
    _(
        "The PDF cannot be drawn, though it may be sound. Export it in another version, for "
        "example as PDF 1.4 or PDF/X."
    ),
    _("The stored background cannot be read. Upload the PDF again."),
    _("The PDF has no pages."),
    _("The PDF consists of too many parts. Flatten it, then export."),
    _("The PDF's parts are nested too deeply. Flatten it, then export."),
    _("The PDF's drawing is too complex: one page has more than {most} MB of it."),
    _("The PDF is damaged: a page cannot be read."),
    _("The PDF packs its content in too many layers."),
    _("The PDF uses a way of packing we do not know: {name}."),
    _("The PDF unpacks to more than {most} MB. Export it with smaller pictures."),
    _("The PDF holds a JPEG picture of too many layers."),
    _("The PDF holds a picture of {width} x {height} pixels; {most} million are allowed."),
    _("A part of the PDF's drawing contains itself."),
    _("The PDF repeats its drawing too often. Flatten it, then export."),
    _(
        "The PDF is too large to print on every ticket: more than {most} MB. Export it with "
        "smaller pictures."
    ),
    _("The file is too large: {size} MB, and {most} MB are allowed."),
    _("A page measures {width} x {height} mm, and between {least} and {most} mm are allowed."),
    _("Pages are {least} to {most} mm wide and high, and at most {pages}."),
    # What does not print as in the PDF of a background
    _("The PDF has {number} pages; the first {most} are used."),
    _("The PDF is damaged and was repaired. Compare the preview with your design."),
    _(
        "The PDF uses black as an RGB color, which print shops may mix from several inks. If one "
        "prints the tickets, export the PDF with black as gray or CMYK."
    ),
    _("Many programs cannot open the PDF. Compare the preview with your design."),
    _(
        "Page {page} does not print exactly as in the original. Compare the preview with your "
        "design."
    ),
    _("Pages from {page} on are slow to draw and were not compared with the original."),
    _("Page {page}: the form field “{name}” is not set to print."),
    _("Page {page}: the annotation “{name}” is not set to print."),
    _(
        "Page {page}: the form field “{name}” has no appearance and is not printed. Flatten "
        "annotations and forms, then export."
    ),
    _(
        "Page {page}: the annotation “{name}” has no appearance and is not printed. Flatten "
        "annotations and forms, then export."
    ),
    _("Page {page}: the form field “{name}” has no appearance; its text is printed in Open Sans."),
    _("Page {page}: the annotation “{name}” has no appearance; its text is printed in Open Sans."),
    _("Page {page}: the form field “{name}” has characters that no font here has."),
    _("Page {page}: the annotation “{name}” has characters that no font here has."),
)
