"""Reads what the editor sends. It is our own page that sends it, and may be anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.core import strictjson
from counterfoil.core.ids import row_id
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.models import Background
from counterfoil.layouts.services import MAX_ELEMENTS, LayoutContent
from counterfoil.render.elements.field_types import to_number

_NAME_LENGTH = 190

Problems = list[dict[str, str]]


class Unreadable(Exception):
    """What was sent is not what the editor sends."""

    def __init__(self, message: str, status: int = 400) -> None:
        self.status = status
        super().__init__(message)


class EditorJsonView(Exception):
    """What was sent cannot be used. ``problems`` have a JSON pointer each, and a message."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        super().__init__(problems)

    @classmethod
    def at(cls, pointer: str, message: str) -> EditorJsonView:
        return cls([{"pointer": pointer, "message": message}])

    @classmethod
    def of(cls, refusal: Invalid) -> EditorJsonView:
        """Tell of what a service refused as a whole."""
        return cls(
            [
                {"pointer": f"/{field}" if field in {"name", "background"} else "", "message": text}
                for field, texts in refusal.problems.items()
                for text in texts
            ]
        )


@dataclass(frozen=True, slots=True)
class PictureAsked:
    """Which picture is wanted."""

    elements: list[dict[str, Any]]
    background: Background | None
    ticket: object
    page: int
    dpi: float
    hidden: frozenset[int]


def read_body(request: HttpRequest) -> dict[str, Any]:
    """Read a JSON object, by the letter of the standard.

    Raises:
        Unreadable: it is none, or holds what no database keeps.
    """
    try:
        value = strictjson.read(request.body)
    except strictjson.TooLarge as problem:
        raise Unreadable(str(problem), 413) from None
    except strictjson.Unstorable as problem:
        raise Unreadable(str(problem)) from None
    except strictjson.Unreadable:
        raise Unreadable(_("This is not JSON.")) from None
    if not isinstance(value, dict):
        raise Unreadable(_("This must be a JSON object."))
    return value


def read_design(body: dict[str, Any], event: Event) -> LayoutContent:
    """Read what is to be saved.

    Raises:
        Problematic: it cannot be saved like this.
    """
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise EditorJsonView.at("/name", _("A layout needs a name."))
    if len(name.strip()) > _NAME_LENGTH:
        raise EditorJsonView.at("/name", _("This name is too long."))
    return LayoutContent(
        name=name.strip(), elements=_elements(body), background=_background(body, event)
    )


def read_picture(body: dict[str, Any], event: Event) -> PictureAsked:
    """Read which picture is wanted.

    Raises:
        Problematic: there are too many elements, or no such background.
    """
    hidden = body.get("hidden")
    return PictureAsked(
        elements=_elements(body),
        background=_background(body, event),
        ticket=body.get("ticket", "sample"),
        page=int(_number(body, "page", 1)),
        dpi=_number(body, "dpi", 96),
        hidden=frozenset(each for each in hidden if type(each) is int)
        if isinstance(hidden, list)
        else frozenset(),
    )


def read_size(body: dict[str, Any]) -> tuple[float, float, int]:
    """Read the width and height of a new background in mm, and how many pages it has."""
    return _number(body, "width", 0), _number(body, "height", 0), int(_number(body, "pages", 1))


def _elements(body: dict[str, Any]) -> list[dict[str, Any]]:
    elements = body.get("elements")
    if not isinstance(elements, list) or not all(isinstance(each, dict) for each in elements):
        raise Unreadable(_("The elements must be a list of objects."))
    if len(elements) > MAX_ELEMENTS:
        message = _("A layout can have at most %(number)s elements.") % {"number": MAX_ELEMENTS}
        raise EditorJsonView.at("", message)
    return elements


def _background(body: dict[str, Any], event: Event) -> Background | None:
    wanted = body.get("background")
    if wanted is None:
        return None
    found = Background.objects.filter(event=event, pk=row_id(wanted) or 0).first()
    if found is None:
        raise EditorJsonView.at(
            "/background", _("This background no longer exists. Choose the PDF again.")
        )
    return found


def _number(body: dict[str, Any], key: str, usual: float) -> float:
    number = to_number(body.get(key, usual))
    if number is None or abs(number) > 1_000_000:
        raise Unreadable(_("“%(key)s” must be a number.") % {"key": key})
    return number
