"""The Unicode bidirectional algorithm (UAX #9, revision 48): levels of characters, order of a line.

Rule names in comments are the annex's. Mirroring (L4) is HarfBuzz's, which swaps brackets when it
shapes a right-to-left run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from unicodedata import bidirectional, normalize

_MAX_DEPTH = 125
_REMOVED = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF", "BN"})
_ISOLATES = frozenset({"LRI", "RLI", "FSI"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON", "PDI"}) | _ISOLATES
_OVERRIDES = {"RLO": "R", "LRO": "L"}
_BRACKETS = (
    "()[]{}༺༻༼༽᚛᚜⁅⁆⁽⁾₍₎⌈⌉⌊⌋〈〉❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟅⟆⟦⟧⟨⟩⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆⦇⦈⦉⦊⦋⦌⦍⦐⦏⦎⦑⦒⦓⦔⦕⦖⦗⦘"
    "⧘⧙⧚⧛⧼⧽⸢⸣⸤⸥⸦⸧⸨⸩⹕⹖⹗⹘⹙⹚⹛⹜〈〉《》「」『』【】〔〕〖〗〘〙〚〛﹙﹚﹛﹜﹝﹞（）［］｛｝｟｠｢｣"
)
_CLOSING = {
    normalize("NFC", opening): normalize("NFC", closing)
    for opening, closing in zip(_BRACKETS[::2], _BRACKETS[1::2], strict=True)
}
_BRACKET_DEPTH = 63
# What makes a line differ from its logical order: right-to-left letters and numbers, and the
# controls that turn others around. Blocks, not characters: unassigned ones there count as well.
_TURNS = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200f\u202b\u202e\u2067"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def needs_ordering(text: str) -> bool:
    """Tell in a fraction of a microsecond whether anything in a text may run right to left."""
    return _TURNS.search(text) is not None


@dataclass(frozen=True, slots=True)
class Levels:
    """The embedding level of each character of a paragraph; odd ones run right to left."""

    base: int
    of: Sequence[int]


def resolve(text: str) -> Levels:
    """Find the levels of a paragraph, whose own direction is that of its first strong letter."""
    types = [bidirectional(character) or "L" for character in text]
    matches = _match_isolates(types)
    base = _paragraph_level(types, matches, 0, len(types), default=0)
    paragraph = _Paragraph(text, types, matches, base)
    paragraph.embed()
    for sequence in list(paragraph.sequences()):  # all of them, since resolving changes levels
        sequence.resolve()
    return Levels(base, paragraph.filled_levels())


def line_levels(text: str, levels: Levels, start: int, end: int) -> list[int]:
    """Return the levels of one line: white space at its end belongs to the paragraph (L1)."""
    found = list(levels.of[start:end])
    for index in range(end - start - 1, -1, -1):
        if bidirectional(text[start + index]) not in _REMOVED | _ISOLATES | {"PDI", "WS", "S", "B"}:
            break
        found[index] = levels.base
    return found


def visual_order(levels: Sequence[int]) -> list[int]:
    """Return the places of a line's parts from left to right, given their levels (L2)."""
    order = list(range(len(levels)))
    odd = [level for level in levels if level % 2]
    for level in range(max(levels, default=0), min(odd, default=1) - 1, -1):
        place = 0
        while place < len(order):
            end = place
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[place:end] = reversed(order[place:end])
            place = end + 1
    return order


def _match_isolates(types: Sequence[str]) -> dict[int, int]:
    """Pair isolate initiators with their PDIs, both ways (BD9)."""
    matches: dict[int, int] = {}
    opened: list[int] = []
    for index, kind in enumerate(types):
        if kind in _ISOLATES:
            opened.append(index)
        elif kind == "PDI" and opened:
            matches[index] = opened.pop()
            matches[matches[index]] = index
    return matches


def _paragraph_level(
    types: Sequence[str], matches: dict[int, int], start: int, end: int, *, default: int
) -> int:
    """Return the direction of the first strong character outside isolates (P2, P3)."""
    index = start
    while index < end:
        if types[index] in ("L", "R", "AL"):
            return int(types[index] != "L")
        if types[index] in _ISOLATES:
            index = matches.get(index, end)
        index += 1
    return default


@dataclass(frozen=True, slots=True)
class _Status:
    level: int
    override: str
    isolate: bool


