"""Questions that orders may carry answers to: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from counterfoil.catalog import saving
from counterfoil.catalog.models import Question, QuestionOption
from counterfoil.core import alphabets
from counterfoil.core.refusals import Invalid

#: Types whose answers are chosen from a list.
CHOICES = frozenset({Question.Type.CHOICE, Question.Type.CHOICES})


@transaction.atomic
def save_question(
    *,
    question: Question,
    fields: Mapping[str, Any],
    options: Sequence[Mapping[str, Any]] | None = None,
) -> Question:
    """Write a question. A list of options replaces those that were there; None leaves them.

    Raises:
        Invalid: its identifier is taken, or it has options and is not a choice.
    """
    saving.one_at_a_time(question.event)
    given = {"identifier": question.identifier or _drawn_identifier(), **fields}
    others = question.event.questions.exclude(pk=question.pk)
    if others.filter(identifier=given["identifier"]).exists():
        raise Invalid({"identifier": [_("There is a question with this identifier already.")]})
    if options and given.get("type", question.type) not in CHOICES:
        raise Invalid({"options": [_("Only a choice has options.")]})
    saving.write(question, saving.merge_extra(question, given))
    if options is not None:
        _replace_options(question, options)
    return question


def _replace_options(question: Question, options: Sequence[Mapping[str, Any]]) -> None:
    named = [option["identifier"] for option in options if option.get("identifier")]
    if len(set(named)) < len(named):
        raise Invalid({"options": [_("Two options have the same identifier.")]})
    kept = {option.identifier: option for option in question.options.all()}
    for identifier in kept.keys() - set(named):
        kept[identifier].delete()
    for position, given in enumerate(options):
        option = kept.get(given.get("identifier") or "") or QuestionOption(question=question)
        defaults = {"identifier": _drawn_identifier(), "position": position}
        if option.pk:
            defaults = {}
        saving.write(option, {**defaults, **{k: v for k, v in given.items() if v is not None}})


def _drawn_identifier() -> str:
    return get_random_string(8, alphabets.READ)
