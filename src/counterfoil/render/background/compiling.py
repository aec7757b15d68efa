"""From the bytes of a PDF to a compiled background. Runs in a process that may be killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from itertools import islice

import pikepdf

from counterfoil.render.background.annotations import Painted, printing_annotations
from counterfoil.render.background.appearances import Maker
from counterfoil.render.background.comparing import Differences, compare
from counterfoil.render.background.compiled import (
    BackgroundPage,
    CompiledBackground,
    embed_background,
)
from counterfoil.render.background.copying import Copier, Quirks, entry
from counterfoil.render.background.limits import Limits
from counterfoil.render.background.optional_content import OptionalContent
from counterfoil.render.background.pages import Box, PageGeometry, inherited, read_page_geometry
from counterfoil.render.background.resaving import resaved
from counterfoil.render.errors import BackgroundError
from counterfoil.render.messages import Message
from counterfoil.render.pdf.content import matrix
from counterfoil.render.pdf.syntax import dictionary
from counterfoil.render.pdf.writer import Writer, page_attributes

_MAX_INTENTS = 4
_DAMAGED = Message("background.damaged")
_FAULT = Message("background.unreadable")
_REPAIRED = Message("background.repaired")
_PROTECTED = Message("background.password")


class UnreadableError(BackgroundError):
    """The library that reads PDFs gives up; another one may not."""


def compile_pdf(data: bytes, limits: Limits) -> CompiledBackground:
    """Compile a PDF, try to draw the result, and compare it with the original.

    Raises:
        BackgroundError: it cannot serve, in a designer's words.
    """
    if b"%PDF-" not in data[:1024]:
        raise BackgroundError(Message("background.not_pdf"))
    until = time.process_time() + limits.cpu_s / 3  # the rest is for drawing what prints
    try:
        background, differences = _tried(data, data, limits, until)
    except UnreadableError as problem:
        return _repaired(data, limits, until, problem)
    if differences.pages and (second := _second_try(data, limits, until, differences)) is not None:
        background, differences = second
    return _with_findings(background, differences.findings())


def _repaired(
    data: bytes, limits: Limits, until: float, problem: UnreadableError
) -> CompiledBackground:
    """Compile what pdfium makes of a file that qpdf cannot read."""
    for copy in resaved(data, limits.pages):
        try:
            background, differences = _tried(copy, data, limits, until)
        except UnreadableError:
            continue
        if any(page.form is not None for page in background.pages):
            return _with_findings(background, (_REPAIRED, *differences.findings()))
    raise problem


def _second_try(
    data: bytes, limits: Limits, until: float, first: Differences
) -> tuple[CompiledBackground, Differences] | None:
    """Have pdfium read what qpdf reads differently; take it if it looks more like the original."""
    for copy in islice(resaved(data, limits.pages), 1):
        try:
            background, differences = _tried(copy, data, limits, until)
        except BackgroundError:
            continue
        if differences.pixels < first.pixels:
            return background, differences
    return None


def _tried(
    data: bytes, original: bytes, limits: Limits, until: float
) -> tuple[CompiledBackground, Differences]:
    with _opened(data) as pdf:
        background, incomparable = _compile(pdf, limits)
    if len(background.to_bytes()) > limits.compiled:
        most = limits.compiled // 1_000_000
        raise BackgroundError(Message("background.too_large", most=most))
    differences = compare(original, printed(background), incomparable, until)
    if differences.unreadable and all(page.form is None for page in background.pages):
        raise UnreadableError(_DAMAGED)  # what is left of it is paper
    return background, differences


@contextmanager
def _opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    """Open a PDF, and turn what qpdf finds wrong, at once or later, into a sentence."""
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise UnreadableError(_PROTECTED) from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError) as error:
        raise UnreadableError(_DAMAGED) from error
    except (ValueError, TypeError, KeyError, AttributeError, LookupError, ArithmeticError) as error:
        # What pikepdf, or we, say of objects that are not what they should be.
        raise UnreadableError(_FAULT) from error
    except RuntimeError as error:
        if isinstance(error, RecursionError):
            raise
        raise UnreadableError(_FAULT) from error


def _compile(
    pdf: pikepdf.Pdf, limits: Limits
) -> tuple[CompiledBackground, tuple[tuple[Box, ...], ...]]:
    """Return the background, and the places on its pages where viewers differ."""
    count = len(pdf.pages)
    if not count:
        raise UnreadableError(Message("background.no_pages"))
    if len(pdf.objects) > limits.objects:
        raise BackgroundError(Message("background.too_many_parts"))
    used = [page.obj for page in islice(pdf.pages, limits.pages)]
    layers, maker = OptionalContent(pdf), Maker(pdf)
    sheets = [read_page_geometry(page, limits.side) for page in used]
    painted = [
        list(printing_annotations(page, number, sheet, layers, maker))
        for number, (page, sheet) in enumerate(zip(used, sheets, strict=True), start=1)
    ]
    quirks = Quirks()
    while True:
        copier = Copier(layers, limits, quirks)
        pages = tuple(
            BackgroundPage(*sheet.size, _form(page, sheet, over, copier), sheet.trim, sheet.bleed)
            for page, sheet, over in zip(used, sheets, painted, strict=True)
        )
        intents = tuple(_intents(pdf, copier))
        copier.check_forms(page.form for page in pages if page.form is not None)
        if copier.quirks == quirks:
            break
        quirks = copier.quirks
    findings = list(maker.findings)
    if count > limits.pages:
        findings.append(Message("background.first_pages", number=count, most=limits.pages))
    background = CompiledBackground(
        pages,
        tuple(copier.objects),
        tuple(sorted(copier.missing_fonts)),
        tuple(findings),
        intents,
        copier.has_rgb_black,
    )
    return background, tuple(
        tuple(sheet.visible(each.place) for each in over if not each.comparable)
        for sheet, over in zip(sheets, painted, strict=True)
    )


def _form(
    page: pikepdf.Object, sheet: PageGeometry, annotations: list[Painted], copier: Copier
) -> int | None:
    """Write what a page shows; None: nothing."""
    painting = any(annotation.appearance is not None for annotation in annotations)
    content = b"\n".join(copier.read(stream) for stream in _contents(page))
    own = None
    if content.strip():
        header = sheet.untouched if painting else sheet.header
        own = copier.form(header, content, inherited(page, "/Resources"), entry(page, "/Group"))
    if not painting:
        return own
    names = {} if own is None else {b"P": own}
    parts = [] if own is None else [b"/P Do"]
    for number, annotation in enumerate(annotations):
        if annotation.appearance is None:
            continue
        name = b"A%d" % number
        names[name] = copier.appearance(annotation.appearance)
        parts.append(b"q %b cm /%b Do Q" % (matrix(*annotation.matrix), name))
    return copier.painting(sheet.header, b"\n".join(parts), names)


def _intents(pdf: pikepdf.Pdf, copier: Copier) -> Iterator[int]:
    """Write the printing conditions that the file was made for, if their profiles are sound."""
    intents = entry(pdf.Root, "/OutputIntents")
    if isinstance(intents, pikepdf.Array):
        for item in islice(list(intents), _MAX_INTENTS):
            if isinstance(item, pikepdf.Dictionary):
                written = copier.intent(item)
                if written is not None:
                    yield written


def _contents(page: pikepdf.Object) -> list[pikepdf.Object]:
    contents = page.get("/Contents")
    if isinstance(contents, pikepdf.Stream):
        return [contents]
    if not isinstance(contents, pikepdf.Array):
        return []
    return [stream for stream in list(contents) if isinstance(stream, pikepdf.Stream)]


def _with_findings(
    background: CompiledBackground, findings: tuple[Message, ...]
) -> CompiledBackground:
    return replace(background, findings=(*background.findings, *findings))


def printed(background: CompiledBackground) -> bytes:
    """Return a PDF of nothing but the background."""
    sink = BytesIO()
    writer = Writer(sink)
    embedded = embed_background(background, writer)
    for page, form in zip(background.pages, embedded.pages, strict=True):
        names = {} if form is None else {"XObject": dictionary({"B": bytes(form)})}
        resources = writer.add(dictionary(names))
        box = (0, 0, page.width, page.height)
        writer.page(page_attributes(box, resources), page.draw(b"/B"))
    writer.finish(title="Background", language="en", intents=embedded.intents)
    return sink.getvalue()
