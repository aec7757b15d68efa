"""Reads of the catalog that need thought: what a list shows, in a constant number of queries."""

from __future__ import annotations

import json
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from counterfoil.catalog.models import (
    Event,
    Item,
    ItemVariation,
    Organizer,
    Question,
    QuestionOption,
    Quota,
    SalesChannel,
    SubEvent,
    SubEventItem,
    SubEventItemVariation,
)


def containing(words: str, *fields: str) -> Q:
    """Look for words in fields, translated ones too, whatever their capital letters.

    A column of JSON holds letters beyond ASCII as they are (PostgreSQL) or with escapes (SQLite,
    which does not know their capitals either).
    """
    cased = {words, words.lower(), words.upper(), words.title(), words.capitalize()}
    condition = Q()
    for each in {words} if words.isascii() else cased:
        for form in {each, json.dumps(each)[1:-1]}:
            for field in fields:
                condition |= Q(**{f"{field}__icontains": form})
    return condition


def ended_before(moment: datetime) -> Q:
    """Which events or dates are over by then. What has no end is over once it has begun."""
    return Q(date_to__lt=moment) | Q(date_to=None, date_from__lt=moment)


def event_ended_before(moment: datetime) -> Q:
    """Which events are over by then. A series never is: it may get more dates."""
    return ended_before(moment) & Q(has_subevents=False)


def sold_through(channel: SalesChannel) -> QuerySet[Event]:
    """The events whose products are sold through a channel."""
    limited = Event.limit_sales_channels.through.objects.filter(saleschannel=channel)
    return Event.objects.filter(Q(all_sales_channels=True) | Q(pk__in=limited.values("event")))


def items_of(event: Event) -> QuerySet[Item]:
    """The event's items in the order of sale, with what a list shows of them."""
    return (
        Item.objects.filter(event=event)
        .select_related("tax_rule")
        .prefetch_related("limit_sales_channels", Prefetch("variations", _variations()))
        .order_by("position", "pk")
    )


def variations_of(item: Item) -> QuerySet[ItemVariation]:
    """An item's variations in the order of sale, with what a list shows of them."""
    return _variations().filter(item=item).select_related("item")


def _variations() -> QuerySet[ItemVariation]:
    # The item is not joined: whoever has the variations has it, and Django hands it on.
    rows = ItemVariation.objects.prefetch_related("limit_sales_channels")
    return rows.order_by("position", "pk")


def subevents_of(event: Event) -> QuerySet[SubEvent]:
    """The dates of a series by date, with their own prices."""
    return _dates(SubEvent.objects.filter(event=event))


def subevents_in(events: QuerySet[Event]) -> QuerySet[SubEvent]:
    """The dates of several series by date, each with its event and its own prices."""
    return _dates(SubEvent.objects.filter(event__in=events.values("pk")).select_related("event"))


def _dates(rows: QuerySet[SubEvent]) -> QuerySet[SubEvent]:
    return rows.prefetch_related(
        Prefetch("item_overrides", SubEventItem.objects.order_by("item_id")),
        Prefetch("variation_overrides", SubEventItemVariation.objects.order_by("variation_id")),
    ).order_by("date_from", "pk")


def quotas_of(event: Event) -> QuerySet[Quota]:
    """The event's quotas in the order they were made, with what they hold in the order of sale."""
    by_category = F("category__position").asc(nulls_first=True)
    items = Item.objects.order_by(by_category, "category", "position", "pk")
    by_category = F("item__category__position").asc(nulls_first=True)
    variations = ItemVariation.objects.order_by(
        by_category, "item__category", "item__position", "item", "position", "pk"
    )
    return (
        Quota.objects.filter(event=event)
        .prefetch_related(Prefetch("items", items), Prefetch("variations", variations))
        .order_by("pk")
    )


def questions_of(event: Event) -> QuerySet[Question]:
    """The event's questions in their order, with items and options."""
    options = QuestionOption.objects.order_by("position", "pk")
    return (
        Question.objects.filter(event=event)
        .prefetch_related("items", Prefetch("options", options))
        .order_by("position", "pk")
    )


def free_slug(organizer: Organizer, base: str) -> str:
    """Return a slug that no event of the organizer has: the base, or with a number behind."""
    existing = set(organizer.events.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 2
    slug = base
    while slug in existing:
        slug, number = f"{base}-{number}", number + 1
    return slug
