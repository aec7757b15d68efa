"""What looks wrong before paper is spent on it: warnings, collected while tickets are drawn.

They cost next to nothing since they are found when something is drawn for the first time, and
come along with it when the same drawing is used again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from counterfoil.render.diagnostics import Concern, Diagnostic
from counterfoil.render.elements.base import Box, Drawing
from counterfoil.render.messages import Message

# Tickets named with a finding: enough to look one up, no list of ten thousand.
_MAX_OCCURRENCES = 5
# Points by which neighbours may overlap: a hundredth of a millimetre.
_TOLERANCE = 0.03


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

    def note(self, layout: str, pointer: str, diagnostic: Diagnostic, ticket: str) -> None:
        tally = self._tallies.setdefault((layout, pointer, diagnostic.concern), _Tally())
        is_new = tally.latest != self._turn
        tally.count += is_new
        tally.latest = self._turn
        occurrence = Occurrence(ticket, diagnostic.detail)
        if len(tally.first) < _MAX_OCCURRENCES and (is_new or occurrence not in tally.first):
            tally.first.append(occurrence)

    def diagnostics(self) -> dict[str, tuple[Diagnostic, ...]]:
        """Return what was found by element, for one ticket and one layout."""
        by_pointer: dict[str, tuple[Diagnostic, ...]] = {}
        for (_, pointer, concern), tally in self._tallies.items():
            diagnostics = (Diagnostic(concern, each.detail) for each in tally.first)
            by_pointer[pointer] = (*by_pointer.get(pointer, ()), *diagnostics)
        return by_pointer

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
        one[0] < other[2] - _TOLERANCE
        and other[0] < one[2] - _TOLERANCE
        and one[1] < other[3] - _TOLERANCE
        and other[1] < one[3] - _TOLERANCE
    )
