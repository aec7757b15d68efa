"""Questions that are asked at the gate, and the answers that come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from django.db.models import Prefetch

from counterfoil.catalog.models import Question, QuestionOption
from counterfoil.catalog.questions import CHOICES
from counterfoil.orders.answers import YES, AnswerUnreadable, normal_answer
from counterfoil.orders.models import OrderPosition, QuestionAnswer


def pending_questions(position: OrderPosition, given: Mapping[str, str]) -> list[Question]:
    """Return the questions that are still open: neither answered before nor in ``given``.

    An empty answer settles a question that is not required. An answer that cannot be read leaves
    its question open, so that the app asks again.
    """
    asked = _asked_of(position)
    if not asked:
        return []
    stored = {answer.question_id: answer for answer in position.answers.prefetch_related("options")}
    told = {pk: _words(answer.answer, answer.options.all()) for pk, answer in stored.items()}
    for question in asked:
        with suppress(KeyError, AnswerUnreadable):
            told[question.pk] = _words(*_read(question, given[str(question.pk)]))
    return [
        question
        for question in asked
        if question.pk not in stored
        and not _settled(question, given.get(str(question.pk)))
        and _applies(question, told)
    ]


def store(position: OrderPosition, given: Mapping[str, str]) -> None:
    """Keep the readable answers to questions of this ticket; an empty one removes an old one."""
    asked = _asked_of(position) if given else []
    for question in asked:
        text = given.get(str(question.pk))
        if text is not None and not text.strip():
            position.answers.filter(question=question).delete()
        elif text is not None:
            with suppress(AnswerUnreadable):  # by force: what cannot be read cannot be kept
                _store(position, question, *_read(question, text))


def _store(
    position: OrderPosition, question: Question, text: str, options: Sequence[QuestionOption]
) -> None:
    answer, _created = QuestionAnswer.objects.update_or_create(
        position=position, question=question, defaults={"answer": text}
    )
    answer.options.set(options)


def _words(text: str, options: Iterable[QuestionOption]) -> set[str]:
    """Return what a question that depends on this answer may call it."""
    return {text, *(option.identifier for option in options)}


def _applies(question: Question, told: Mapping[int, set[str]]) -> bool:
    """Tell whether a question that depends on another one's answer is to be asked."""
    parent = question.extra.get("dependency_question")
    wanted = question.extra.get("dependency_values") or ()
    return parent is None or not told.get(parent, set()).isdisjoint(map(str, wanted))


def _asked_of(position: OrderPosition) -> list[Question]:
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
    """Return the answer as it is stored, and the options it chooses.

    Raises:
        AnswerUnreadable: it is not of the question's type.
    """
    options = _options(question, text) if question.type in CHOICES else ()
    return normal_answer(question, text, options), options


def _options(question: Question, text: str) -> list[QuestionOption]:
    known = {key: o for o in question.options.all() for key in (str(o.pk), o.identifier)}
    try:
        return [known[part.strip()] for part in text.split(",")]
    except KeyError:
        raise AnswerUnreadable(text) from None
