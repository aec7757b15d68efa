from __future__ import annotations

from django.utils import translation

from counterfoil.catalog.models import Event, Question, QuestionOption
from counterfoil.printing.variables.registry import VariableTable
from makers import make_event


def test_every_variable_has_what_an_editor_shows(event: Event) -> None:
    for variable in VariableTable(event):
        assert str(variable.label)
        assert variable.sample
        assert len(variable.longest or variable.sample) >= len(variable.sample), variable.key


def test_no_variable_is_listed_twice(event: Event) -> None:
    keys = [variable.key for variable in VariableTable(event)]

    assert len(keys) == len(set(keys))


def test_names_have_a_variable_for_every_combination_of_parts(db: None) -> None:
    event = make_event(settings={"name_scheme": "salutation_given_family"})
    keys = {variable.key for variable in VariableTable(event)}

    assert {
        "attendee_name_salutation",
        "attendee_name_given_name",
        "attendee_name_salutation_given_name",
        "attendee_name_given_name_family_name",
        "attendee_name_salutation_given_name_family_name",
        "invoice_name_family_name",
    } <= keys
    assert "attendee_name_title" not in keys
    assert "invoice_name_given_name_family_name" not in keys


def test_the_samples_of_a_choice_are_what_can_be_chosen(event: Event) -> None:
    question = Question.objects.create(
        event=event, identifier="SIZE", question={"en": "Size"}, type="C"
    )
    for answer in ("S", "Extra large"):
        QuestionOption.objects.create(question=question, identifier=answer, answer={"en": answer})

    variable = VariableTable(event).find("question_SIZE")

    assert variable is not None
    assert (variable.label, variable.sample, variable.longest) == ("Size", "S", "Extra large")


def test_properties_of_the_event_and_its_products_are_listed(db: None) -> None:
    event = make_event(meta_data={"stage": "Main"}, item_meta_properties={"door": "A"})

    keys = {variable.key for variable in VariableTable(event)}

    assert {"meta:stage", "itemmeta:door"} <= keys


def test_joined_labels_are_made_in_the_language_of_whoever_looks(event: Event) -> None:
    variable = VariableTable(event).find("attendee_name_given_name")

    assert variable is not None
    with translation.override("en"):
        assert str(variable.label) == "Attendee: Given name"
