from __future__ import annotations

from counterfoil.core.refusals import Invalid


def test_a_sentence_about_no_single_field_stands_under_non_field_errors() -> None:
    assert Invalid("Too many.").problems == {"non_field_errors": ["Too many."]}


def test_problems_keep_their_fields_and_read_as_one_sentence() -> None:
    refusal = Invalid({"amount": ["Too small."], "item": ["Unknown."]})

    assert refusal.problems == {"amount": ["Too small."], "item": ["Unknown."]}
    assert str(refusal) == "amount: Too small.; item: Unknown."
