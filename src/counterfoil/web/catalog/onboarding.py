"""The way from an empty event to a stack of tickets, step by step, for who goes it first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import BatchPrint
from counterfoil.catalog.models import Event, Item
from counterfoil.layouts.queries import printed_built_in
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.views import EventPage

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Step:
    """``url`` is empty where the reader's teams do not let them do it."""

    label: Any
    hint: Any
    is_done: bool
    url: str
    button: Any
    is_next: bool = False


def onboarding_steps(page: EventPage) -> list[Step]:
    """Return the steps while one of them is left; the first such is marked."""
    steps = list(_steps(page))
    left = next((step for step in steps if not step.is_done), None)
    if left is None:
        return []
    return [
        Step(step.label, step.hint, step.is_done, step.url, step.button, step is left)
        for step in steps
    ]


def with_next_step(page: EventPage, sentence: Any) -> Any:
    """Return a sentence for the next page, with a link to the next step if there is one."""
    step = next((step for step in onboarding_steps(page) if step.is_next and step.url), None)
    if step is None:
        return sentence
    link = '{} <a href="{}">{}</a>'
    return format_html(link, sentence, step.url, _("Next: %s") % step.button)


def _steps(page: EventPage) -> Iterator[Step]:
    event = page.event

    def link(route: str, *needs: str) -> str:
        return page.link(route) if page.has_permission(needs) else ""

    yield Step(
        _("Add products"),
        _(
            "A product has a name and a price. It can have variations, such as rows or "
            "reduced prices."
        ),
        event.items.exists(),
        link("item-add", "event.items:write"),
        _("Add product"),
    )
    if event.has_subevents:
        yield Step(
            _("Add dates"),
            _("Each date of the series has its own quotas and can have its own prices."),
            event.subevents.exists(),
            link("subevent-add", "event.subevents:write"),
            _("Add date"),
        )
    yield Step(
        _("Set quotas"),
        _(
            "A quota limits the tickets of one or more products. A product without a "
            "quota cannot be sold."
        ),
        event.quotas.exists(),
        link("quota-add", "event.items:write"),
        _("Add quota"),
    )
    built_in, has_own = printed_built_in(event), event.ticket_layouts.exists()
    is_designed = has_own and not built_in
    yield Step(
        _("Design the ticket"),
        _design_hint(event, built_in),
        is_designed,
        link(
            "layout-assignments" if has_own and not is_designed else "layout-new",
            "event.settings.general:write",
        ),
        _("Choose layouts") if has_own and not is_designed else _("Design layout"),
    )
    yield Step(
        _("Create a batch"),
        _("Up to 10,000 tickets at once, each with its own code."),
        event.offline_sales_batches.exists(),
        link("batch-new", "event.orders:write"),
        _("Create tickets"),
    )
    yield Step(
        _("Print it"),
        _("One PDF with all tickets, checked before you download it."),
        BatchPrint.objects.filter(batch__event=event).exists(),
        link("batches", "event.orders:read"),
        _("Choose batch"),
    )


def _design_hint(event: Event, built_in: list[Item]) -> Any:
    """Say what is left to do for an own design to be printed."""
    if built_in and event.ticket_layouts.exists():
        names = ", ".join(in_page_language(item.name) for item in built_in[:_NAMED])
        return _("Still printed with the built-in design: %(products)s.") % {"products": names}
    return _("Start from the built-in design, an empty page or your own PDF.")
