"""Rows of other tables that belong to a ticket, read for many tickets at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, Min, OuterRef, QuerySet

from counterfoil.checkin.queries import entries
from counterfoil.core.translated import Translated
from counterfoil.orders.models import OrderPosition, QuestionAnswer
from counterfoil.printing.variables.kinds import RelatedColumn


@dataclass(frozen=True, slots=True)
class Addon:
    """An add-on that was not cancelled."""

    name: Translated
    variation: Translated | None
    price: Decimal
    is_bundled: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; ``choices`` are the options that were chosen, ``file`` a stored name."""

    text: str
    choices: tuple[Translated, ...]
    file: str | None


def _addons(positions: Sequence[int]) -> Mapping[int, list[Addon]]:
    return _grouped(_live_addons(positions))


def _checked_in_addons(positions: Sequence[int]) -> Mapping[int, list[Addon]]:
    return _grouped(
        _live_addons(positions).filter(Exists(entries().filter(position=OuterRef("pk"))))
    )


def _live_addons(positions: Sequence[int]) -> QuerySet[OrderPosition]:
    return OrderPosition.objects.filter(addon_to__in=positions, canceled=False)


def _grouped(addons: QuerySet[OrderPosition]) -> Mapping[int, list[Addon]]:
    found: dict[int, list[Addon]] = defaultdict(list)
    columns = ("addon_to_id", "item__name", "variation__value", "price", "is_bundled")
    for parent, *rest in addons.order_by("positionid", "pk").values_list(*columns):
        found[parent].append(Addon(*rest))
    return found


def _first_scans(positions: Sequence[int]) -> Mapping[int, datetime]:
    entered = entries().filter(position__in=positions)
    return dict(
        entered.values("position").annotate(first=Min("datetime")).values_list("position", "first")
    )


def _answers(positions: Sequence[int]) -> Mapping[int, dict[int, Answer]]:
    found: dict[int, dict[int, Answer]] = defaultdict(dict)
    answers = QuestionAnswer.objects.filter(position__in=positions)
    for each in answers.prefetch_related("options"):
        choices = sorted(each.options.all(), key=lambda option: (option.position, option.pk))
        found[each.position_id][each.question_id] = Answer(
            each.answer, tuple(option.answer for option in choices), each.file
        )
    return found


ADDONS = RelatedColumn("addons", _addons)
CHECKED_IN_ADDONS = RelatedColumn("checked_in_addons", _checked_in_addons)
FIRST_SCAN = RelatedColumn("first_scan", _first_scans)
ANSWERS = RelatedColumn("answers", _answers)
