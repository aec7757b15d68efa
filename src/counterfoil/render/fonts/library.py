"""All faces a layout may name, and those that help out where a face has no glyph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from counterfoil.render.errors import FontError
from counterfoil.render.fonts.catalog import (
    BOLD_FROM,
    FaceCandidate,
    default_files,
    font_files,
    read_faces,
)
from counterfoil.render.fonts.embed import font_program
from counterfoil.render.fonts.face import Face, Source
from counterfoil.render.messages import Message

DEFAULT_FAMILY = "Open Sans"
EMOJI_FAMILY = "Noto Emoji"

# The names that pretix's font plugin uses, and what the same fonts call themselves.
_ALIASES = {
    "Noto Sans Japanese": ("Noto Sans JP", "Noto Sans CJK JP"),
    "Noto Sans Korean": ("Noto Sans KR", "Noto Sans CJK KR"),
    "Noto Sans Simplified Chinese": ("Noto Sans SC", "Noto Sans CJK SC"),
    "Noto Sans Traditional Chinese": ("Noto Sans TC", "Noto Sans CJK TC"),
}
_HAN = tuple(_ALIASES)
_HAN_OF_LANGUAGE = {"ja": _HAN[0], "ko": _HAN[1], "zh": _HAN[2], "zh-hant": _HAN[3]}
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
_REMEMBERED = 8192


class FontLibrary:
    """The faces of this installation and of the folders given, read when first needed.

    Our own faces come before any of the same family in the folders: a ticket has to look the same
    on every host, and there are Open Sans files about whose widths differ. Only faces in folders
    that are ``preferred`` come before ours: who hands over a font means that font.
    """

    def __init__(self, folders: Iterable[Path] = (), *, preferred: Iterable[Path] = ()) -> None:
        self._folders = tuple(folders)
        self._preferred = tuple(preferred)
        self._faces: dict[Source, Face] = {}
        self._covering = lru_cache(maxsize=_REMEMBERED)(self._find_covering)
        self._fallback = lru_cache(maxsize=None)(self._find_fallback)
        #: Files that cannot be used, and why. Complete once all folders were searched.
        self.refused: dict[Path, str] = {}

    @property
    def families(self) -> tuple[str, ...]:
        """The families a layout can name, sorted."""
        families = {*self._configured, *self._own, *self._installed}
        families.update(alias for alias in _ALIASES if self._candidates(alias))
        return tuple(sorted(families))

    def knows(self, family: str) -> bool:
        return bool(self._candidates(family))

    def styles(self, family: str) -> tuple[tuple[bool, bool], ...]:
        """Tell in which styles, as (bold, italic), a family has a face of its own."""
        return tuple(sorted({(offer.bold, offer.italic) for offer in self._candidates(family)}))

    def face(self, family: str, *, bold: bool = False, italic: bool = False) -> Face:
        """Return the face that a layout means.

        An unknown family is drawn in Open Sans of the same style; a known family that lacks the
        style, in plain Open Sans.
        """
        while candidates := self._candidates(family):
            styled = _styled(candidates, bold, italic)
            if not styled:
                return self._load(_styled(self._own[DEFAULT_FAMILY], False, False)[0])
            if face := self._usable(styled[0]):
                return face
        return self._load(_styled(self._own[DEFAULT_FAMILY], bold, italic)[0])

    def covering(
        self, text: str, like: Face, language: str = "", *, as_emoji: bool = False
    ) -> Face | None:
        """Return a face that has all characters of a text, in a style like that of a face.

        Args:
            language: BCP 47; decides between the Chinese, Japanese and Korean forms of a letter.
            as_emoji: look among emoji first, and not last.
        """
        style = like.weight >= BOLD_FROM, like.metrics.italic
        return self._covering(text, *style, _han_family(language), as_emoji)

    def _find_covering(
        self, text: str, bold: bool, italic: bool, han: str, as_emoji: bool
    ) -> Face | None:
        fallback = self._fallback(bold, italic, han, as_emoji)
        return next((face for face in fallback if face.has(text)), None)

    def _find_fallback(self, bold: bool, italic: bool, han: str, as_emoji: bool) -> _Fallback:
        """Return the faces that may help out, in the order in which they are tried."""
        families = dict.fromkeys(self._fallback_order(han, as_emoji))
        candidates = (_nearest(self._candidates(family), bold, italic) for family in families)
        usable = (self._usable(offer) for nearest in candidates for offer in nearest)
        return _Fallback(face for face in usable if face)

    def _fallback_order(self, han: str, as_emoji: bool) -> Iterator[str]:
        if as_emoji:
            yield EMOJI_FAMILY
        yield from (family for family in self._own if family != EMOJI_FAMILY)
        yield EMOJI_FAMILY
        yield from self._configured
        yield han
        yield from _HAN
        noto = [family for family in self._installed if family.startswith("Noto Sans")]
        yield from sorted(noto)
        yield from sorted(self._installed.keys() - set(noto))

    def _candidates(self, family: str) -> list[FaceCandidate]:
        own = self._own.get(family, [])
        for name in (family, *_ALIASES.get(family, ())):
            if name in self._configured:
                return _completed(self._configured[name], own)
        for name in (family, *_ALIASES.get(family, ())):
            if not own and name in self._installed:
                return self._installed[name]
        return own

    def _usable(self, offer: FaceCandidate) -> Face | None:
        """Load a face; forget it if no document can carry it, which only trying tells."""
        if offer.source in self._faces:
            return self._faces[offer.source]
        face = self._load(offer)
        try:
            # Ours are known to be good.
            if all(offer not in self._own.get(family, ()) for family in offer.families):
                font_program(face, [0])
                if not face.characters:
                    raise FontError(Message("font.no_characters", file=offer.source.path.name))
        except FontError as error:
            self.refused[offer.source.path] = str(error)
            del self._faces[offer.source]
            for families in (self._configured, self._installed):
                for family in offer.families:
                    families[family] = [each for each in families.get(family, ()) if each != offer]
                    if not families[family]:
                        del families[family]
            return None
        return face

    def _load(self, offer: FaceCandidate) -> Face:
        source = offer.source
        if source not in self._faces:
            self._faces[source] = Face(source)
        return self._faces[source]

    @cached_property
    def _configured(self) -> dict[str, list[FaceCandidate]]:
        return self._by_family(font_files(self._preferred))

    @cached_property
    def _own(self) -> dict[str, list[FaceCandidate]]:
        return self._by_family(default_files())

    @cached_property
    def _installed(self) -> dict[str, list[FaceCandidate]]:
        return self._by_family(font_files(self._folders))

    def _by_family(self, files: Iterable[Path]) -> dict[str, list[FaceCandidate]]:
        families: dict[str, list[FaceCandidate]] = {}
        for path in files:
            for offer in self._read(path):
                for family in offer.families:
                    families.setdefault(family, []).append(offer)
        return families

    def _read(self, path: Path) -> list[FaceCandidate]:
        try:
            return list(read_faces(path))
        except FontError as error:
            self.refused[path] = str(error)
            return []


class _Fallback:
    """Faces that are loaded when they are first reached, and then remembered."""

    def __init__(self, faces: Iterator[Face]) -> None:
        self._rest = faces
        self._loaded: list[Face] = []

    def __iter__(self) -> Iterator[Face]:
        yield from self._loaded
        for face in self._rest:
            self._loaded.append(face)
            yield face


def _completed(candidates: list[FaceCandidate], others: list[FaceCandidate]) -> list[FaceCandidate]:
    """Add faces of the styles that are lacking."""
    styles = {(offer.bold, offer.italic) for offer in candidates}
    return [*candidates, *(each for each in others if (each.bold, each.italic) not in styles)]


def _styled(candidates: Iterable[FaceCandidate], bold: bool, italic: bool) -> list[FaceCandidate]:
    """Return the faces of one of the four styles, the most usual first."""
    fitting = [offer for offer in candidates if offer.bold == bold and offer.italic == italic]
    return sorted(fitting, key=lambda offer: offer.oddity)


def _nearest(candidates: Iterable[FaceCandidate], bold: bool, italic: bool) -> list[FaceCandidate]:
    """Return one face per style, the nearest style first."""
    candidates = list(candidates)
    styles = [(bold, italic), (bold, False), (not bold, italic), (not bold, False)]
    styles += [(bold, True), (not bold, True)]
    matches = [_styled(candidates, *style)[:1] for style in dict.fromkeys(styles)]
    return [offer for candidates in matches for offer in candidates]


def _han_family(language: str) -> str:
    tag = language.lower().replace("_", "-")
    key = "zh-hant" if tag.startswith(_TRADITIONAL) else tag.split("-")[0]
    return _HAN_OF_LANGUAGE.get(key, _HAN[0])
