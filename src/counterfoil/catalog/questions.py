"""Questions that orders may carry answers to: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from counterfoil.catalog import saving
from counterfoil.catalog.models import Question, QuestionOption
from counterfoil.core import characters
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
    values = {"identifier": question.identifier or _random_identifier(), **fields}
    others = question.event.questions.exclude(pk=question.pk)
    if others.filter(identifier=values["identifier"]).exists():
        raise Invalid({"identifier": [_("There is a question with this identifier already.")]})
    if options and values.get("type", question.type) not in CHOICES:
        raise Invalid({"options": [_("Only a choice has options.")]})
    saving.write(question, saving.merge_extra(question, values))
    if options is not None:
        _replace_options(question, options)
    return question


def _replace_options(question: Question, options: Sequence[Mapping[str, Any]]) -> None:
    identifiers = [option["identifier"] for option in options if option.get("identifier")]
    if len(set(identifiers)) < len(identifiers):
        raise Invalid({"options": [_("Two options have the same identifier.")]})
    existing = {option.identifier: option for option in question.options.all()}
    for identifier in existing.keys() - set(identifiers):
        existing[identifier].delete()
    for position, fields in enumerate(options):
        option = existing.get(fields.get("identifier") or "") or QuestionOption(question=question)
        defaults = {"identifier": _random_identifier(), "position": position}
        if option.pk:
            defaults = {}
        saving.write(option, {**defaults, **{k: v for k, v in fields.items() if v is not None}})


def _random_identifier() -> str:
    return get_random_string(8, characters.READ)
