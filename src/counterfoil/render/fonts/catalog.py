"""What font files offer, read from their name tables only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import uharfbuzz as hb

from counterfoil.render.errors import FontError
from counterfoil.render.fonts.face import Source, open_face
from counterfoil.render.fonts.sfnt import Metrics, read_metrics
from counterfoil.render.messages import Message

REGULAR, BOLD = 400, 700
BOLD_FROM = 600
SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2"})
_PACKAGES = (
    "ttf_opensans",
    "fontpkg_noto_sans",
    "fontpkg_noto_sans_arabic",
    "fontpkg_noto_sans_devanagari",
    "fontpkg_noto_sans_thai",
)
# Faces that no package carries, each with its licence beside it.
_OWN = Path(__file__).parent / "files"


@dataclass(frozen=True, slots=True)
class FaceCandidate:
    """One face that could be loaded."""

    source: Source
    families: tuple[str, ...]
    weight: int
    width: int
    italic: bool

    @property
    def bold(self) -> bool:
        return self.weight >= BOLD_FROM

    @property
    def oddity(self) -> tuple[int, int]:
        """How far the face is from what people mean by plain or bold: less is better."""
        return abs(self.width - 5), abs(self.weight - (BOLD if self.bold else REGULAR))


def default_files() -> Iterator[Path]:
    """Yield the font files that come with every installation."""
    for package in _PACKAGES:
        spec = find_spec(package)  # found, not imported: one of them would import Pillow
        for folder in spec.submodule_search_locations or () if spec else ():
            yield from font_files([Path(folder)])
    yield from font_files([_OWN])


def font_files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield font files below folders, in an order that every machine agrees on."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                yield path


def read_faces(path: Path) -> Iterator[FaceCandidate]:
    """Yield a file's faces: one by one in a collection, plain and bold of a variable font.

    Raises:
        FontError: the file is damaged, has no outlines or forbids embedding.
    """
    first = open_face(path, 0)
    for index in range(first.count):
        face = open_face(path, index) if index else first
        yield from _candidates(path, index, face)


def _candidates(path: Path, index: int, face: hb.Face) -> Iterator[FaceCandidate]:
    metrics = read_metrics(face)
    if not metrics.embeddable:
        raise FontError(Message("font.not_embeddable", file=path.name))
    families = _families(face) or (path.stem,)
    for weight, axes in _pins(face, metrics):
        source = Source(path, index, axes)
        yield FaceCandidate(source, families, weight, metrics.width, metrics.italic)


def _families(face: hb.Face) -> tuple[str, ...]:
    """Return the names a layout may call the family by, in all languages.

    The typographic one comes first, and English before others.
    """
    ids = (hb.OTNameIdPredefined.TYPOGRAPHIC_FAMILY, hb.OTNameIdPredefined.FONT_FAMILY)
    languages = {name_id: ["en"] for name_id in ids}
    for entry in face.list_names():
        if entry.name_id in languages:
            languages[entry.name_id].append(entry.language)
    names = (face.get_name(each, language) for each in ids for language in languages[each])
    return tuple(dict.fromkeys(name.strip() for name in names if name and name.strip()))


def _pins(face: hb.Face, metrics: Metrics) -> Iterator[tuple[int, tuple[tuple[str, float], ...]]]:
    """Yield the weights a face can have, with the place on its axes for each.

    These are regular and bold, or what an axis has nearest to them.
    """
    axes = {axis.tag: axis for axis in face.axis_infos}
    if not axes:
        yield metrics.weight, ()
        return
    fixed = {tag: axis.default_value for tag, axis in axes.items()}
    weight = axes.get("wght")
    if weight is None:
        yield metrics.weight, tuple(sorted(fixed.items()))
        return
    pins = [min(max(usual, weight.min_value), weight.max_value) for usual in (REGULAR, BOLD)]
    if pins[1] < BOLD_FROM:  # no bold: one face will do
        del pins[1]
    for pin in dict.fromkeys(pins):
        yield round(pin), tuple(sorted({**fixed, "wght": float(pin)}.items()))