@dataclass(slots=True)
class _Paragraph:
    text: str
    original: list[str]
    matches: dict[int, int]
    base: int
    types: list[str] = field(init=False)
    levels: list[int] = field(init=False)
    _stack: list[_Status] = field(init=False)
    _excess_isolates: int = 0
    _excess_embeddings: int = 0
    _valid_isolates: int = 0

    def __post_init__(self) -> None:
        self.types = list(self.original)
        self.levels = [self.base] * len(self.original)
        self._stack = [_Status(self.base, "", isolate=False)]

    def embed(self) -> None:
        """Give each character its explicit level (X1 to X8)."""
        for index, kind in enumerate(self.original):
            if kind in ("RLE", "LRE", "RLO", "LRO"):
                self._open_embedding(index, kind)
            elif kind in _ISOLATES:
                self._open_isolate(index, kind)
            elif kind == "PDI":
                self._close_isolate(index)
            elif kind == "PDF":
                self._close_embedding(index)
            else:
                self._take(index, plain=kind != "BN")

    def _take(self, index: int, *, plain: bool = True) -> None:
        status = self._stack[-1]
        self.levels[index] = status.level
        if plain and status.override:
            self.types[index] = status.override

    def _open_embedding(self, index: int, kind: str) -> None:
        self.levels[index] = self._stack[-1].level
        level = self._next_level(rtl=kind in ("RLE", "RLO"))
        if level <= _MAX_DEPTH and not self._excess_isolates and not self._excess_embeddings:
            self._stack.append(_Status(level, _OVERRIDES.get(kind, ""), isolate=False))
        elif not self._excess_isolates:
            self._excess_embeddings += 1

    def _open_isolate(self, index: int, kind: str) -> None:
        self._take(index)
        level = self._next_level(rtl=self._isolate_is_rtl(index, kind))
        if level <= _MAX_DEPTH and not self._excess_isolates and not self._excess_embeddings:
            self._valid_isolates += 1
            self._stack.append(_Status(level, "", isolate=True))
        else:
            self._excess_isolates += 1

    def _isolate_is_rtl(self, index: int, kind: str) -> bool:
        if kind != "FSI":
            return kind == "RLI"
        end = self.matches.get(index, len(self.original))
        return bool(_paragraph_level(self.original, self.matches, index + 1, end, default=0))

    def _next_level(self, *, rtl: bool) -> int:
        """Return the least level above the current one that is odd, or even."""
        level = self._stack[-1].level + 1
        return level + (level % 2 != rtl)

    def _close_isolate(self, index: int) -> None:
        if self._excess_isolates:
            self._excess_isolates -= 1
        elif self._valid_isolates:
            self._excess_embeddings = 0
            while not self._stack[-1].isolate:
                self._stack.pop()
            self._stack.pop()
            self._valid_isolates -= 1
        self._take(index)

    def _close_embedding(self, index: int) -> None:
        if not self._excess_isolates:
            if self._excess_embeddings:
                self._excess_embeddings -= 1
            elif not self._stack[-1].isolate and len(self._stack) > 1:
                self._stack.pop()
        self.levels[index] = self._stack[-1].level

    def sequences(self) -> Iterator[_Sequence]:
        """Yield the isolating run sequences (BD13, X10)."""
        runs = self._level_runs()
        run_at = {run[0]: run for run in runs}
        for run in runs:
            if self.original[run[0]] == "PDI" and run[0] in self.matches:
                continue
            places = list(run)
            while (last := places[-1]) in self.matches and self.original[last] in _ISOLATES:
                places += run_at[self.matches[last]]
            yield self._sequence(places)

    def _level_runs(self) -> list[list[int]]:
        runs: list[list[int]] = []
        for index, kind in enumerate(self.original):
            if kind in _REMOVED:  # X9
                continue
            if runs and self.levels[runs[-1][-1]] == self.levels[index]:
                runs[-1].append(index)
            else:
                runs.append([index])
        return runs

    def _sequence(self, places: list[int]) -> _Sequence:
        level = self.levels[places[0]]
        before = self._level_beside(places[0], -1)
        last = places[-1]
        open_end = self.original[last] in _ISOLATES and last not in self.matches
        after = self.base if open_end else self._level_beside(last, 1)
        start, end = (_direction(max(level, beside)) for beside in (before, after))
        return _Sequence(self, places, level, start, end)

    def _level_beside(self, index: int, step: int) -> int:
        index += step
        while 0 <= index < len(self.original):
            if self.original[index] not in _REMOVED:
                return self.levels[index]
            index += step
        return self.base

    def filled_levels(self) -> list[int]:
        """Return the levels; characters that X9 removes take the level before them."""
        level = self.base
        for index, kind in enumerate(self.original):
            if kind in _REMOVED:
                self.levels[index] = level
            level = self.levels[index]
        return self.levels


def _direction(level: int) -> str:
    return "R" if level % 2 else "L"


