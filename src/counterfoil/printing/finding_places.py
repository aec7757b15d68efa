"""Where a finding of a print is: the element as the editor names it, and a picture of the place."""

from __future__ import annotations

import io
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from counterfoil.catalog.models import Event
from counterfoil.core import heavy
from counterfoil.core.refusals import Gone
from counterfoil.layouts.engine_messages import descriptions
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import Choice
from counterfoil.orders.models import OrderPosition
from counterfoil.printing import previews
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.plans import plan_for
from counterfoil.printing.variables.registry import VariableTable
from counterfoil.printing.variables.ticket_source import TicketSource
from counterfoil.render import CostlyTicketError, Extent, Inspected, Plan, Ticket, inspect
from counterfoil.render.units import mm

_MARGIN_MM = 8
_WIDTH_DOTS = 480
_FINEST_DPI = 150
_FRAME = "#c2185b"


@dataclass(frozen=True, slots=True)
class FindingPlace:
    """The place of one finding."""

    label: str
    """What the editor calls the element; empty if it is about no element."""
    layout_id: int | None
    """The layout with the element, while it exists; None for the built-in one."""
    element: int | None
    """Where the element is in the layout of today, if it is still there."""
    has_picture: bool


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """A picture of the place of a finding, as a PNG, and the ticket and layout that it shows."""

    png: bytes
    ticket: str
    layout: str


class FindingPlaces(ABC):
    """The places of findings on tickets of some layouts."""

    def __init__(
        self, event: Event, choices: Sequence[Choice], findings: Sequence[dict[str, Any]]
    ) -> None:
        self._event, self._choices, self.findings = event, choices, findings

    @abstractmethod
    def plan(self, choice: Choice) -> Plan:
        """Return the plan that a layout was printed with."""

    @abstractmethod
    def ticket(self, plan: Plan, label: str) -> Ticket:
        """Return a ticket by its label in findings.

        Raises:
            Gone: it was deleted.
        """

    def of(self, finding: Mapping[str, Any]) -> FindingPlace:
        """Find the element of a finding, as printed and in the layout of today."""
        choice, index = self._choice(finding), _index(finding)
        if choice is None:
            return FindingPlace("", None, None, has_picture=False)
        layout = self._layouts.get(choice.layout or 0)
        if index is None or index >= len(choice.elements):
            return FindingPlace("", layout.pk if layout else None, None, has_picture=False)
        element = choice.elements[index]
        return FindingPlace(
            label=self._label(element),
            layout_id=layout.pk if layout else None,
            element=_find(element, index, layout.layout or []) if layout else None,
            has_picture=bool(finding["first"]),
        )

    def draw(self, number: int) -> DrawnPlace:
        """Draw the place of a finding, by its number, on the first ticket that has it, as a PNG.

        Raises:
            Gone: there is no such finding, or its ticket or background was deleted.
            Invalid: the ticket cannot be printed any more.
            TooBusy: too many previews are being drawn.
        """
        if not 0 <= number < len(self.findings):
            raise Gone(_("This print has no such finding."))
        finding = self.findings[number]
        choice, index = self._choice(finding), _index(finding)
        if choice is None or index is None or not finding["first"]:
            raise Gone(_("This finding is about no place on a ticket."))
        plan = self.plan(choice)
        label = finding["first"][0]["ticket"]
        return DrawnPlace(_draw(plan, self.ticket(plan, label), index), label, choice.name)

    def _choice(self, finding: Mapping[str, Any]) -> Choice | None:
        choices, index = self._choices, finding.get("layout_index")
        if isinstance(index, int):
            return choices[index]
        return next((choice for choice in choices if choice.name == finding["layout"]), None)

    @cached_property
    def _layouts(self) -> dict[int, TicketLayout]:
        ids = {choice.layout for choice in self._choices if choice.layout}
        return TicketLayout.objects.filter(event=self._event).in_bulk(ids)

    def _label(self, element: Mapping[str, Any]) -> str:
        description = self._descriptions.get(element.get("type"), {})
        kind = str(description.get("label", element.get("type")))
        attributes = description.get("attributes", ())
        if not any(each["name"] == "content" and each["kind"] == "variable" for each in attributes):
            return kind
        content = self._content(element)
        return f"{kind}: {content}" if content else kind

    def _content(self, element: Mapping[str, Any]) -> str:
        match element.get("content"):
            case "other":
                return _first_line(element.get("text"))
            case "other_i18n":
                texts = element.get("text_i18n") or {}
                return _first_line(next(filter(None, texts.values()), None))
            case key:
                usual = "secret" if element.get("type") == "barcodearea" else ""
                name = str(usual if key is None else key)
                return self._variables.get(name, name)

    @cached_property
    def _descriptions(self) -> dict[Any, dict[str, Any]]:
        return {each["type"]: each for each in descriptions()}

    @cached_property
    def _variables(self) -> dict[str, str]:
        return {each.key: str(each.label) for each in VariableTable(self._event)}


