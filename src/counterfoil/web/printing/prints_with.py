"""Which layout prints tickets: its name, a picture, and a warning where own ones are forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import SalesChannel
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import BUILT_IN, Choice, LayoutChooser
from counterfoil.printing import previews
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
    problems: list[Any]

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
    key = item.pk if item else 0
    layout = override or chooser.automatic(item=key, channel=channel.pk)
    choice = chooser.choose(item=key, channel=channel.pk, override=override)
    asked = {
        "item": item and item.pk,
        "channel": channel.pk,
        "variation": variation and variation.pk,
        "subevent": subevent and subevent.pk,
        "layout": override and override.pk,
        "testmode": int(subject.testmode),
        "locale": subject.locale,
    }
    query = urlencode({name: key for name, key in asked.items() if key})
    return PrintsWith(
        name=layout.name if layout else gettext(BUILT_IN),
        layout=layout,
        is_automatic=override is None,
        has_own=chooser.has_own,
        picture=f"{page.link('layout-sample')}?{query}",
        problems=list(_alike(choice, subject)),
    )


#: What tells tickets of a product's variations, and of a series' dates, apart.
_VARIATION = frozenset(("variation", "itemvar", "itemvar_description"))
_DATE = ("event_begin", "event_date", "event_name", "event_end", "event_admission", "valid_from")


def _alike(choice: Choice, subject: Subject) -> Iterator[Any]:
    """Say which tickets of different kinds would look the same."""
    try:
        plan = previews.preview_plan(
            elements=choice.elements, background=choice.background, name=choice.name
        )
    except Invalid as refusal:
        yield str(" ".join(refusal.sentences))
        return
    names = {key if isinstance(key, str) else key[0] for key in plan.needs}
    if subject.variation and not any(
        name in _VARIATION or name.startswith("itemmeta:") for name in names
    ):
        yield _(
            "The layout does not print the variation, so tickets of different variations look "
            "the same."
        )
    if subject.subevent and not any(name.startswith(_DATE) for name in names):
        yield _("The layout prints no date, so tickets for different dates look the same.")


def subject_of(batch: OfflineSalesBatch) -> Subject:
    """Return what the tickets of a batch are for."""
    return Subject(
        item=batch.item,
        variation=batch.variation,
        subevent=batch.subevent,
        of_batch=True,
        testmode=batch.testmode,
        locale=batch.locale,
    )