@dataclass(slots=True)
class _Sequence:
    """One isolating run sequence, within which letters act on their neighbours."""

    paragraph: _Paragraph
    places: list[int]
    level: int
    start: str
    end: str
    types: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.types = [self.paragraph.types[place] for place in self.places]

    def resolve(self) -> None:
        self._resolve_marks()
        self._resolve_numbers()
        self._resolve_separators()
        self._resolve_european_numbers()
        self._resolve_brackets()
        self._resolve_neutrals()
        self._set_levels()

    def _resolve_marks(self) -> None:
        """W1: marks take the type of what they stand on."""
        previous = self.start
        for index, kind in enumerate(self.types):
            if kind == "NSM":
                self.types[index] = previous
            previous = "ON" if kind in _ISOLATES or kind == "PDI" else self.types[index]

    def _resolve_numbers(self) -> None:
        """W2, W3: digits after Arabic letters are Arabic ones; Arabic letters are R."""
        strong = self.start
        for index, kind in enumerate(self.types):
            if kind in ("L", "R", "AL"):
                strong = kind
            elif kind == "EN" and strong == "AL":
                self.types[index] = "AN"
        self.types = ["R" if kind == "AL" else kind for kind in self.types]

    def _resolve_separators(self) -> None:
        """W4 to W6: signs between and beside digits go with them, others are neutral."""
        types = self.types
        for index in range(1, len(types) - 1):
            around = {types[index - 1], types[index + 1]}
            if (types[index], around) in (("ES", {"EN"}), ("CS", {"EN"}), ("CS", {"AN"})):
                types[index] = next(iter(around))
        for first, last in _stretches(types, frozenset({"ET"})):
            beside = types[first - 1 : first] + types[last : last + 1]
            if "EN" in beside:
                types[first:last] = ["EN"] * (last - first)
        self.types = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in types]

    def _resolve_european_numbers(self) -> None:
        """W7: digits after a left-to-right letter go its way."""
        strong = self.start
        for index, kind in enumerate(self.types):
            if kind in ("L", "R"):
                strong = kind
            elif kind == "EN" and strong == "L":
                self.types[index] = "L"

    def _resolve_brackets(self) -> None:
        """N0: both brackets of a pair go the same way."""
        for opening, closing in sorted(self._bracket_pairs()):
            direction = self._bracket_direction(opening, closing)
            if direction:
                self._set_bracket(opening, direction)
                self._set_bracket(closing, direction)

    def _bracket_pairs(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of places (BD16)."""
        opened: list[tuple[str, int]] = []
        for index, place in enumerate(self.places):
            character = normalize("NFC", self.paragraph.text[place])
            if self.types[index] != "ON":
                continue
            if character in _CLOSING:
                if len(opened) == _BRACKET_DEPTH:
                    return
                opened.append((_CLOSING[character], index))
            else:
                for depth in range(len(opened) - 1, -1, -1):
                    if opened[depth][0] == character:
                        yield opened[depth][1], index
                        del opened[depth:]
                        break

    def _bracket_direction(self, opening: int, closing: int) -> str:
        own = _direction(self.level)
        inside = {_strong(kind) for kind in self.types[opening + 1 : closing]} - {""}
        if own in inside:
            return own
        if not inside:
            return ""
        before = (_strong(kind) for kind in reversed(self.types[:opening]))
        context = next(filter(None, before), self.start)
        return context if context != own else own

    def _set_bracket(self, index: int, direction: str) -> None:
        """Turn a bracket, and the marks that stand on it."""
        self.types[index] = direction
        for after in range(index + 1, len(self.places)):
            kind = self.paragraph.original[self.places[after]]
            if kind != "NSM":
                break
            self.types[after] = direction

    def _resolve_neutrals(self) -> None:
        """N1, N2: neutrals between letters of one direction take it, else the level's."""
        for first, last in _stretches(self.types, _NEUTRAL):
            before = _strong(self.types[first - 1]) if first else self.start
            after = _strong(self.types[last]) if last < len(self.types) else self.end
            direction = before if before == after else _direction(self.level)
            self.types[first:last] = [direction] * (last - first)

    def _set_levels(self) -> None:
        """I1, I2."""
        for place, kind in zip(self.places, self.types, strict=True):
            if self.level % 2:
                self.paragraph.levels[place] += kind != "R"
            elif kind != "L":
                self.paragraph.levels[place] += 1 if kind == "R" else 2


def _strong(kind: str) -> str:
    """Return the direction that neutrals see in a type, "" if none: numbers count as R."""
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _stretches(types: Sequence[str], kinds: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where types of some kinds stand without a break. Types may change meanwhile."""
    index = 0
    while index < len(types):
        first = index
        while index < len(types) and types[index] in kinds:
            index += 1
        if index > first:
            yield first, index
        index += 1
