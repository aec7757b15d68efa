"""The rules of a check-in list: a small logic in JSON, evaluated for one ticket at one moment.

A rule is an object with one key, the operator, and a list of arguments that may be rules
themselves: ``{"isAfter": [{"var": "now"}, {"buildTime": ["date_admission"]}, 10]}``. Apps evaluate
the same rules offline, so an unsupported rule is never guessed: it denies the ticket.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.core.refusals import Invalid
from counterfoil.orders.models import OrderPosition

MAX_DEPTH = 30
MAX_CHARACTERS = 20_000


class UnknownRule(Exception):
    """A rule that this server cannot evaluate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules may ask about a ticket at the moment of its scan."""

    context: RuleContext
    product: int
    variation: int | None
    entries: Sequence[datetime] = field(default_factory=tuple)
    inside: bool = False

    @property
    def now(self) -> datetime:
        return self.context.now

    def entries_between(self, start: datetime | None, end: datetime | None) -> list[datetime]:
        return [
            entry
            for entry in self.entries
            if (start is None or entry >= start) and (end is None or entry < end)
        ]

    def days(self, entries: Sequence[datetime]) -> int:
        """Count the different days of the event's calendar."""
        return len({self._day(entry) for entry in entries})

    def entries_today(self) -> int:
        today = self._day(self.now)
        return sum(self._day(entry) == today for entry in self.entries)

    def minutes_since(self, entry: datetime | None) -> int:
        """Return whole minutes, or -1 if there was no entry."""
        return -1 if entry is None else int((self.now - entry).total_seconds() // 60)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.context.tz).date()


_VARIABLES: Mapping[str, Callable[[Facts], Any]] = {
    "now": lambda facts: facts.now,
    "now_isoweekday": lambda facts: facts.now.astimezone(facts.context.tz).isoweekday(),
    "product": lambda facts: facts.product,
    "variation": lambda facts: facts.variation,
    "gate": lambda facts: None,
    "entries_number": lambda facts: len(facts.entries),
    "entries_today": Facts.entries_today,
    "entries_days": lambda facts: facts.days(facts.entries),
    "minutes_since_last_entry": lambda facts: facts.minutes_since(max(facts.entries, default=None)),
    "minutes_since_first_entry": lambda facts: facts.minutes_since(
        min(facts.entries, default=None)
    ),
    "entry_status": lambda facts: "present" if facts.inside else "absent",
}


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[Facts, list[Any]], bool]:
    def run(_facts: Facts, arguments: list[Any]) -> bool:
        left, right = arguments
        try:
            return compare(float(left), float(right))
        except (TypeError, ValueError):
            raise UnknownRule("a comparison of something that is no number") from None

    return run


def _equal(_facts: Facts, arguments: list[Any]) -> bool:
    left, right = arguments
    return str(left) == str(right)


def _in_list(_facts: Facts, arguments: list[Any]) -> bool:
    value, allowed = arguments
    if not isinstance(allowed, list):
        raise UnknownRule("a choice from something that is no list")
    return value is not None and str(value) in {str(entry) for entry in allowed}


def _compared(arguments: list[Any]) -> tuple[datetime, datetime, datetime | None]:
    """Read ``[moment, border, tolerance in minutes]``.

    Returns:
        The moment moved back and forward by the tolerance, and the border; None is an open end.
    """
    moment, border = arguments[:2]
    if not isinstance(moment, datetime) or not isinstance(border, datetime | None):
        raise UnknownRule("a comparison of something that is no time")
    try:
        tolerance = timedelta(minutes=float((arguments[2:] or [0])[0] or 0))
        return moment - tolerance, moment + tolerance, border
    except (TypeError, ValueError, OverflowError):
        raise UnknownRule("a tolerance that is no number of minutes") from None


def _is_before(_facts: Facts, arguments: list[Any]) -> bool:
    earliest, _latest, border = _compared(arguments)
    return border is None or earliest < border


def _is_after(_facts: Facts, arguments: list[Any]) -> bool:
    _earliest, latest, border = _compared(arguments)
    return border is not None and latest >= border


def _build_time(facts: Facts, arguments: list[Any]) -> datetime | None:
    kind = str(arguments[0])
    if kind in ("date_from", "date_to", "date_admission"):
        moment: datetime | None = getattr(facts.context, kind)
        return moment
    try:
        if kind == "custom":
            written = datetime.fromisoformat(str(arguments[1]))
            return written if written.tzinfo else written.replace(tzinfo=facts.context.tz)
        if kind == "customtime":
            today = facts.now.astimezone(facts.context.tz).date()
            clock = time.fromisoformat(str(arguments[1]))
            return datetime.combine(today, clock, tzinfo=clock.tzinfo or facts.context.tz)
    except (IndexError, ValueError):
        raise UnknownRule("a time that cannot be read") from None
    raise UnknownRule(f"the time “{kind}”")


def _entries_since(facts: Facts, arguments: list[Any]) -> list[datetime]:
    return facts.entries_between(_moment(arguments), None)


