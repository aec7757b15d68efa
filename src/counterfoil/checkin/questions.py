"""Questions that are asked at the gate, and the answers that come back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from django.db.models import Prefetch

from counterfoil.catalog.models import Question, QuestionOption
from counterfoil.orders.models import OrderPosition, QuestionAnswer


class Unreadable(Exception):
    """An answer that is not of its question's type."""


def to_ask(position: OrderPosition, given: Mapping[str, str]) -> list[Question]:
    """Return the questions that are still open: neither answered before nor in ``given``.

    An empty answer settles a question that is not required. An answer that cannot be read leaves
    its question open, so that the app asks again.
    """
    asked = _asked_of(position)
    if not asked:
        return []
    stored = {answer.question_id: answer for answer in position.answers.prefetch_related("options")}
    return [
        question
        for question in asked
        if question.pk not in stored
        and not _settled(question, given.get(str(question.pk)))
        and _applies(question, stored, given)
    ]


def store(position: OrderPosition, given: Mapping[str, str]) -> None:
    """Keep the readable answers to questions of this ticket; an empty one removes an old one."""
    asked = _asked_of(position) if given else []
    for question in asked:
        text = given.get(str(question.pk))
        if text is not None and not text.strip():
            position.answers.filter(question=question).delete()
        elif text is not None:
            with suppress(Unreadable):  # reported by force: what cannot be read cannot be kept
                _store(position, question, *_read(question, text))


def _store(
    position: OrderPosition, question: Question, text: str, options: Sequence[QuestionOption]
) -> None:
    answer, _created = QuestionAnswer.objects.update_or_create(
        position=position, question=question, defaults={"answer": text}
    )
    answer.options.set(options)


def _applies(
    question: Question, stored: Mapping[int, QuestionAnswer], given: Mapping[str, str]
) -> bool:
    """Tell whether a question that depends on another one's answer is to be asked."""
    parent = question.carried.get("dependency_question")
    if parent is None:
        return True
    wanted = {str(value) for value in question.carried.get("dependency_values") or ()}
    told = {part.strip() for part in given.get(str(parent), "").split(",")}
    told |= {
        option.identifier
        for option in QuestionOption.objects.filter(
            question=parent, pk__in=[part for part in told if part.isascii() and part.isdecimal()]
        )
    }
    if parent in stored:
        told |= {stored[parent].answer, *(o.identifier for o in stored[parent].options.all())}
    return bool(wanted & told) or bool(wanted & {part.capitalize() for part in told})


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
    except Unreadable:
        return False
    return not (question.required and question.type == "B" and written != "True")


def _read(question: Question, text: str) -> tuple[str, Sequence[QuestionOption]]:
    """Return the answer as it is stored, and the options it chooses.

    Raises:
        Unreadable: it is not of the question's type.
    """
    if question.type in ("C", "M"):
        options = _options(question, text)
        return ", ".join(str(option) for option in options), options
    try:
        return _READERS.get(question.type, str.strip)(text), ()
    except (ValueError, InvalidOperation):
        raise Unreadable(question.type) from None


def _options(question: Question, text: str) -> list[QuestionOption]:
    wanted = [part.strip() for part in text.split(",")]
    known = {key: o for o in question.options.all() for key in (str(o.pk), o.identifier)}
    chosen = [known[key] for key in wanted if key in known]
    if len(chosen) != len(wanted) or (question.type == "C" and len(chosen) != 1):
        raise Unreadable(text)
    return chosen


def _number(text: str) -> str:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return str(number)


def _boolean(text: str) -> str:
    return "True" if text.strip().lower() in ("true", "1") else "False"


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text.strip()):
        raise ValueError(text)
    return text.strip().upper()


def _file(text: str) -> str:
    raise ValueError("A gate takes no files.")


_READERS = {
    "N": _number,
    "B": _boolean,
    "D": lambda text: date.fromisoformat(text).isoformat(),
    "H": lambda text: time.fromisoformat(text).isoformat(),
    "W": _moment,
    "CC": _country,
    "F": _file,
}
