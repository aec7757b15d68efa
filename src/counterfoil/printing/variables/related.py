"""Related rows of tickets, fetched for many tickets at once."""

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
    """An answer with the selected options as ``choices`` and the name of a stored ``file``."""

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
    result: dict[int, list[Addon]] = defaultdict(list)
    columns = ("addon_to_id", "item__name", "variation__value", "price", "is_bundled")
    for parent, *rest in addons.order_by("positionid", "pk").values_list(*columns):
        result[parent].append(Addon(*rest))
    return result


def _first_scans(positions: Sequence[int]) -> Mapping[int, datetime]:
    entered = entries().filter(position__in=positions)
    return dict(
        entered.values("position").annotate(first=Min("datetime")).values_list("position", "first")
    )


def _answers(positions: Sequence[int]) -> Mapping[int, dict[int, Answer]]:
    result: dict[int, dict[int, Answer]] = defaultdict(dict)
    answers = QuestionAnswer.objects.filter(position__in=positions)
    for each in answers.prefetch_related("options"):
        choices = sorted(each.options.all(), key=lambda option: (option.position, option.pk))
        result[each.position_id][each.question_id] = Answer(
            each.answer, tuple(option.answer for option in choices), each.file
        )
    return result


ADDONS = RelatedColumn("addons", _addons)
CHECKED_IN_ADDONS = RelatedColumn("checked_in_addons", _checked_in_addons)
FIRST_SCAN = RelatedColumn("first_scan", _first_scans)
ANSWERS = RelatedColumn("answers", _answers)
