"""Which layout prints tickets: its name, a picture, and a warning where own ones are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import SalesChannel
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import BUILT_IN, LayoutChooser
from counterfoil.printing.samples import Subject
from counterfoil.web.framework.views import EventPage


@dataclass(frozen=True, slots=True)
class PrintsWith:
    """The layout of tickets. ``layout`` None is the built-in one; ``picture`` is a path."""

    name: str
    layout: TicketLayout | None
    is_automatic: bool
    has_own: bool
    picture: str

    @property
    def is_forgotten(self) -> bool:
        """Whether there are layouts that somebody made, and none of them prints."""
        return self.layout is None and self.has_own


def prints_with(
    page: EventPage,
    subject: Subject,
    *,
    channel: SalesChannel,
    override: TicketLayout | None = None,
) -> PrintsWith:
    """Tell with which layout tickets of a product would print now."""
    chooser = LayoutChooser(page.event)
    item, variation, subevent = subject.item, subject.variation, subject.subevent
    layout = override or chooser.automatic(item=item.pk if item else 0, channel=channel.pk)
    asked = {
        "item": item and item.pk,
        "channel": channel.pk,
        "variation": variation and variation.pk,
        "subevent": subevent and subevent.pk,
        "layout": override and override.pk,
        "testmode": int(subject.testmode),
    }
    query = urlencode({name: key for name, key in asked.items() if key})
    return PrintsWith(
        name=layout.name if layout else gettext(BUILT_IN),
        layout=layout,
        is_automatic=override is None,
        has_own=chooser.has_own,
        picture=f"{page.link('layout-sample')}?{query}",
    )


def subject_of(batch: OfflineSalesBatch) -> Subject:
    """Return what the tickets of a batch are for."""
    return Subject(
        item=batch.item,
        variation=batch.variation,
        subevent=batch.subevent,
        of_batch=True,
        testmode=batch.testmode,
    )
