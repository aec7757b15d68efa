"""Questions to answer at check-in, and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from django.db.models import Prefetch

from counterfoil.catalog.models import Question, QuestionOption
from counterfoil.catalog.questions import CHOICES
from counterfoil.orders.answers import YES, AnswerUnreadable, normal_answer
from counterfoil.orders.models import OrderPosition, QuestionAnswer


def pending_questions(position: OrderPosition, answers: Mapping[str, str]) -> list[Question]:
    """Return the open questions: neither answered before nor in ``answers``.

    An empty answer settles an optional question. An invalid answer leaves its question open, so
    that the app asks again.
    """
    questions = _questions_of(position)
    if not questions:
        return []
    stored = {answer.question_id: answer for answer in position.answers.prefetch_related("options")}
    values = {pk: _values(answer.answer, answer.options.all()) for pk, answer in stored.items()}
    for question in questions:
        with suppress(KeyError, AnswerUnreadable):
            values[question.pk] = _values(*_read(question, answers[str(question.pk)]))
    return [
        question
        for question in questions
        if question.pk not in stored
        and not _settled(question, answers.get(str(question.pk)))
        and _applies(question, values)
    ]


def store(position: OrderPosition, answers: Mapping[str, str]) -> None:
    """Store the valid answers to questions of a ticket; an empty one deletes an earlier one."""
    questions = _questions_of(position) if answers else []
    for question in questions:
        text = answers.get(str(question.pk))
        if text is not None and not text.strip():
            position.answers.filter(question=question).delete()
        elif text is not None:
            with suppress(AnswerUnreadable):  # a forced scan may have invalid answers
                _store(position, question, *_read(question, text))


def _store(
    position: OrderPosition, question: Question, text: str, options: Sequence[QuestionOption]
) -> None:
    answer, _created = QuestionAnswer.objects.update_or_create(
        position=position, question=question, defaults={"answer": text}
    )
    answer.options.set(options)


def _values(text: str, options: Iterable[QuestionOption]) -> set[str]:
    """Return the values by which a dependent question may name this answer."""
    return {text, *(option.identifier for option in options)}


def _applies(question: Question, values: Mapping[int, set[str]]) -> bool:
    """Return whether the answer that a question depends on was given."""
    parent = question.extra.get("dependency_question")
    required_values = question.extra.get("dependency_values") or ()
    return parent is None or not values.get(parent, set()).isdisjoint(map(str, required_values))


def _questions_of(position: OrderPosition) -> list[Question]:
    questions = Question.objects.filter(items=position.item_id, ask_during_checkin=True)
    options = QuestionOption.objects.order_by("position", "pk")
    return list(
        questions.prefetch_related(Prefetch("options", queryset=options)).order_by("position", "pk")
    )


def _settled(question: Question, text: str | None) -> bool:
    if text is None:
        return False
    if not text.strip():
        return not question.required
    try:
        written, _options = _read(question, text)
    except AnswerUnreadable:
        return False
    return not (question.required and question.type == Question.Type.BOOLEAN and written != YES)


def _read(question: Question, text: str) -> tuple[str, Sequence[QuestionOption]]:
    """Return the stored form of an answer, and the selected options.

    Raises:
        AnswerUnreadable: the answer does not match the type of the question.
    """
    options = _options(question, text) if question.type in CHOICES else ()
    return normal_answer(question, text, options), options


def _options(question: Question, text: str) -> list[QuestionOption]:
    options = {key: o for o in question.options.all() for key in (str(o.pk), o.identifier)}
    try:
        return [options[part.strip()] for part in text.split(",")]
    except KeyError:
        raise AnswerUnreadable(text) from None
