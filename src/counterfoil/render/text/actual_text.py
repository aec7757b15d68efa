"""What readers make of a line when its text is copied or searched, and what they must be told.

A reader takes glyphs back to letters one by one, from left to right, and then turns right-to-left
letters around by itself. Where that would not give what was meant (ligatures, reordered vowels,
missing glyphs, brackets), the run carries its text as ActualText (ISO 32000-1, 14.9.4). That is
turned around in the same way, and so has to stand as on paper, from left to right.

Readers turn text around in ways of their own, none of which is Unicode's. Two matter here, since
most programs are made of them:

* poppler takes brackets as they were meant. It knows no ActualText but that of /Span.
* pdfium takes each bracket in right-to-left text for its counterpart, as the glyph looks. Of
  several texts it goes by the innermost, and by the glyphs if that is empty.

So a run for which they need to be told different things has one span inside another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from unicodedata import bidirectional, mirrored

from counterfoil.render.fonts.face import Glyph
from counterfoil.render.pdf.syntax import utf16_hex
from counterfoil.render.text.shaping import ShapedRun

_LEFT_TO_RIGHT_MARK, _RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
_LEFT, _RIGHT = frozenset(("L",)), frozenset(("R", "AL"))
_STRONG = _LEFT | _RIGHT
_WITHOUT_DIRECTION = frozenset(("WS", "ON", "CS", "ES", "ET", "BN", "S"))


class ActualText(NamedTuple):
    """What readers must be told of a run; None: nothing but its glyphs.

    ``pdfium`` may be empty although ``readable`` is not: it reads the glyphs right.
    """

    readable: str | None
    pdfium: str | None


def make_readable(actual_text: ActualText, content: bytes) -> bytes:
    """Put operators into the spans that a run needs."""
    if actual_text.readable is None:
        return content
    if actual_text.pdfium is not None:
        content = _marked(b"/Seen", actual_text.pdfium, content)
    return _marked(b"/Span", actual_text.readable, content)


def _marked(tag: bytes, text: str, content: bytes) -> bytes:
    return b"%b<</ActualText<FEFF%b>>>BDC\n%b\nEMC" % (tag, utf16_hex(text), content)


def actual_texts(shaped: Sequence[ShapedRun]) -> Iterator[ActualText]:
    """Yield for each run of a line, from left to right, what readers must be told."""
    if not any(run.is_leftward for run in shaped):
        yield from (_rightward(run, None) for run in shaped)
        return
    is_turned = _is_turned(shaped)
    for left, run, right in zip((None, *shaped), shaped, (*shaped[1:], None), strict=False):
        yield _leftward(run, right, is_turned) if run.is_leftward else _rightward(run, left)


def _is_turned(shaped: Sequence[ShapedRun]) -> bool:
    """Tell whether pdfium takes a line to run to the left: if more of its words do than not."""
    left = right = 0
    for run in shaped:
        for is_strong, word in groupby(run.own_text, key=_is_strong):
            is_right = is_strong and bidirectional(next(word)) in _RIGHT
            right, left = right + is_right, left + (is_strong and not is_right)
    return right > left


def _is_strong(character: str) -> bool:
    return bidirectional(character) in _STRONG


def _rightward(run: ShapedRun, left: ShapedRun | None) -> ActualText:
    """Tell of a left-to-right run.

    What has no direction goes with what is read before it, readers think. A mark keeps it here, as
    writers put one by hand in such places.
    """
    if left and left.is_leftward and bidirectional(run.own_text[0]) in _WITHOUT_DIRECTION:
        return ActualText(_LEFT_TO_RIGHT_MARK + run.own_text, None)
    return ActualText(None if _is_read_back(run) else run.own_text, None)


def _leftward(run: ShapedRun, right: ShapedRun | None, is_turned: bool) -> ActualText:
    """Tell of a right-to-left run; the text before it is to the right of it."""
    readable, seen = _reversed(run), _reversed(run, as_seen=True)
    by_glyphs = _is_read_back(run)
    if right and not right.is_leftward and bidirectional(run.own_text[0]) not in _RIGHT:
        after_left = any(bidirectional(character) in _LEFT for character in right.own_text)
        is_kept = is_turned and after_left
        pdfium = _as_after_left(run, seen) if is_kept else "" if by_glyphs else seen
        return ActualText(readable + _RIGHT_TO_LEFT_MARK, pdfium)
    if readable != seen:
        return ActualText(readable, "" if by_glyphs else seen)
    return ActualText(None if by_glyphs else readable, None)


def _as_after_left(run: ShapedRun, seen: str) -> str:
    """Return what pdfium needs after letters that run to the right.

    It takes what has no direction to run to the right as well, and so leaves it as it is.
    """
    text = run.own_text
    strong = (index for index, character in enumerate(text) if _is_strong(character))
    first = next(strong, len(text))
    return seen[: len(seen) - first] + text[:first]


def _reversed(run: ShapedRun, *, as_seen: bool = False) -> str:
    """Return a run's text from left to right, brackets as they were meant or as they look."""
    clusters = run.clusters()
    firsts = {glyph.cluster: glyph for glyph in run.glyphs}
    return "".join(
        (_seen(run, glyph, clusters) if as_seen else clusters[start])[::-1]
        for start, glyph in firsts.items()
    )


def _is_read_back(run: ShapedRun) -> bool:
    """Tell whether the glyphs' own texts, one by one, make up the run's text."""
    clusters = run.clusters()
    return len(clusters) == len(run.glyphs) and all(
        run.run.face.texts.get(glyph.gid) == _seen(run, glyph, clusters) for glyph in run.glyphs
    )


def _seen(run: ShapedRun, glyph: Glyph, clusters: dict[int, str]) -> str:
    """Return a cluster's text; a bracket that runs right to left looks like its counterpart."""
    text = clusters[glyph.cluster]
    if run.is_leftward and len(text) == 1 and mirrored(text):
        return run.run.face.texts.get(glyph.gid, text)
    return text
