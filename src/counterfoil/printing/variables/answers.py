"""Variables of the questions that an event asks: ``question_<identifier>``, or its old number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from functools import partial

from django.utils import translation
from django.utils.translation import gettext

from counterfoil.catalog.models import Event, Question
from counterfoil.catalog.questions import CHOICES
from counterfoil.core.translated import resolve
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import PictureVariable, TicketVariable, Variable
from counterfoil.printing.variables.related import ANSWERS, Answer

Type = Question.Type

_SAMPLES: dict[str, tuple[str, str]] = {
    Type.BOOLEAN: ("Yes", "Yes"),
    Type.DATE: ("2027-05-31", "2027-12-30"),
    Type.TIME: ("19:00", "10:30 p.m."),
    Type.DATETIME: ("2027-05-31 19:00", "2027-12-30 10:30 p.m."),
    Type.COUNTRY: ("Germany", "United States Minor Outlying Islands"),
    Type.PHONE: ("+49 89 1234567", "+49 1512 34567890123"),
    Type.NUMBER: ("42", "1000000"),
}
_TEXT_SAMPLE = ("Vegetarian", "Vegetarian, no nuts, and please a chair near the exit")


def question_variables(event: Event) -> Iterator[Variable]:
    """List each question's variable twice: by identifier, and by the number of old layouts."""
    for question in event.questions.prefetch_related("options").order_by("position", "pk"):
        for name in (question.identifier, str(question.pk)):
            yield _variable(f"question_{name}", question, event)


def _variable(key: str, question: Question, event: Event) -> Variable:
    label = resolve(question.question, event.locale)
    if question.type == Type.FILE:
        return PictureVariable(
            key=key,
            label=label,
            sample="",
            columns=(ANSWERS,),
            find=partial(_file, question.pk),
        )
    sample, longest = _samples(question, event)
    return TicketVariable(
        key=key,
        label=label,
        sample=sample,
        longest=longest,
        columns=(ANSWERS,),
        evaluate=partial(_evaluate, question.pk, question.type),
        inherits=True,
    )


def _samples(question: Question, event: Event) -> tuple[str, str]:
    options = [resolve(option.answer, event.locale) for option in question.options.all()]
    if question.type in CHOICES and options:
        longest = ", ".join(options) if question.type == Type.CHOICES else max(options, key=len)
        return options[0], longest
    return _SAMPLES.get(question.type, _TEXT_SAMPLE)


def _evaluate(
    question: int, kind: str, formatter: Formatter, answers: Mapping[int, Answer] | None
) -> str:
    answer = (answers or {}).get(question)
    return _write(kind, answer, formatter) if answer else ""


def _file(question: int, answers: Mapping[int, Answer] | None) -> str | None:
    answer = (answers or {}).get(question)
    return answer.file if answer else None


def _write(kind: str, answer: Answer, formatter: Formatter) -> str:
    """Write an answer the way its question's kind is written.

    Raises:
        ValueError: what is stored is not of that kind.
    """
    if kind in CHOICES and answer.choices:
        return ", ".join(formatter.text(choice) for choice in answer.choices)
    write = _WRITERS.get(kind)
    return write(answer.text, formatter) if write and answer.text else answer.text


def _boolean(text: str, formatter: Formatter) -> str:
    with translation.override(formatter.code):
        return gettext("Yes") if text.lower() == "true" else gettext("No")


_WRITERS: dict[str, Callable[[str, Formatter], str]] = {
    Type.BOOLEAN: _boolean,
    Type.DATE: lambda text, formatter: formatter.day(date.fromisoformat(text)),
    Type.TIME: lambda text, formatter: formatter.clock(time.fromisoformat(text)),
    Type.DATETIME: lambda text, formatter: formatter.short_datetime(datetime.fromisoformat(text)),
    Type.COUNTRY: lambda text, formatter: formatter.country(text),
    Type.PHONE: lambda text, formatter: formatter.phone(text),
}
