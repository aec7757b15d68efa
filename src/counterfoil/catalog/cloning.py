"""Makes a new event like another one: all that was set up in it, and nothing that was sold.

The dates of a series are not copied, nor what belongs to one of them (quotas, check-in lists): a
new series has dates of its own.

Rooms above the catalog register what they copy (``AppConfig.ready``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from counterfoil.catalog import saving, services
from counterfoil.catalog.models import (
    Event,
    Item,
    ItemCategory,
    ItemVariation,
    NumberAssignment,
    Question,
    QuestionOption,
    Quota,
    TaxRule,
)

M = TypeVar("M", bound=Model)

#: Columns of the event that the new one has too, unless it is given others.
_COLUMNS = (
    "testmode",
    "currency",
    "timezone",
    "locale",
    "locales",
    "region",
    "is_public",
    "has_subevents",
    "meta_data",
    "item_meta_properties",
    "plugins",
    "settings",
)


@dataclass(frozen=True)
class Clone:
    """An event that is being copied: where from, where to, and what has become of each row."""

    source: Event
    event: Event
    ids: dict[type[Model], dict[int, int]] = field(default_factory=dict)

    def copy(self, rows: Iterable[M], **changed: Any) -> list[M]:
        """Copy rows of one kind, and remember which row became which.

        References to what was copied before become references to its copies. ``changed`` are
        columns that get other values.
        """
        old = list(rows)
        new = [self._copied(row, changed) for row in old]
        for row, copy in zip(old, _inserted(new), strict=True):
            self.ids.setdefault(type(row), {})[row.pk] = copy.pk
        return new

    def link(self, kind: type[Model], name: str) -> None:
        """Copy what the rows of a kind, copied before, hold of others: many to many."""
        relation: Any = kind._meta.get_field(name)
        owner, linked = (
            f"{relation.m2m_field_name()}_id",
            f"{relation.m2m_reverse_field_name()}_id",
        )
        through = relation.remote_field.through
        owners = self.ids.get(kind, {})
        others = self.ids.get(relation.related_model)
        pairs = through.objects.filter(**{f"{owner}__in": list(owners)}).order_by("pk")
        through.objects.bulk_create(
            through(**{owner: owners[mine], linked: others[theirs] if others else theirs})
            for mine, theirs in pairs.values_list(owner, linked)
            if others is None or theirs in others
        )

    def id_of(self, kind: type[Model], pk: Any) -> int | None:
        """Return the id of the copy of a row; None if there is none."""
        new_ids = self.ids.get(kind, {})
        return new_ids.get(int(pk)) if str(pk).isdecimal() else None

    def _copied(self, row: M, changed: Mapping[str, Any]) -> M:
        values: dict[str, Any] = {}
        for column in row._meta.concrete_fields:
            if not column.primary_key:
                value = getattr(row, column.attname)
                related: Any = column.related_model
                values[column.attname] = (
                    self.event.pk
                    if related is Event
                    else self.ids.get(related, {}).get(value, value)
                    if related is not None
                    else value
                )
        return type(row)(**{**values, **changed})


Copier = Callable[[Clone], None]

_copiers: list[Copier] = []


def register(copier: Copier) -> None:
    """Have a room's part of an event copied too, after the catalog's."""
    if copier not in _copiers:
        _copiers.append(copier)


@transaction.atomic
def clone_event(*, source: Event, fields: Mapping[str, Any]) -> Event:
    """Make an event like another of the same organizer. ``fields`` are its own.

    It is not live, and nothing is sold in it. Name, short form and dates are never the source's.

    Raises:
        Invalid: see ``services.create_event``.
        Gone: somebody has deleted the source.
    """
    saving.one_at_a_time(source)
    columns = {name: getattr(source, name) for name in _COLUMNS}
    if not {"all_sales_channels", "limit_sales_channels"} & fields.keys():
        columns["all_sales_channels"] = source.all_sales_channels
        columns["limit_sales_channels"] = list(source.limit_sales_channels.all())
    event = services.create_event(organizer=source.organizer, fields={**columns, **fields})
    clone = Clone(source, event)
    _copy_products(clone)
    _copy_questions(clone)
    for copier in _copiers:
        copier(clone)
    return event


def _copy_products(clone: Clone) -> None:
    source = clone.source
    clone.copy(TaxRule.objects.filter(event=source).order_by("pk"))
    categories = clone.copy(ItemCategory.objects.filter(event=source).order_by("pk"))
    items = clone.copy(Item.objects.filter(event=source).order_by("pk"))
    clone.link(Item, "limit_sales_channels")
    clone.copy(ItemVariation.objects.filter(item__event=source).order_by("pk"))
    clone.link(ItemVariation, "limit_sales_channels")
    clone.copy(NumberAssignment.objects.filter(item__event=source).order_by("pk"))
    if not clone.event.has_subevents:
        quotas = Quota.objects.filter(event=source, subevent=None).order_by("pk")
        clone.copy(quotas, closed=False)
        clone.link(Quota, "items")
        clone.link(Quota, "variations")
    for item in items:
        item.extra = {**item.extra, **_extra_ids(clone, item.extra)}
    Item.objects.bulk_update(items, ["extra"])
    for category in categories:
        matched = category.extra.get("cross_selling_match_products", ())
        copies = [clone.id_of(Item, pk) for pk in matched]
        if matched:
            category.extra = {**category.extra, "cross_selling_match_products": copies}
    ItemCategory.objects.bulk_update(categories, ["extra"])


def _extra_ids(clone: Clone, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an item's carried attributes names rows of the event."""
    hiding: dict[str, type[Model]] = {
        "hidden_if_available": Quota,
        "hidden_if_item_available": Item,
    }
    ids: dict[str, Any] = {**_copies(clone, extra, hiding)}
    inside: dict[str, dict[str, type[Model]]] = {
        "addons": {"addon_category": ItemCategory},
        "bundles": {"bundled_item": Item, "bundled_variation": ItemVariation},
    }
    for name, keys in inside.items():
        if name in extra:
            ids[name] = [{**entry, **_copies(clone, entry, keys)} for entry in extra[name]]
    return ids


def _copies(
    clone: Clone, rows_by_name: Mapping[str, Any], kinds: Mapping[str, type[Model]]
) -> dict[str, int | None]:
    return {
        name: clone.id_of(kinds[name], rows_by_name[name]) for name in kinds if name in rows_by_name
    }


def _copy_questions(clone: Clone) -> None:
    questions = clone.copy(Question.objects.filter(event=clone.source).order_by("pk"))
    clone.link(Question, "items")
    clone.copy(QuestionOption.objects.filter(question__event=clone.source).order_by("pk"))
    for question in questions:
        if "dependency_question" in question.extra:
            dependency = clone.id_of(Question, question.extra["dependency_question"])
            question.extra = {**question.extra, "dependency_question": dependency}
    Question.objects.bulk_update(questions, ["extra"])


def _inserted(rows: list[M]) -> list[M]:
    if not rows:
        return []
    return type(rows[0])._default_manager.bulk_create(rows)
