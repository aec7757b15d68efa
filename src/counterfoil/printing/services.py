"""Asks for tickets to be printed, and calls prints off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event, SalesChannel
from counterfoil.core.refusals import Gone, Invalid
from counterfoil.jobs import services as jobs
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import Choice, LayoutChooser
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.models import RenderRequest

RENDER = "printing.render"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Part:
    """A ticket to print, and what overrides the choice of its layout."""

    position_id: int
    override_channel: SalesChannel | None = None
    override_layout: TicketLayout | None = None


def request_render(
    *, event: Event, actor: Actor, parts: Sequence[Part], purpose: str, about: str = ""
) -> RenderRequest:
    """Ask for a PDF of these tickets, in this order, with the layouts as they are now.

    ``about`` is kept in the job: of which state of the tickets it is.

    Raises:
        Invalid: there is nothing to print.
        Gone: a position is not, or no longer, one of this event.
    """
    pinned = pin(event=event, parts=parts)
    return request_pinned(event=event, actor=actor, pinned=pinned, purpose=purpose, about=about)


@dataclass(frozen=True, slots=True)
class PinnedParts:
    """Tickets, each with the number of its layout; and the layouts as they are now."""

    numbered: list[list[int]]
    layouts: list[dict[str, Any]]


def pin(*, event: Event, parts: Sequence[Part]) -> PinnedParts:
    """Choose the layout of each ticket. It grows with their number, and needs no transaction.

    Raises:
        Invalid: there is nothing to print.
        Gone: a position is not, or no longer, one of this event.
    """
    if not parts:
        raise Invalid({"parts": [_("Choose at least one ticket to print.")]})
    pinned = _Pinned(event)
    numbered = [
        [part.position_id, pinned.number(part, *sold)] for part, sold in _sold(event, parts)
    ]
    return PinnedParts(numbered, [asdict(choice) for choice in pinned.choices])


def request_pinned(
    *, event: Event, actor: Actor, pinned: PinnedParts, purpose: str, about: str = ""
) -> RenderRequest:
    """Ask for a PDF of tickets whose layouts are chosen already."""
    total = len(pinned.numbered)
    with transaction.atomic():
        job = jobs.submit(
            kind=RENDER,
            payload={"about": about} if about else {},
            total=total,
            lane=event.organizer.job_lane,
        )
        request = RenderRequest.objects.create(
            job=job,
            event=event,
            requested_by=actor.key,
            purpose=purpose,
            parts=pinned.numbered,
            layouts=pinned.layouts,
        )
        audit.record(
            actor=actor,
            action="counterfoil.renderjob.requested",
            obj=request,
            event=event,
            data={"purpose": purpose, "tickets": total},
        )
    return request


@transaction.atomic
def cancel_render(*, actor: Actor, request: RenderRequest) -> None:
    """Stop a print that is not over.

    Raises:
        Conflict: it is.
    """
    jobs.cancel(request.job)
    audit.record(
        actor=actor,
        action="counterfoil.renderjob.cancelled",
        obj=request,
        event=request.event,
    )


class _Pinned:
    """The layouts that a request prints with, numbered as they come."""

    def __init__(self, event: Event) -> None:
        self._chooser = LayoutChooser(event)
        self._numbers: dict[tuple[int, int, int | None], int] = {}
        self.choices: list[Choice] = []

    def number(self, part: Part, item: int, channel: int) -> int:
        """Choose for one ticket and return the choice's number."""
        override = part.override_layout
        if part.override_channel is not None:
            channel = part.override_channel.pk
        key = (item, channel, override.pk if override else None)
        if key not in self._numbers:
            choice = self._chooser.choose(item=item, channel=channel, override=override)
            if choice not in self.choices:
                self.choices.append(choice)
            self._numbers[key] = self.choices.index(choice)
        return self._numbers[key]


def _sold(event: Event, parts: Sequence[Part]) -> Iterator[tuple[Part, tuple[int, int]]]:
    """Go through the parts with the product of each and the channel that it was sold through.

    The event is compared here and not in the query: asked for both, SQLite goes through all orders
    of the event, for each chunk again.
    """
    for start in range(0, len(parts), _CHUNK):
        chunk = parts[start : start + _CHUNK]
        rows = OrderPosition.objects.filter(
            pk__in={part.position_id for part in chunk}
        ).values_list("pk", "order__event_id", "item_id", "order__sales_channel_id")
        sold = {pk: (item, channel) for pk, owner, item, channel in rows if owner == event.pk}
        for part in chunk:
            if part.position_id not in sold:
                raise Gone(_missing(part.position_id))
            yield part, sold[part.position_id]


def _missing(position: int) -> str:
    return _("Order position %(id)d does not exist in this event.") % {"id": position}
