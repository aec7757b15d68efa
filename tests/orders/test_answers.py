from __future__ import annotations

from contextlib import nullcontext

import pytest

from answer_cases import ANSWER_CASES
from counterfoil.catalog.models import Question, QuestionOption
from counterfoil.orders.answers import AnswerUnreadable, normal_answer
from makers import make_event


def _question(kind: str) -> Question:
    return Question(event=make_event(), identifier="Q", type=kind)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "sent", "kept"), ANSWER_CASES)
def test_an_answer_is_kept_in_one_form_or_refused(kind: str, sent: str, kept: str | None) -> None:
    expected = pytest.raises(AnswerUnreadable) if kept is None else nullcontext()

    with expected:
        assert normal_answer(_question(kind), sent, []) == kept


@pytest.mark.django_db
def test_of_one_choice_there_is_one() -> None:
    question = _question("C")
    two = [QuestionOption(question=question, answer={"en": name}) for name in ("Red", "Blue")]

    with pytest.raises(AnswerUnreadable):
        normal_answer(question, "", two)
    question.type = "M"

    assert normal_answer(question, "", two) == "Red, Blue"
