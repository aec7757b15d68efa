"""A compiled background: objects whose references wait for a document's numbers."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple

from counterfoil.render.errors import BackgroundError
from counterfoil.render.messages import Message
from counterfoil.render.pdf.syntax import Ref
from counterfoil.render.pdf.writer import Writer
from counterfoil.render.units import Pt

COMPILER_VERSION = 3
"""Goes up when the same PDF compiles to something else; what is stored is compiled again then."""
_MAGIC = b"Counterfoil background %d\n" % COMPILER_VERSION
_DIGEST = 32
_RGB_BLACK = Message("background.rgb_black")
_MAX_HEAD = 100_000_000
"""Bytes the head may inflate to: reading back trusts nobody."""


@dataclass(frozen=True, slots=True)
class CompiledObject:
    """One object. A number among its parts is the index of another object, to be referred to.

    With ``data`` it is a stream, encoded as its entries say, and the parts are the entries
    alone; without, the parts are the whole object.
    """

    parts: tuple[bytes | int, ...]
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class BackgroundPage:
    """One page as it is shown: rotated, its lower left corner at the origin."""

    width: Pt
    height: Pt
    form: int | None
    """Index of its form XObject; None: nothing is painted."""
    trim: tuple[float, float, float, float] | None = None
    """Where the page is cut, if not at its edges: left, bottom, right, top in points."""
    bleed: tuple[float, float, float, float] | None = None
    """How far its content reaches beyond the cut; None: to the edges of the page."""

    @property
    def trim_box(self) -> tuple[float, float, float, float]:
        return self.trim or (0.0, 0.0, self.width, self.height)

    @property
    def bleed_box(self) -> tuple[float, float, float, float]:
        return self.bleed or (0.0, 0.0, self.width, self.height)

    def draw(self, resource: bytes) -> bytes:
        """Return the operators that paint it, given its resource name, slash included."""
        return b"" if self.form is None else b"q " + resource + b" Do Q"


@dataclass(frozen=True)
class CompiledBackground:
    """Everything that printing needs of a PDF. Immutable; store it by ``to_bytes``."""

    pages: tuple[BackgroundPage, ...]
    objects: tuple[CompiledObject, ...]
    missing_fonts: tuple[str, ...] = ()
    """Fonts the PDF does not embed: each viewer will choose its own."""
    findings: tuple[Message, ...] = ()
    """What does not print as in the PDF, for its designer."""
    intents: tuple[int, ...] = ()
    """Indices of output intents: the printing conditions that the PDF was made for."""
    has_rgb_black: bool = False
    """Whether it sets black as an RGB color, which prints the same but from several inks."""

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What a designer should know before printing, but for missing fonts."""
        return (*self.findings, _RGB_BLACK) if self.has_rgb_black else self.findings

    @cached_property
    def sha256(self) -> bytes:
        """Identity, the same in every process."""
        return self.to_bytes()[-_DIGEST:]

    @cached_property
    def condition(self) -> bytes:
        """Identity of the output intents: documents declare one only if all pages share it."""
        digest = hashlib.sha256()
        for intent in self.intents:
            for part in self.objects[intent].parts:
                if isinstance(part, int):
                    part = self.objects[part].data or b""
                digest.update(b"%d " % len(part) + part)
        return digest.digest()

    def to_bytes(self) -> bytes:
        """Return a form for storing: a deflated head, the streams, a digest."""
        texts: list[bytes] = []
        objects = [[_lengths(item.parts, texts), _length(item.data)] for item in self.objects]
        index = {
            "pages": [
                [page.width, page.height, page.form, page.trim, page.bleed] for page in self.pages
            ],
            "fonts": self.missing_fonts,
            "findings": [finding.to_json() for finding in self.findings],
            "intents": self.intents,
            "rgb_black": self.has_rgb_black,
            "objects": objects,
        }
        head = json.dumps(index, separators=(",", ":")).encode("ascii") + b"\n" + b"".join(texts)
        deflated = zlib.compress(head, 9)
        streams = b"".join(item.data or b"" for item in self.objects)
        body = _MAGIC + b"%d\n" % len(deflated) + deflated + streams
        return body + hashlib.sha256(body).digest()

    @classmethod
    def from_bytes(cls, stored: bytes) -> CompiledBackground:
        """Read what ``to_bytes`` wrote.

        Raises:
            BackgroundError: it is damaged, or of another version.
        """
        try:
            return _read(stored)
        except (ValueError, TypeError, KeyError, zlib.error, RecursionError) as error:
            raise BackgroundError(Message("background.stored")) from error


