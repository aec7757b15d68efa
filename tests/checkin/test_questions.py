"""Questions that are asked at the gate."""

from __future__ import annotations

from typing import Any

import pytest

from answer_cases import ANSWER_CASES
from counterfoil.catalog.models import Question, QuestionOption
from gate import Gate


def ask(gate: Gate, **given: Any) -> Question:
    options = given.pop("options", ())
    number = Question.objects.count()
    question = Question.objects.create(
        event=gate.event,
        **{
            "identifier": f"Q{number}",
            "question": {"en": "Which shirt?"},
            "type": "S",
            "ask_during_checkin": True,
            **given,
        },
    )
    question.items.add(gate.item)
    for position, identifier in enumerate(options):
        QuestionOption.objects.create(
            question=question,
            identifier=identifier,
            answer={"en": identifier.lower()},
            position=position,
        )
    return question


def test_an_open_question_comes_before_the_entry(gate: Gate) -> None:
    question = ask(gate)

    outcome = gate.scan(gate.ticket())

    assert outcome.questions == [question]
    assert not outcome.admitted
    assert gate.admitted() == 0


def test_an_answer_opens_the_gate_and_is_kept(gate: Gate) -> None:
    question = ask(gate)
    ticket = gate.ticket()

    assert gate.scan(ticket, answers={str(question.pk): "M"}).admitted
    assert ticket.answers.get().answer == "M"


def test_a_question_that_was_answered_before_is_not_asked(gate: Gate) -> None:
    question = ask(gate)
    ticket = gate.ticket()
    ticket.answers.create(question=question, answer="L")

    assert gate.scan(ticket).admitted


@pytest.mark.parametrize(("required", "admitted"), [(False, True), (True, False)])
def test_an_empty_answer_settles_what_is_not_required(
    gate: Gate, required: bool, admitted: bool
) -> None:
    question = ask(gate, required=required)

    assert gate.scan(gate.ticket(), answers={str(question.pk): ""}).admitted is admitted


def test_questions_of_other_products_and_of_the_shop_are_not_asked(gate: Gate) -> None:
    ask(gate).items.clear()
    ask(gate, ask_during_checkin=False)

    assert gate.scan(gate.ticket()).admitted


@pytest.mark.parametrize("how", [{"questions_supported": False}, {"force": True}])
def test_a_scanner_that_cannot_ask_is_not_held_up(gate: Gate, how: dict[str, bool]) -> None:
    ask(gate, required=True)

    assert gate.scan(gate.ticket(), **how).admitted


def test_nobody_is_asked_on_the_way_out(gate: Gate) -> None:
    ask(gate, required=True)

    assert gate.scan(gate.ticket(), type="exit").admitted


@pytest.mark.parametrize(("kind", "given", "kept"), ANSWER_CASES)
def test_an_answer_is_read_as_orders_read_it(
    gate: Gate, kind: str, given: str, kept: str | None
) -> None:
    question = ask(gate, type=kind)
    ticket = gate.ticket()

    gate.scan(ticket, answers={str(question.pk): given})

    assert ticket.answers.values_list("answer", flat=True).first() == kept


def test_a_required_box_must_be_ticked(gate: Gate) -> None:
    question = ask(gate, type="B", required=True)

    assert not gate.scan(gate.ticket(), answers={str(question.pk): "false"}).admitted


def test_choices_are_named_by_id_or_identifier(gate: Gate) -> None:
    question = ask(gate, type="M", options=("RED", "BLUE"))
    ticket = gate.ticket()
    red = question.options.get(identifier="RED")

    gate.scan(ticket, answers={str(question.pk): f"{red.pk}, BLUE"})

    answer = ticket.answers.get()
    assert answer.answer == "red, blue"
    assert set(answer.options.values_list("identifier", flat=True)) == {"RED", "BLUE"}


@pytest.mark.parametrize("given", ["GREEN", "RED,BLUE"])
def test_one_of_several_is_chosen(gate: Gate, given: str) -> None:
    question = ask(gate, type="C", options=("RED", "BLUE"))

    assert gate.scan(gate.ticket(), answers={str(question.pk): given}).questions == [question]


@pytest.mark.parametrize(("choice", "asked"), [("YES", True), ("NO", False)])
def test_a_question_may_depend_on_another_answer(gate: Gate, choice: str, asked: bool) -> None:
    wanted = ask(gate, type="C", options=("YES", "NO"))
    size = ask(gate, extra={"dependency_question": wanted.pk, "dependency_values": ["YES"]})

    outcome = gate.scan(gate.ticket(), answers={str(wanted.pk): choice})

    assert list(outcome.questions) == ([size] if asked else [])


@pytest.mark.parametrize(("given", "asked"), [("yes", True), ("no", False)])
def test_a_question_may_depend_on_a_ticked_box(gate: Gate, given: str, asked: bool) -> None:
    box = ask(gate, type="B")
    size = ask(gate, extra={"dependency_question": box.pk, "dependency_values": ["True"]})

    outcome = gate.scan(gate.ticket(), answers={str(box.pk): given})

    assert list(outcome.questions) == ([size] if asked else [])


def test_no_number_is_too_large_to_be_an_answer(gate: Gate) -> None:
    number = ask(gate, type="N")
    ask(gate, extra={"dependency_question": number.pk, "dependency_values": ["1"]})

    assert gate.scan(gate.ticket(), answers={str(number.pk): "9" * 30}).admitted


def test_an_unreadable_answer_does_not_stop_a_forced_scan(gate: Gate) -> None:
    question = ask(gate, type="N")
    ticket = gate.ticket()

    assert gate.scan(ticket, force=True, answers={str(question.pk): "many"}).admitted
    assert not ticket.answers.exists()
