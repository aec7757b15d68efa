"""Normalize answers to the questions of an event, for orders and for check-in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from counterfoil.catalog.models import Question, QuestionOption
from counterfoil.catalog.questions import CHOICES

Type = Question.Type

YES, NO = "True", "False"
_WORDS = {"true": YES, "yes": YES, "1": YES, "false": NO, "no": NO, "0": NO}
_COUNTRY = re.compile("[A-Za-z]{2}")


class AnswerUnreadable(Exception):
    """The text does not match the type of the question. The message is for the client."""


def normal_answer(question: Question, text: str, options: Sequence[QuestionOption]) -> str:
    """Return the text to store: unchanged for free text, normalized for other types.

    Raises:
        AnswerUnreadable: the text does not match the type of the question.
    """
    if question.type in CHOICES:
        return _chosen(question, options)
    form = _READERS.get(question.type)
    if form is None:
        return text.strip()
    read, message = form
    try:
        return read(text.strip())
    except (ValueError, KeyError, InvalidOperation):
        raise AnswerUnreadable(_(message)) from None


def _chosen(question: Question, options: Sequence[QuestionOption]) -> str:
    if not options or (question.type == Type.CHOICE and len(options) > 1):
        raise AnswerUnreadable(_("Select one of the options of this question."))
    return ", ".join(str(option) for option in options)


def _number(text: str) -> str:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return str(number)


def _country(text: str) -> str:
    if not _COUNTRY.fullmatch(text):
        raise ValueError(text)
    return text.upper()


def _file(text: str) -> str:
    raise ValueError(text)


_READERS: dict[str, tuple[Callable[[str], str], str]] = {
    Type.NUMBER: (_number, gettext_noop("This must be a number.")),
    Type.BOOLEAN: (
        lambda text: _WORDS[text.lower()],
        gettext_noop("This must be true or false."),
    ),
    Type.DATE: (
        lambda text: date.fromisoformat(text).isoformat(),
        gettext_noop("This must be a date like 2027-06-12."),
    ),
    Type.TIME: (
        lambda text: time.fromisoformat(text).isoformat(),
        gettext_noop("This must be a time like 19:30."),
    ),
    Type.DATETIME: (
        lambda text: datetime.fromisoformat(text).isoformat(),
        gettext_noop("This must be a time like 2027-06-12T19:30:00Z."),
    ),
    Type.COUNTRY: (_country, gettext_noop("This must be the two letters of a country, like DE.")),
    Type.FILE: (_file, gettext_noop("Files cannot be sent with an order.")),
}