def _entries_before(facts: Facts, arguments: list[Any]) -> list[datetime]:
    return facts.entries_between(None, _moment(arguments))


def _moment(arguments: list[Any]) -> datetime:
    moment = arguments[0]
    if not isinstance(moment, datetime):
        raise UnknownRule("a count of entries around something that is no time")
    return moment


_OPERATORS: Mapping[str, Callable[[Facts, list[Any]], Any]] = {
    "and": lambda facts, arguments: all(arguments),
    "or": lambda facts, arguments: any(arguments),
    "==": _equal,
    ">": _comparison(operator.gt),
    ">=": _comparison(operator.ge),
    "<": _comparison(operator.lt),
    "<=": _comparison(operator.le),
    "inList": _in_list,
    "objectList": lambda facts, arguments: list(arguments),
    "lookup": lambda facts, arguments: arguments[1],
    "isBefore": _is_before,
    "isAfter": _is_after,
    "buildTime": _build_time,
    "entries_since": lambda facts, arguments: len(_entries_since(facts, arguments)),
    "entries_before": lambda facts, arguments: len(_entries_before(facts, arguments)),
    "entries_days_since": lambda facts, arguments: facts.days(_entries_since(facts, arguments)),
    "entries_days_before": lambda facts, arguments: facts.days(_entries_before(facts, arguments)),
}
#: How many arguments an operator takes, where that is not free.
_ARGUMENTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("==", ">", ">=", "<", "<=", "inList"), (2, 2)),
    "isBefore": (2, 3),
    "isAfter": (2, 3),
    "lookup": (2, 3),
    "buildTime": (1, 2),
    **{name: (1, 1) for name in _OPERATORS if name.startswith("entries_")},
}


def allow(rules: Mapping[str, Any], facts: Facts) -> bool:
    """Tell whether the rules let this ticket in now. No rules let everybody in.

    Raises:
        UnknownRule: they cannot be evaluated here.
    """
    return not rules or bool(_value(rules, facts, MAX_DEPTH))


def check(rules: object) -> None:
    """Look at rules that somebody wants to keep.

    Raises:
        Invalid: they could not be evaluated at the gate.
    """
    try:
        if not isinstance(rules, dict):
            raise UnknownRule(_("These rules contain something that is no object."))
        if len(json.dumps(rules)) > MAX_CHARACTERS:  # they are read again at each scan
            raise UnknownRule(
                _("These rules are too long: %(most)d characters are allowed.")
                % {"most": MAX_CHARACTERS}
            )
        if rules:
            _check(rules, MAX_DEPTH)
    except UnknownRule as unknown:
        raise Invalid({"rules": [str(unknown)]}) from None


def _value(node: Any, facts: Facts, depth: int) -> Any:
    if not isinstance(node, dict):
        return node
    name, arguments = _parts(node, depth)
    if name == "var":
        return _VARIABLES[str(arguments[0])](facts)
    return _OPERATORS[name](facts, [_value(part, facts, depth - 1) for part in arguments])


def _check(node: Any, depth: int) -> None:
    if isinstance(node, dict):
        for part in _parts(node, depth)[1]:
            _check(part, depth - 1)


def _parts(node: dict[str, Any], depth: int) -> tuple[str, list[Any]]:
    """Split a rule into its operator and arguments, both validated."""
    if depth == 0:
        raise UnknownRule(_("These rules contain too many levels."))
    if len(node) != 1:
        raise UnknownRule(_("These rules contain an object that does not have exactly one key."))
    name, arguments = next(iter(node.items()))
    arguments = arguments if isinstance(arguments, list) else [arguments]
    if name == "var":
        if len(arguments) != 1 or str(arguments[0]) not in _VARIABLES:
            raise UnknownRule(_("These rules contain a variable that this server does not know."))
        return name, arguments
    if name not in _OPERATORS:
        raise UnknownRule(
            _("These rules contain the operator “%(name)s”, which this server does not know.")
            % {"name": name}
        )
    least, most = _ARGUMENTS.get(name, (0, len(arguments)))
    if not least <= len(arguments) <= most:
        raise UnknownRule(_wrong_number(name, len(arguments)))
    return name, arguments


def _wrong_number(name: str, count: int) -> str:
    return ngettext(
        "These rules contain the operator “%(name)s” with %(count)d argument.",
        "These rules contain the operator “%(name)s” with %(count)d arguments.",
        count,
    ) % {"name": name, "count": count}


@dataclass(frozen=True, slots=True)
class RuleContext:
    now: datetime
    tz: ZoneInfo
    date_from: datetime
    date_to: datetime | None
    date_admission: datetime


def rule_context_of(position: OrderPosition, now: datetime) -> RuleContext:
    """Return the times of the position's date, or of its event if it is not a series."""
    event = position.order.event
    dated = position.subevent or event
    return RuleContext(
        now=now,
        tz=event.tz,
        date_from=dated.date_from,
        date_to=dated.date_to,
        date_admission=dated.date_admission or dated.date_from,
    )
