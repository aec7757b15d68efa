"""One face: its characters, its widths, and text turned into glyphs with them.

Lengths are in em. Nothing is read before it is asked for, since a machine may have hundreds of
faces and a ticket uses two.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import uharfbuzz as hb

from counterfoil.render.errors import FontError
from counterfoil.render.fonts.script import is_plain, is_plain_character
from counterfoil.render.fonts.sfnt import OUTLINES, Metrics, read_metrics
from counterfoil.render.fonts.webfont import is_packed, unpack
from counterfoil.render.messages import Message
from counterfoil.render.pdf.syntax import literal

NOTDEF = 0

# Layouts were drawn for text whose advances simply add up: no script is kerned, and ligatures are
# only for those that cannot be written without.
_FEATURES = {"kern": False}
_PLAIN_FEATURES = dict.fromkeys(("kern", "liga", "clig", "calt", "rlig", "locl"), False)


# Tables that draw glyphs in colours, which PDF fonts cannot.
_COLOURS = frozenset({"COLR", "CBDT", "SVG ", "sbix"})
_PEN = hb.DrawFuncs()
_PEN.set_move_to_func(lambda x, y, points: points.append((x, y)))


#: The script whose letters share glyphs.
SHARED_SCRIPT = "Arab"
_JOINER = "\u200d"
_FORMS = ("{}", "{}" + _JOINER, _JOINER + "{}", _JOINER + "{}" + _JOINER)


class Glyph(NamedTuple):
    """One positioned glyph; ``cluster`` is the index of the first character it stands for."""

    gid: int
    cluster: int
    advance: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Source:
    """Where a face is found: its file, its place in a collection, its place on variable axes."""

    path: Path
    index: int = 0
    axes: tuple[tuple[str, float], ...] = ()


class Face:
    """A face, pinned to one place on its axes if it is variable. Compared by identity."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.written = _Written(self)
        self.widths = _Widths(self)

    def __repr__(self) -> str:
        return f"<Face {self.postscript_name}>"

    def __reduce__(self) -> tuple[type[Face], tuple[Source]]:
        return type(self), (self.source,)

    @cached_property
    def hb_face(self) -> hb.Face:
        return open_face(self.source.path, self.source.index)

    @cached_property
    def hb_font(self) -> hb.Font:
        font = hb.Font(self.hb_face)
        font.set_variations(dict(self.source.axes))
        return font

    @cached_property
    def metrics(self) -> Metrics:
        return read_metrics(self.hb_face)

    @cached_property
    def weight(self) -> float:
        """The weight, where 400 is regular and 700 bold."""
        return dict(self.source.axes).get("wght", self.metrics.weight)

    @cached_property
    def postscript_name(self) -> str:
        embedded_name = self.hb_face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME)
        name = embedded_name or self.source.path.stem
        pins = "".join(f"-{tag}{value:g}" for tag, value in self.source.axes)
        return "".join(c for c in name + pins if c.isascii() and (c.isalnum() or c in "-_"))

    @cached_property
    def resource(self) -> bytes:
        """The face's name in page resources: the same in every process, for the same font."""
        tables = b"".join(self.hb_face.reference_table(tag).data for tag in ("head", "name"))
        key = repr((self.source.axes, self.source.index)).encode() + tables
        return b"/F" + hashlib.sha256(key).hexdigest()[:8].encode("ascii")

    @cached_property
    def ascent(self) -> float:
        """OS/2's typographic ascender."""
        return self.metrics.ascender / self.metrics.upem

    @cached_property
    def descent(self) -> float:
        """OS/2's typographic descender, below the baseline and so negative."""
        return self.metrics.descender / self.metrics.upem

    @cached_property
    def characters(self) -> frozenset[int]:
        """The code points that have a glyph. One that only a colour table draws would be blank."""
        if _COLOURS.isdisjoint(self.hb_face.table_tags):
            return frozenset(self.hb_face.unicodes)
        return frozenset(code for code in self.hb_face.unicodes if self._shows(chr(code)))

    def _shows(self, character: str) -> bool:
        """Tell whether a character that should have ink has an outline."""
        if unicodedata.category(character)[0] in "ZC":
            return True
        points: list[tuple[float, float]] = []
        self.hb_font.draw_glyph(self.gid(character), _PEN, points)
        return bool(points)

    @cached_property
    def texts(self) -> dict[int, str]:
        """What each glyph stands for by itself.

        Of several characters with one glyph it is the one that compatibility forms are made of,
        so Greek mu wins over the micro sign and a space over its unbreakable kin. A form that an
        Arabic letter takes inside a word is that letter: nobody searches for forms.
        """
        by_preference = sorted(map(chr, self.characters), key=_preference, reverse=True)
        return {self.gid(character): _letters_of(character) for character in by_preference}

    @cached_property
    def glyph_count(self) -> int:
        return int(self.hb_face.glyph_count)

    @cached_property
    def aliases(self) -> dict[tuple[int, str], int]:
        """Character ids for letters that share a glyph with another one, by glyph and letter.

        CFF outlines have none: their character ids cannot be led elsewhere.
        """
        return _find_shared_glyphs(self) if "glyf" in self.hb_face.table_tags else {}

    @cached_property
    def _aliased(self) -> dict[int, int]:
        return {cid: gid for (gid, _), cid in self.aliases.items()}

    def glyph_of(self, cid: int) -> int:
        """Return the glyph that a character id shows."""
        return cid if cid < self.glyph_count else self._aliased[cid]

    def gid(self, character: str) -> int:
        return self.hb_font.get_nominal_glyph(ord(character)) or NOTDEF

    def plain_gid(self, character: str) -> int:
        """Return the glyph of a character that needs no shaping.

        Raises:
            KeyError: it does, or has no glyph, or its glyph would be read back as another one.
        """
        gid = self.gid(character) if is_plain_character(character) else NOTDEF
        if gid == NOTDEF or self.texts[gid] != character:
            raise KeyError(character)
        return gid

    def advance(self, cid: int) -> float:
        width: int = self.hb_font.get_glyph_h_advance(self.glyph_of(cid))
        return width / self.metrics.upem

    def has(self, text: str) -> bool:
        return self.characters.issuperset(map(ord, text))

    def shape(
        self, text: str, start: int, end: int, *, rtl: bool, script: str, language: str
    ) -> list[Glyph]:
        """Shape a part of a text; the rest is context, which Arabic letters join to.

        Args:
            text: the whole line.
            start, end: the part, all of one script and direction.
            rtl: whether it runs from right to left.
            script: ISO 15924.
            language: BCP 47; another is passed over.

        Returns:
            The glyphs in visual order.
        """
        buffer = hb.Buffer()
        buffer.add_str(text, start, end - start)
        buffer.direction = "rtl" if rtl else "ltr"
        buffer.script = script
        if language.isascii():
            buffer.language = language
        hb.shape(self.hb_font, buffer, _PLAIN_FEATURES if is_plain(script) else _FEATURES)
        upem = self.metrics.upem
        return [
            Glyph(
                info.codepoint,
                info.cluster,
                at.x_advance / upem,
                at.x_offset / upem,
                at.y_offset / upem,
            )
            for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        ]


