"""What the law of a country wants printed on each part of a ticket, compared with a layout.

It is advice: a text of the layout may say in its own words what no variable says.

France: CGI, ann. IV, art. 50 sexies B and the decree of 5 October 2007. The ticket and each of its
stubs name the operator, a number of an uninterrupted series, the category of the place and its
price or that it is free; a code must be readable without a device.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_PLACEHOLDER = re.compile(r"\{([-a-zA-Z0-9:_]+)\}")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that must be said, and the variables that say it."""

    key: str
    label: str | Promise
    variables: frozenset[str]


FRANCE = (
    Mention(
        "operator",
        _("the name of the operator"),
        frozenset({"organizer", "organizer_info_text"}),
    ),
    Mention("number", _("the number of an uninterrupted series"), frozenset({"serial"})),
    Mention(
        "category",
        _("the category of the place"),
        frozenset({"item", "variation", "itemvar", "item_category", "itemvar_description"}),
    ),
    Mention(
        "price",
        _("the price, or that it is free"),
        frozenset({"price", "price_with_bundled", "price_with_addons"}),
    ),
    Mention("event", _("the event"), frozenset({"event_name", "event_series_name"})),
    Mention(
        "date",
        _("the date of the event"),
        frozenset({"event_date", "event_date_range", "event_begin", "event_begin_date"}),
    ),
)
PRESETS: Mapping[str, Sequence[Mention]] = {"FR": FRANCE}
#: A code in clear, which the part with the code must have, too.
CLEAR_CODE = Mention("clear_code", _("the code in clear"), frozenset({"secret", "serial"}))


@dataclass(frozen=True, slots=True)
class Cut:
    """A perforation: at this place in millimetres from the top left corner."""

    axis: str
    at: float


@dataclass(frozen=True, slots=True)
class MissingMention:
    """A part, counted from 1 from the top left on each page, that lacks a mention."""

    page: int
    part: int
    mention: Mention


def missing_mentions(
    elements: Iterable[Mapping[str, Any]],
    *,
    preset: str,
    cuts: Sequence[Cut] = (),
    page_heights: Sequence[float] = (),
) -> list[MissingMention]:
    """Compare a layout with a preset; each page is cut into the same parts.

    ``page_heights`` are in millimetres: places of elements are measured from the bottom. Parts in
    which no element stands are left out.
    """
    mentioned: dict[tuple[int, int], tuple[set[str], bool]] = {}
    for element in elements:
        place = _part_of(element, cuts, page_heights)
        variables, has_code = mentioned.get(place, (set(), False))
        is_code = element.get("type") == "barcodearea"
        if not is_code:
            variables |= set(_variables(element))
        mentioned[place] = (variables, has_code or is_code)
    return [
        MissingMention(page, part, mention)
        for (page, part), (variables, has_code) in sorted(mentioned.items())
        for mention in (*PRESETS[preset], *((CLEAR_CODE,) if has_code else ()))
        if not mention.variables & variables
    ]


def _part_of(
    element: Mapping[str, Any], cuts: Sequence[Cut], page_heights: Sequence[float]
) -> tuple[int, int]:
    page = int(element.get("page") or 1)
    height = page_heights[min(page, len(page_heights)) - 1] if page_heights else 0.0
    width = _number(element, "width") or _number(element, "size")
    x = _number(element, "left") + width / 2
    y = height - _number(element, "bottom") - (_number(element, "height") or 0.0) / 2
    across = sum(1 for cut in cuts if cut.axis == "x" and cut.at <= x)
    down = sum(1 for cut in cuts if cut.axis == "y" and cut.at <= y)
    columns = 1 + sum(1 for cut in cuts if cut.axis == "x")
    return page, down * columns + across + 1


def _number(element: Mapping[str, Any], name: str) -> float:
    try:
        return float(element.get(name) or 0)
    except (TypeError, ValueError):
        return 0.0


def _variables(element: Mapping[str, Any]) -> Iterator[str]:
    content = str(element.get("content") or "")
    if content == "other":
        yield from _PLACEHOLDER.findall(str(element.get("text") or ""))
    elif content == "other_i18n":
        texts = element.get("text_i18n")
        for text in texts.values() if isinstance(texts, Mapping) else ():
            yield from _PLACEHOLDER.findall(str(text))
    else:
        yield content
