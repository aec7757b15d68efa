"""Request prints of tickets, and cancel them."""

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
from counterfoil.printing.access_log import described
from counterfoil.printing.models import RenderRequest

RENDER = "printing.render"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class PrintItem:
    """A ticket to print, and overrides for the choice of its layout."""

    position_id: int
    override_channel: SalesChannel | None = None
    override_layout: TicketLayout | None = None


def request_render(
    *, event: Event, actor: Actor, parts: Sequence[PrintItem], purpose: str
) -> RenderRequest:
    """Request a PDF of tickets, in this order, with the current layouts.

    Raises:
        Invalid: there is nothing to print.
        Gone: the event has no such position.
    """
    pinned = pin(event=event, parts=parts)
    return request_pinned(event=event, actor=actor, pinned=pinned, purpose=purpose)


@dataclass(frozen=True, slots=True)
class PinnedItems:
    """Tickets with the index of their layout, and the current layouts."""

    numbered: list[list[int]]
    layouts: list[dict[str, Any]]


def pin(*, event: Event, parts: Sequence[PrintItem]) -> PinnedItems:
    """Choose the layout of each ticket. It takes time per ticket and needs no transaction.

    Raises:
        Invalid: there is nothing to print.
        Gone: the event has no such position.
    """
    if not parts:
        raise Invalid({"parts": [_("Choose at least one ticket to print.")]})
    snapshot = LayoutSnapshot(event)
    numbered = [
        [part.position_id, snapshot.index(part, *sold)] for part, sold in _sold(event, parts)
    ]
    return PinnedItems(numbered, [asdict(choice) for choice in snapshot.choices])


def request_pinned(
    *,
    event: Event,
    actor: Actor,
    pinned: PinnedItems,
    purpose: str,
    content_version: str = "",
    printer_dpi: int | None = None,
    of: dict[str, Any] | None = None,
) -> RenderRequest:
    """Request a PDF of tickets with pinned layouts.

    ``content_version`` identifies the state of the tickets, so that the PDF can be found again.
    The bars of codes are aligned to the dots of a printer of ``printer_dpi``.
    ``of`` says for the log what the tickets belong to.
    """
    total = len(pinned.numbered)
    with transaction.atomic():
        request = RenderRequest.objects.create(
            job=jobs.submit(kind=RENDER, total=total, lane=event.organizer.job_lane),
            event=event,
            requested_by=actor.key,
            purpose=purpose,
            content_version=content_version,
            parts=pinned.numbered,
            layouts=pinned.layouts,
            printer_dpi=printer_dpi,
        )
        audit.record(
            actor=actor,
            action="counterfoil.renderjob.requested",
            obj=request,
            event=event,
            data={**described(purpose, pinned.numbered, pinned.layouts), **(of or {})},
        )
    return request


@transaction.atomic
def cancel_render(*, actor: Actor, request: RenderRequest) -> None:
    """Cancel a print.

    Raises:
        Conflict: the print has already ended.
    """
    jobs.cancel(request.job)
    audit.record(
        actor=actor,
        action="counterfoil.renderjob.cancelled",
        obj=request,
        event=request.event,
    )


class LayoutSnapshot:
    """The distinct layouts of a print request, in order of first use."""

    def __init__(self, event: Event) -> None:
        self._chooser = LayoutChooser(event)
        self._indexes: dict[tuple[int, int, int | None], int] = {}
        self.choices: list[Choice] = []

    def index(self, part: PrintItem, item: int, channel: int) -> int:
        """Choose the layout of one ticket and return its index."""
        override = part.override_layout
        if part.override_channel is not None:
            channel = part.override_channel.pk
        key = (item, channel, override.pk if override else None)
        if key not in self._indexes:
            choice = self._chooser.choose(item=item, channel=channel, override=override)
            if choice not in self.choices:
                self.choices.append(choice)
            self._indexes[key] = self.choices.index(choice)
        return self._indexes[key]


def _sold(event: Event, parts: Sequence[PrintItem]) -> Iterator[tuple[PrintItem, tuple[int, int]]]:
    """Yield each part with its product and sales channel.

    The event is compared in Python: with both conditions, SQLite scans all orders of the event
    again for each chunk.
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
