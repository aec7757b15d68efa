"""Answers to an event's questions, in the one form in which they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from counterfoil.catalog.models import Question, QuestionOption

_FILE, _CHOICE, _CHOICES = "F", "C", "M"


class AnswerUnreadable(Exception):
    """The text is no answer to this kind of question, in words for who sent it."""


def normal_answer(question: Question, text: str, options: Sequence[QuestionOption]) -> str:
    """Return the text to keep: as given for free text, in one form for all other kinds.

    Raises:
        AnswerUnreadable: it is no answer to this kind of question.
    """
    if question.type == _FILE:
        raise AnswerUnreadable(_("Files cannot be sent with an order."))
    if question.type in (_CHOICE, _CHOICES):
        return _chosen(question, options)
    form = _FORMS.get(question.type)
    if form is None:
        return text
    read, wanted = form
    try:
        return read(text)
    except (ValueError, KeyError, InvalidOperation):
        raise AnswerUnreadable(_(wanted)) from None


def _chosen(question: Question, options: Sequence[QuestionOption]) -> str:
    if not options or (question.type == _CHOICE and len(options) > 1):
        raise AnswerUnreadable(_("Choose one of the options of this question."))
    return ", ".join(str(option) for option in options)


def _yes_or_no(text: str) -> str:
    return _WORDS[text.lower()]


def _number(text: str) -> str:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return text


_WORDS = {
    "true": "True",
    "yes": "True",
    "1": "True",
    "false": "False",
    "no": "False",
    "0": "False",
}
_FORMS: dict[str, tuple[Callable[[str], str], str]] = {
    "N": (_number, gettext_noop("This must be a number.")),
    "B": (_yes_or_no, gettext_noop("This must be true or false.")),
    "D": (
        lambda text: date.fromisoformat(text).isoformat(),
        gettext_noop("This must be a date like 2027-06-12."),
    ),
    "H": (
        lambda text: time.fromisoformat(text).isoformat(),
        gettext_noop("This must be a time like 19:30."),
    ),
    "W": (
        lambda text: datetime.fromisoformat(text).isoformat(),
        gettext_noop("This must be a time like 2027-06-12T19:30:00Z."),
    ),
}
