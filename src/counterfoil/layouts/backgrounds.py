"""Backgrounds: checked and compiled once, when they are set; printing reads no PDF.

A PDF may be hostile, so the engine reads it in a child process with limits. What comes out is
stored beside the original, both under the original's hash and something that is never the same:
the files of a row that was deleted may be cleaned up at any time.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from types import MappingProxyType

import pikepdf
from django.db.models import QuerySet

from counterfoil.catalog.models import Event
from counterfoil.core import clock, heavy
from counterfoil.core.refusals import Unavailable
from counterfoil.files import services as files
from counterfoil.layouts.engine_messages import translated
from counterfoil.layouts.files import FOLDER
from counterfoil.layouts.models import Background
from counterfoil.render import (
    COMPILER_VERSION,
    BackgroundError,
    CompiledBackground,
    InterruptedBackgroundError,
    compile_background,
)
from counterfoil.render.messages import Message
from counterfoil.render.units import Mm, pt

_outcomes: ContextVar[Mapping[str, Future[CompiledBackground]]] = ContextVar(
    "precompiled_backgrounds", default=MappingProxyType({})
)

_LEAST, _MOST, _PAGES = 5.0, 1000.0, 20


def store_background(*, event: Event, pdf: bytes, keep_unusable: bool = False) -> Background:
    """Store a PDF as a background of an event; the same PDF again is the same row.

    With ``keep_unusable`` a PDF that cannot be used is stored with the reason, and printing with
    it fails in these words. It may take seconds: call it outside of a transaction.

    Raises:
        BackgroundError: it cannot be used, and why, in words for its designer.
        TooBusy: too many other PDFs are being compiled.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    existing = Background.objects.filter(event=event, sha256=sha256).order_by("pk").first()
    if existing is not None and keep_for_now(existing.pk):
        return _usable(existing, keep_unusable)
    name = f"{event.pk}-{sha256}-{secrets.token_hex(8)}"
    try:
        compiled = _compiled(pdf, sha256)
    except BackgroundError as problem:
        if not keep_unusable:
            raise
        original = _publish(f"{name}.pdf", pdf)
        return Background.objects.create(
            event=event,
            sha256=sha256,
            original=original,
            refusal=problem.message.to_json(),
            compiler=COMPILER_VERSION,
        )
    return Background.objects.create(
        event=event,
        sha256=sha256,
        original=_publish(f"{name}.pdf", pdf),
        compiled=_publish(f"{name}.compiled", compiled.to_bytes()),
        compiler=COMPILER_VERSION,
    )


@contextmanager
def precompiled(pdfs: Iterable[bytes]) -> Iterator[None]:
    """Compile PDFs now, for a block whose transaction will store them.

    Raises:
        TooBusy: too many other PDFs are being compiled.
    """
    outcomes: dict[str, Future[CompiledBackground]] = {}
    for pdf in pdfs:
        sha256 = hashlib.sha256(pdf).hexdigest()
        if sha256 in outcomes or Background.objects.filter(sha256=sha256).exists():
            continue
        outcome: Future[CompiledBackground] = Future()
        outcomes[sha256] = outcome
        try:
            outcome.set_result(_compiled(pdf, sha256))
        except BackgroundError as problem:
            outcome.set_exception(problem)
    token = _outcomes.set(outcomes)
    try:
        yield
    finally:
        _outcomes.reset(token)


def _compiled(pdf: bytes, sha256: str) -> CompiledBackground:
    outcome = _outcomes.get().get(sha256)
    if outcome is not None:
        return outcome.result()
    try:
        with heavy.slot():
            return compile_background(pdf)
    except InterruptedBackgroundError as problem:
        raise Unavailable(translated(problem.message)) from None


def keep_for_now(background: int) -> bool:
    """Keep it from the cleanup for a while yet; False if it has been deleted already."""
    return bool(Background.objects.filter(pk=background).update(last_used=clock.now()))


def store_blank(*, event: Event, width: float, height: float, pages: int = 1) -> Background:
    """Make a background of empty pages, for layouts on stock that is printed already.

    ``width`` and ``height`` are mm; at most 1,000 and 20 pages, so that nobody asks for a field.

    Raises:
        BackgroundError: such pages are not made.
    """
    pdf = blank_pdf(width=width, height=height, pages=pages)
    return store_background(event=event, pdf=pdf)


def blank_pdf(*, width: float, height: float, pages: int = 1) -> bytes:
    """Return a PDF of empty pages; the same pages are the same bytes.

    Raises:
        BackgroundError: such pages are not made.
    """
    if not (_LEAST <= width <= _MOST and _LEAST <= height <= _MOST and 1 <= pages <= _PAGES):
        raise BackgroundError(
            Message(
                "background.blank_size", least=f"{_LEAST:.0f}", most=f"{_MOST:.0f}", pages=_PAGES
            )
        )
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        for _number in range(pages):
            pdf.add_blank_page(page_size=(round(pt(Mm(width)), 3), round(pt(Mm(height)), 3)))
        pdf.save(stream, deterministic_id=True)
    return stream.getvalue()


def read_compiled(background: Background) -> CompiledBackground:
    """Read what printing needs.

    What another version has compiled is compiled anew from the original, and stored.

    Raises:
        BackgroundError: it cannot be used, and why.
        OSError: the file cannot be read now.
    """
    if background.refusal and background.compiler == COMPILER_VERSION:
        raise BackgroundError(Message.from_json(background.refusal))
    if background.compiled:
        with suppress(BackgroundError):
            return CompiledBackground.from_bytes(_stored(background.compiled))
    return compile_again(background)


def outdated() -> QuerySet[Background]:
    """Return the backgrounds that another version of the engine has compiled, or refused."""
    return Background.objects.exclude(compiler=COMPILER_VERSION)


def compile_again(background: Background) -> CompiledBackground:
    """Compile a background anew, and store the result if nobody else has meanwhile.

    One that could be printed so far is not refused for good: a busy machine may be the reason.

    Raises:
        BackgroundError: it cannot be used, and why.
        OSError: its file cannot be read or written now.
        TooBusy: too many other PDFs are being compiled.
    """
    row = Background.objects.filter(
        pk=background.pk, compiled=background.compiled, compiler=background.compiler
    )
    try:
        compiled = _compiled(_stored(background.original), background.sha256)
    except BackgroundError as problem:
        refusal = problem.message.to_json() if background.refusal else None
        row.update(refusal=refusal, compiler=COMPILER_VERSION)
        raise
    name = f"{background.event_id}-{background.sha256}-{secrets.token_hex(8)}.compiled"
    stored = _publish(name, compiled.to_bytes())
    row.update(compiled=stored, refusal=None, compiler=COMPILER_VERSION)
    return compiled


def _stored(name: str) -> bytes:
    with files.open_stored(name) as stored:
        return stored.read()


def _usable(background: Background, keep_unusable: bool) -> Background:
    if background.refusal and background.compiler != COMPILER_VERSION:
        with suppress(BackgroundError):
            compile_again(background)
        background.refresh_from_db()
    if background.refusal and not keep_unusable:
        raise BackgroundError(Message.from_json(background.refusal))
    return background


def _publish(name: str, content: bytes) -> str:
    with files.publish(FOLDER, name) as stream:
        stream.write(content)
    return f"{FOLDER}/{name}"
