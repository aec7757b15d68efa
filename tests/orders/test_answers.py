from __future__ import annotations

import pytest

from counterfoil.catalog.models import Question, QuestionOption
from counterfoil.orders.answers import AnswerUnreadable, normal_answer
from makers import make_event


def _question(kind: str) -> Question:
    return Question(event=make_event(), identifier="Q", type=kind)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("S", "anything", "anything"),
        ("N", "1.50", "1.50"),
        ("B", "true", "True"),
        ("B", "no", "False"),
        ("D", "2027-06-12", "2027-06-12"),
        ("H", "19:30", "19:30:00"),
        ("W", "2027-06-12T19:30:00Z", "2027-06-12T19:30:00+00:00"),
    ],
)
def test_answers_are_kept_in_one_form(kind: str, sent: str, kept: str) -> None:
    assert normal_answer(_question(kind), sent, []) == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "sent"),
    [("N", "ten"), ("N", "NaN"), ("B", "maybe"), ("D", "12.6."), ("H", "late"), ("W", "x"),
     ("F", "file:1"), ("C", "Medium"), ("M", "")],
)  # fmt: skip
def test_what_is_no_answer_is_refused(kind: str, sent: str) -> None:
    with pytest.raises(AnswerUnreadable):
        normal_answer(_question(kind), sent, [])


@pytest.mark.django_db
def test_of_one_choice_there_is_one() -> None:
    question = _question("C")
    two = [QuestionOption(question=question, answer={"en": name}) for name in ("Red", "Blue")]

    with pytest.raises(AnswerUnreadable):
        normal_answer(question, "", two)
    question.type = "M"

    assert normal_answer(question, "", two) == "Red, Blue"
