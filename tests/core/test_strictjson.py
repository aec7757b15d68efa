from __future__ import annotations

import json
from typing import Any

import pytest

from counterfoil.core import strictjson


def nested(depth: int, innermost: Any) -> Any:
    for _level in range(depth):
        innermost = [innermost]
    return innermost


@pytest.mark.parametrize(
    ("value", "flaw"),
    [
        ("a\x00", "Null characters"),
        ("\ud800", "Surrogate"),
        ("ä" * 1000 + "\udfff", "Surrogate"),
        ([1, True, None, {"a": ["b", "\x00"]}], "Null characters"),
        ({"\ud800": 1}, "Surrogate"),
        (nested(65, 1), "nested too deeply"),
    ],
)
def test_what_no_column_can_hold_is_refused_with_its_field(value: Any, flaw: str) -> None:
    with pytest.raises(strictjson.Unstorable, match=flaw) as refused:
        strictjson.read(json.dumps({"good": "x", "bad": value}).encode())

    assert refused.value.field == "bad"


def test_infinity_by_a_large_exponent_is_refused() -> None:
    with pytest.raises(strictjson.Unstorable) as refused:
        strictjson.read(b'{"bad": [1e999]}')

    assert refused.value.field == "bad"


@pytest.mark.parametrize("value", ["ä𝄞", nested(63, "x"), [0] * 100_000, {"a": {"b": None}}])
def test_everything_else_is_read(value: Any) -> None:
    assert strictjson.read(json.dumps({"a": value}).encode()) == {"a": value}