class PrintFindings(FindingPlaces):
    """The findings of a print, on its tickets."""

    def __init__(self, request: RenderRequest) -> None:
        choices = [Choice(**pinned) for pinned in request.layouts]
        super().__init__(request.event, choices, (request.job.result or {}).get("findings", []))
        self._request = request

    def plan(self, choice: Choice) -> Plan:
        return plan_for(choice, printer_dpi=self._request.printer_dpi)

    def position(self, label: str) -> OrderPosition:
        """Return the position of a ticket by its label in findings.

        Raises:
            Gone: it was deleted.
        """
        order, _dash, number = label.rpartition("-")
        position = (
            OrderPosition.objects.filter(
                order__event=self._event, order__code=order, positionid=number
            )
            .select_related("order")
            .first()
        )
        if position is None:
            raise Gone(_("This ticket was deleted."))
        position.order.event = self._event
        return position

    def ticket(self, plan: Plan, label: str) -> Ticket:
        position = self.position(label)
        source = TicketSource(
            self._event,
            needs=plan.needs,
            images=plan.images | plan.conditional_variables,
            now=self._request.created,
        )
        return next(source.tickets([position.pk]))


class SampleFindings(FindingPlaces):
    """The findings of a preview, on its sample ticket."""

    def plan(self, choice: Choice) -> Plan:
        return plan_for(choice)

    def ticket(self, plan: Plan, label: str) -> Ticket:
        return previews.sample_ticket(plan, self._event)


def _index(finding: Mapping[str, Any]) -> int | None:
    place = str(finding["pointer"]).strip("/").split("/")[0]
    return int(place) if place.isdecimal() else None


def _find(element: Mapping[str, Any], index: int, elements: list[dict[str, Any]]) -> int | None:
    """Find an element of a print in a layout that may have been changed since."""
    if index < len(elements) and elements[index] == element:
        return index
    return next((place for place, each in enumerate(elements) if each == element), None)


def _first_line(text: object) -> str:
    return text.strip().partition("\n")[0] if isinstance(text, str) else ""


def _draw(plan: Plan, ticket: Ticket, index: int) -> bytes:
    with heavy.slot():
        try:
            inspected = inspect(plan, ticket, budget=previews.preview_budget())
        except CostlyTicketError:
            raise Gone(_("This ticket takes too long to draw.")) from None
    element = next((each for each in inspected if each.index == index), None)
    if element is None:  # on a page that the background does not have
        raise Gone(_("This finding is about no place on a ticket."))
    paper = plan.pages[element.page - 1].background
    box = _box(element, mm(paper.width), mm(paper.height))
    dpi = min(_FINEST_DPI, _WIDTH_DOTS * 25.4 / (box[2] - box[0]))
    dpi = max(1, math.floor(min(dpi, previews.finest_dpi(plan, element.page))))
    png = previews.draw_png(plan, ticket, page=element.page, dpi=dpi)
    return _cut(png, element.extent, box, mm(paper.height), dpi / 25.4)


def _box(element: Inspected, width: float, height: float) -> tuple[float, float, float, float]:
    """Return what to show, in millimetres: the element and what is around it, of the page."""
    points = list(_corners(element.extent))
    if element.ink is not None:
        left, bottom, wide, high = element.ink
        points += [(left, bottom), (left + wide, bottom + high)]
    xs, ys = zip(*points, strict=True)
    left, right = max(0, min(xs) - _MARGIN_MM), min(width, max(xs) + _MARGIN_MM)
    bottom, top = max(0, min(ys) - _MARGIN_MM), min(height, max(ys) + _MARGIN_MM)
    if left >= right or bottom >= top:  # beside the page
        return 0, 0, width, height
    return left, bottom, right, top


def _corners(extent: Extent) -> Iterator[tuple[float, float]]:
    """Yield the corners of an element, turned clockwise."""
    x, y = extent.pivot or (extent.left, extent.bottom + extent.height)
    angle = math.radians(extent.rotation)
    sine, cosine = math.sin(angle), math.cos(angle)
    for dx, dy in ((0, 0), (extent.width, 0), (extent.width, extent.height), (0, extent.height)):
        across, up = extent.left + dx - x, extent.bottom + dy - y
        yield x + across * cosine + up * sine, y - across * sine + up * cosine


def _cut(
    png: bytes, extent: Extent, box: tuple[float, float, float, float], height: float, scale: float
) -> bytes:
    """Frame an element on the picture of its page, and cut out what is around it."""
    page = Image.open(io.BytesIO(png)).convert("RGB")
    corners = [(x * scale, (height - y) * scale) for x, y in _corners(extent)]
    ImageDraw.Draw(page).polygon(corners, outline=_FRAME, width=2)
    left, bottom, right, top = box
    edges = (
        math.floor(left * scale),
        math.floor((height - top) * scale),
        math.ceil(right * scale),
        math.ceil((height - bottom) * scale),
    )
    file = io.BytesIO()
    page.crop(edges).quantize(64).save(file, "PNG")
    return file.getvalue()
