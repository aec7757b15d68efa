"""What looks wrong before paper is spent on it: warnings, collected while tickets are drawn.

They cost next to nothing since they are found when something is drawn for the first time, and
come along with it when the same drawing is used again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Self

from counterfoil.render.messages import Message

if TYPE_CHECKING:
    from counterfoil.render.elements.base import Box, Drawing

# Tickets named with a finding: enough to look one up, no list of ten thousand.
_NAMED = 5
# Points by which neighbours may overlap: a hundredth of a millimetre.
_TOUCH = 0.03


class Concern(StrEnum):
    """What preflight looks for; the words are part of the interface."""

    MISSING_GLYPHS = "missing_glyphs"
    OVERFLOWS_BOX = "overflows_box"
    OVERFLOWS_PAGE = "overflows_page"
    SQUEEZED_LINE = "squeezed_line"
    SMALL_MODULE = "small_module"
    QUIET_ZONE_COVERED = "quiet_zone_covered"
    LOW_CONTRAST = "low_contrast"
    CODE_LEFT_OUT = "code_left_out"
    LOW_RESOLUTION = "low_resolution"
    UNKNOWN_VARIABLE = "unknown_variable"
    UNKNOWN_FAMILY = "unknown_family"
    OVERLAPPING_TEXT = "overlapping_text"
    REPEATED_SECRET = "repeated_secret"  # noqa: S105 - what is wrong with one
    UNEVEN_BARS = "uneven_bars"
    BACKGROUND_FONT = "background_font"
    MISSING_BLEED = "missing_bleed"
    MARKS_LEFT_OUT = "marks_left_out"


class Remark(NamedTuple):
    """One concern about one drawing, in words for the designer."""

    concern: Concern
    detail: Message

    @classmethod
    def of(cls, code: str, **params: object) -> Self:
        """Return the remark with a code of ``MESSAGES``, which begins with its concern."""
        return cls(Concern(code.partition(".")[0]), Message(code, **params))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A ticket that a finding is about, and the words for it."""

    ticket: str
    detail: Message


@dataclass(frozen=True, slots=True)
class Finding:
    """A concern about one element of one layout, with how many tickets it touches."""

    concern: Concern
    layout: str
    pointer: str
    count: int
    first: tuple[Occurrence, ...]

    def __str__(self) -> str:
        tickets = "1 ticket" if self.count == 1 else f"{self.count:,} tickets"
        place = f"{self.layout} {self.pointer}".strip()
        ticket = self.first[0].ticket
        details = dict.fromkeys(each.detail for each in self.first if each.ticket == ticket)
        start = f"{place}: " if place else ""
        return f"{start}{' '.join(details)} ({tickets}, first: {ticket})"


@dataclass(slots=True)
class _Tally:
    count: int = 0
    latest: int = 0
    """The turn in which it counted last."""
    first: list[Occurrence] = field(default_factory=list)


class Preflight:
    """Collects what one document's drawings remark."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str, Concern], _Tally] = {}
        self._turn = 0
        self._secrets: dict[str, str] = {}

    def begin(self) -> None:
        """Go on to the next ticket: it counts once for each finding, whatever is noted of it."""
        self._turn += 1

    def holder(self, secret: str, ticket: str) -> str:
        """Return the ticket that had a secret first, which may be this one."""
        return self._secrets.setdefault(secret, ticket)

    def note(self, layout: str, pointer: str, remark: Remark, ticket: str) -> None:
        tally = self._tallies.setdefault((layout, pointer, remark.concern), _Tally())
        is_new = tally.latest != self._turn
        tally.count += is_new
        tally.latest = self._turn
        occurrence = Occurrence(ticket, remark.detail)
        if len(tally.first) < _NAMED and (is_new or occurrence not in tally.first):
            tally.first.append(occurrence)

    def remarks(self) -> dict[str, tuple[Remark, ...]]:
        """Return what was found by element, for one ticket and one layout."""
        found: dict[str, tuple[Remark, ...]] = {}
        for (_, pointer, concern), tally in self._tallies.items():
            remarks = (Remark(concern, each.detail) for each in tally.first)
            found[pointer] = (*found.get(pointer, ()), *remarks)
        return found

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, in the order in which it was met first."""
        return tuple(
            Finding(concern, layout, pointer, tally.count, tuple(tally.first))
            for (layout, pointer, concern), tally in self._tallies.items()
        )


def is_covered(order: int, blank: Box, others: Iterable[tuple[int, Drawing]]) -> bool:
    """Tell whether other drawings come down on paper that a code needs blank.

    A light, even area under the code is what designers put there on purpose.

    Args:
        order: the code's place in the drawing order.
        blank: the code with its quiet zone.
        others: drawings with their places in the order; the code itself is passed over.
    """
    return any(
        overlap(box, blank)
        for place, drawing in others
        if place != order
        for box in (
            drawing.ink if drawing.is_light and place < order else drawing.ink + drawing.cover
        )
    )


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes share more than an edge."""
    return (
        one[0] < other[2] - _TOUCH
        and other[0] < one[2] - _TOUCH
        and one[1] < other[3] - _TOUCH
        and other[1] < one[3] - _TOUCH
    )
