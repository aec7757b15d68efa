"""Backgrounds: checked and compiled once, when they are set; printing reads no PDF.

A PDF may be hostile, so the engine reads it in a child process with limits. What comes out is
stored beside the original, both under the original's hash.
"""

from __future__ import annotations

import hashlib

from counterfoil.catalog.models import Event
from counterfoil.files import services as files
from counterfoil.layouts.models import Background
from counterfoil.layouts.stored import FOLDER
from counterfoil.render import BackgroundError, CompiledBackground, compile_background


def store_background(*, event: Event, pdf: bytes, keep_unusable: bool = False) -> Background:
    """Store a PDF as a background of an event; the same PDF again is the same row.

    With ``keep_unusable`` a PDF that cannot be used is stored with the reason, and printing with
    it fails in these words. It may take seconds: call it outside of a transaction.

    Raises:
        BackgroundError: it cannot be used, and why, in words for its designer.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    known = Background.objects.filter(event=event, sha256=sha256).order_by("pk").first()
    if known is not None:
        return _usable(known, keep_unusable)
    try:
        compiled = compile_background(pdf)
    except BackgroundError as problem:
        if not keep_unusable:
            raise
        original = _publish(f"{event.pk}-{sha256}.pdf", pdf)
        return Background.objects.create(
            event=event, sha256=sha256, original=original, refusal=problem.message
        )
    return Background.objects.create(
        event=event,
        sha256=sha256,
        original=_publish(f"{event.pk}-{sha256}.pdf", pdf),
        compiled=_publish(f"{event.pk}-{sha256}.compiled", compiled.to_bytes()),
    )


def read_compiled(background: Background) -> CompiledBackground:
    """Read what printing needs.

    What another version has compiled is compiled anew from the original.

    Raises:
        BackgroundError: it cannot be used, and why.
        OSError: the file cannot be read now.
    """
    if background.refusal:
        raise BackgroundError(background.refusal)
    try:
        return CompiledBackground.from_bytes(_stored(background.compiled))
    except BackgroundError:
        return compile_background(_stored(background.original))


def _stored(name: str) -> bytes:
    with files.open_stored(name) as stored:
        return stored.read()


def _usable(background: Background, keep_unusable: bool) -> Background:
    if background.refusal and not keep_unusable:
        raise BackgroundError(background.refusal)
    return background


def _publish(name: str, content: bytes) -> str:
    with files.publish(FOLDER, name) as stream:
        stream.write(content)
    return f"{FOLDER}/{name}"