def _lengths(parts: tuple[bytes | int, ...], texts: list[bytes]) -> list[int]:
    """Return lengths of texts as they are, and references as negative numbers from -1."""
    texts.extend(part for part in parts if isinstance(part, bytes))
    return [len(part) if isinstance(part, bytes) else -part - 1 for part in parts]


def _length(data: bytes | None) -> int | None:
    return None if data is None else len(data)


def _read(stored: bytes) -> CompiledBackground:
    body = stored[:-_DIGEST]
    if not body.startswith(_MAGIC) or hashlib.sha256(body).digest() != stored[-_DIGEST:]:
        raise ValueError("not ours, or damaged")
    source = BytesIO(body[len(_MAGIC) :])
    deflated = source.read(int(source.readline(20)))
    inflater = zlib.decompressobj()
    texts = BytesIO(inflater.decompress(deflated, _MAX_HEAD))
    if not inflater.eof:
        raise ValueError("too long")
    index = json.loads(texts.readline())
    objects = tuple(
        CompiledObject(
            tuple(
                _take(texts, size) if size >= 0 else _reference(-size - 1, index) for size in parts
            ),
            None if length is None else _take(source, length),
        )
        for parts, length in index["objects"]
    )
    return CompiledBackground(
        _pages(index),
        objects,
        tuple(map(str, index["fonts"])),
        tuple(map(Message.from_json, index["findings"])),
        tuple(_reference(to, index) for to in index["intents"]),
        bool(index.get("rgb_black")),
    )


def _pages(index: dict[str, Any]) -> tuple[BackgroundPage, ...]:
    return tuple(
        BackgroundPage(
            Pt(float(width)),
            Pt(float(height)),
            None if form is None else _reference(form, index),
            _box(trim),
            _box(bleed),
        )
        for width, height, form, trim, bleed in index["pages"]
    )


def _box(stored: list[float] | None) -> tuple[float, float, float, float] | None:
    if stored is None:
        return None
    left, bottom, right, top = map(float, stored)
    return left, bottom, right, top


def _take(source: BytesIO, length: int) -> bytes:
    if length < 0:
        raise ValueError("a length below 0")
    data = source.read(length)
    if len(data) != length:
        raise ValueError("too short")
    return data


def _reference(to: object, index: dict[str, Any]) -> int:
    if not isinstance(to, int) or not 0 <= to < len(index["objects"]):
        raise ValueError("a reference to nothing")
    return to


def blank_background(width: Pt, height: Pt, pages: int = 1) -> CompiledBackground:
    """Return empty paper."""
    return CompiledBackground((BackgroundPage(width, height, None),) * pages, ())


class Embedded(NamedTuple):
    """A background in a document."""

    pages: tuple[Ref | None, ...]
    """Each page's form XObject, or None where nothing is painted."""
    intents: tuple[Ref, ...]


def embed_background(background: CompiledBackground, writer: Writer) -> Embedded:
    """Write a background's objects, once per document."""
    refs = [writer.alloc() for _ in background.objects]
    for ref, item in zip(refs, background.objects, strict=True):
        body = b"".join(
            part if isinstance(part, bytes) else bytes(refs[part]) for part in item.parts
        )
        if item.data is None:
            writer.obj(ref, body)
        else:
            writer.stream(ref, body, item.data, encoded=True)
    return Embedded(
        tuple(None if page.form is None else refs[page.form] for page in background.pages),
        tuple(refs[intent] for intent in background.intents),
    )
