"""From the bytes of a PDF to a compiled background. Runs in a process that may be killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pikepdf
import pypdfium2

from counterfoil.render.background.compiled import (
    BackgroundPage,
    CompiledBackground,
    embed_background,
)
from counterfoil.render.background.copying import Copier, Quirks
from counterfoil.render.background.limits import Limits
from counterfoil.render.background.optional_content import Layers
from counterfoil.render.background.pages import inherited, read_sheet
from counterfoil.render.errors import BackgroundError
from counterfoil.render.pdf.syntax import dictionary
from counterfoil.render.pdf.writer import Writer, page_attributes

_TRIAL_SIDE = 800
"""Pixels of a trial picture's longer side."""
_DAMAGED = "The file is damaged and cannot be repaired. Export the PDF again."


def compile_pdf(data: bytes, limits: Limits) -> CompiledBackground:
    """Compile a PDF and try to draw the result.

    Raises:
        BackgroundError: it cannot serve, in a designer's words.
    """
    if b"%PDF-" not in data[:1024]:
        raise BackgroundError("This is not a PDF file.")
    with _opened(data) as pdf:
        background = _compile(pdf, limits)
    if len(background.to_bytes()) > limits.compiled:
        raise BackgroundError(
            f"The PDF is too large to print on every ticket: more than "
            f"{limits.compiled // 1_000_000} MB. Export it with smaller pictures."
        )
    try_drawing(background)
    return background


@contextmanager
def _opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    """Open a PDF, and turn what qpdf finds wrong, at once or later, into a sentence."""
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise BackgroundError(
            "The PDF is protected by a password. Save it without one, then upload it again."
        ) from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError) as error:
        raise BackgroundError(_DAMAGED) from error
    except (ValueError, TypeError, KeyError, RuntimeError, AttributeError) as error:
        # What pikepdf says of objects that are not what they should be.
        raise BackgroundError(_DAMAGED) from error


def _compile(pdf: pikepdf.Pdf, limits: Limits) -> CompiledBackground:
    count = len(pdf.pages)
    if not count:
        raise BackgroundError("The PDF has no pages.")
    if count > limits.pages:
        raise BackgroundError(f"The PDF has {count} pages; {limits.pages} are allowed.")
    if len(pdf.objects) > limits.objects:
        raise BackgroundError("The PDF consists of too many parts. Flatten it, then export.")
    layers = Layers(pdf)
    _flatten(pdf, layers)
    quirks = Quirks()
    while True:
        copier = Copier(layers, limits, quirks)
        pages = tuple(_page(page.obj, copier, limits) for page in pdf.pages)
        copier.check_forms(page.form for page in pages if page.form is not None)
        if copier.quirks == quirks:
            break
        quirks = copier.quirks
    return CompiledBackground(pages, tuple(copier.objects), tuple(sorted(copier.missing_fonts)))


def _flatten(pdf: pikepdf.Pdf, layers: Layers) -> None:
    """Paint annotations and form fields that print into their pages."""
    if not any(isinstance(page.obj.get("/Annots"), pikepdf.Array) for page in pdf.pages):
        return
    for page in pdf.pages:
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            page.obj.Annots = pikepdf.Array(
                item
                for item in list(annotations)
                if isinstance(item, pikepdf.Dictionary) and not layers.hides(item.get("/OC"))
            )
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and _is_true(form.get("/NeedAppearances")):
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("print")


def _is_true(value: object) -> bool:
    return value is True


def _page(page: pikepdf.Object, copier: Copier, limits: Limits) -> BackgroundPage:
    sheet = read_sheet(page, limits.side)
    content = b"\n".join(copier.read(stream) for stream in _contents(page))
    form = None
    if content.strip():
        resources = inherited(page, "/Resources")
        form = copier.form(sheet.header, content, resources, page.get("/Group"))
    return BackgroundPage(*sheet.size, form)


def _contents(page: pikepdf.Object) -> list[pikepdf.Object]:
    contents = page.get("/Contents")
    if isinstance(contents, pikepdf.Stream):
        return [contents]
    if not isinstance(contents, pikepdf.Array):
        return []
    return [stream for stream in list(contents) if isinstance(stream, pikepdf.Stream)]


def try_drawing(background: CompiledBackground) -> None:
    """Draw each page once, as a viewer will: what takes too long is stopped by our limits.

    Raises:
        BackgroundError: pdfium cannot load a page.
    """
    try:
        with pypdfium2.PdfDocument(printed(background)) as document:
            for page in document:
                page.render(scale=min(1.0, _TRIAL_SIDE / max(page.get_size()))).close()
    except pypdfium2.PdfiumError as error:
        raise BackgroundError(_DAMAGED) from error


def printed(background: CompiledBackground) -> bytes:
    """Return a PDF of nothing but the background."""
    sink = BytesIO()
    writer = Writer(sink)
    for page, form in zip(background.pages, embed_background(background, writer), strict=True):
        names = {} if form is None else {"XObject": dictionary({"B": bytes(form)})}
        resources = writer.add(dictionary(names))
        box = (0, 0, page.width, page.height)
        writer.page(page_attributes(box, resources), page.draw(b"/B"))
    writer.finish(title="Background", language="en")
    return sink.getvalue()