def _preference(character: str) -> tuple[bool, int]:
    return unicodedata.normalize("NFKC", character) != character, ord(character)


def _letters_of(character: str) -> str:
    """Return what one of Arabic Presentation Forms is a form of, and others as they are."""
    is_form = "\ufb50" <= character <= "\ufdff" or "\ufe70" <= character <= "\ufefe"
    return unicodedata.normalize("NFKC", character).strip() if is_form else character


def _find_shared_glyphs(face: Face) -> dict[tuple[int, str], int]:
    """Return the character ids of letters whose widest glyph is, alone, another letter.

    Some fonts build a letter from the glyph of another and a few dots: Noto Sans Arabic draws thal
    with dal's glyph. A character id has one text in ToUnicode, so readers that go glyph by glyph
    would take thal for dal. Such a letter gets a character id of its own beyond the font's glyphs,
    and CIDToGIDMap leads it to the same glyph (ISO 32000-1, 9.7.4.2). The ids depend on the font
    alone, so that lines can be written before the rest of the document is known.
    """
    shared: dict[tuple[int, str], None] = {}
    for letter in _arabic_letters(face):
        for glyph in _built_from(face, letter):
            if face.texts.get(glyph.gid) != letter:
                shared[glyph.gid, letter] = None
    return {key: face.glyph_count + number for number, key in enumerate(shared)}


def _arabic_letters(face: Face) -> Iterator[str]:
    for point in sorted(face.characters):
        if 0x600 <= point < 0x900 and unicodedata.category(chr(point)) == "Lo":
            yield chr(point)


def _built_from(face: Face, letter: str) -> Iterator[Glyph]:
    """Yield the widest glyph of each of a letter's forms that is made of several."""
    for form in _FORMS:
        text = form.format(letter)
        start = text.index(letter)
        glyphs = face.shape(text, start, start + 1, rtl=True, script=SHARED_SCRIPT, language="")
        if len(glyphs) > 1:
            yield max(glyphs, key=lambda glyph: glyph.advance)


def open_face(path: Path, index: int) -> hb.Face:
    """Open one face of a file, mapped rather than read.

    Raises:
        FontError: the file cannot be read or has no outlines (bitmap fonts, for one).
    """
    try:
        packed = is_packed(path)
        blob = hb.Blob(unpack(path)) if packed else hb.Blob.from_file_path(str(path))
        face = hb.Face(blob, index)
    except (OSError, hb.HarfBuzzError) as error:
        raise FontError(Message("font.unreadable", file=path.name, reason=str(error))) from error
    if not set(OUTLINES) & set(face.table_tags) or not face.glyph_count:
        raise FontError(Message("font.no_outlines", file=path.name))
    return face


class _Written(dict[str, bytes]):
    """A face's plain characters, as they stand in a PDF string. Others raise KeyError.

    Plain are those whose shaping is their one nominal glyph (``script.is_plain_character``).
    Joining these is three times as fast as shaping and reading glyphs back, and nearly all text on
    tickets is such.
    """

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, character: str) -> bytes:
        self[character] = CODES[self._face.plain_gid(character)]
        return self[character]


class _Widths(dict[str, float]):
    """The advances of a face's plain characters, in em. Others raise KeyError."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, character: str) -> float:
        self[character] = self._face.advance(self._face.plain_gid(character))
        return self[character]


class _Codes(dict[int, bytes]):
    """Glyph ids as the two bytes of Identity-H, escaped for a literal string."""

    def __missing__(self, gid: int) -> bytes:
        self[gid] = escaped = literal(gid.to_bytes(2, "big"))[1:-1]
        return escaped


CODES = _Codes()
