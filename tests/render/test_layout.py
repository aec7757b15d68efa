from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.render import LayoutError, describe, read_layout
from counterfoil.render.elements import ELEMENTS
from render.rendering import CORPUS, code, text_area, text_box

CASES = sorted((CORPUS / "cases").iterdir())


def problems(source: object) -> list[str]:
    with pytest.raises(LayoutError) as caught:
        read_layout(source)
    return [str(problem) for problem in caught.value.problems]


def without(element: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in element.items() if name != key}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_layouts_made_for_pretix_are_read(case: Any) -> None:
    source = json.loads((case / "layout.json").read_text("utf-8"))

    assert len(read_layout(source).elements) == len(source)


def test_all_problems_are_reported_with_their_places() -> None:
    source = [
        without(text_box(width=0, colour=[0, 0, 0]), "left"),
        "line",
        {"type": "circle"},
        {"left": 1},
        code(text_i18n={"de/at": 3}),
    ]

    assert problems(source) == [
        "/0/left: is missing",
        "/0/width: must be greater than 0 and at most 1,000,000",
        "/0/colour: is not known here",
        "/1: must be an object",
        f"/2/type: must be one of: {', '.join(ELEMENTS)}",
        "/3/type: is missing",
        "/4/text_i18n/de~1at: must be a string",
    ]


@pytest.mark.parametrize("source", [{}, None, "[]", 3, [[]], [None]])
def test_a_layout_is_a_list_of_objects(source: object) -> None:
    assert problems(source)


def test_an_empty_layout_is_a_layout() -> None:
    assert read_layout([]).elements == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"left": "12,5"},
        {"left": "1e2"},
        {"left": " 5"},
        {"left": ""},
        {"left": "5\n"},
        {"left": None},
        {"left": True},
        {"left": float("nan")},
        {"left": float("inf")},
        {"left": 10**400},
        {"left": "9" * 400},
        {"lineheight": ""},
        {"page": "1"},
        {"page": None},
        {"rotation": None},
        {"rotation": "x"},
        {"align": "justify"},
        {"verticalalign": "center"},
        {"color": [0, 0]},
        {"color": [0, 0, 300]},
        {"color": [0, 0, 0, 0, 0]},
        {"color": "#000000"},
        {"color": None},
        {"text": None},
        {"splitlongwords": None},
        {"bold": 1},
        {"locale": 3},
        {"text_i18n": []},
        {"fontsize": 0},
        {"fontsize": "-1"},
        {"width": -3},
        {"height": []},
        {"downward": True},
        {"condition": {}},
        {"condition": {"variable": "item"}},
        {"condition": {"variable": "", "is": "x"}},
        {"condition": {"variable": "item", "is": "x", "empty": True}},
        {"condition": {"variable": "item", "is": []}},
        {"condition": {"variable": "item", "is": [1]}},
        {"condition": {"variable": "item", "empty": "yes"}},
        {"condition": {"variable": "item", "is": "x", "or": "y"}},
        {"condition": "item"},
    ],
)
def test_a_wrong_attribute_is_refused(changes: dict[str, object]) -> None:
    assert all(problem.startswith("/0/") for problem in problems([text_box("x", **changes)]))


@pytest.mark.parametrize(
    "changes",
    [
        {"left": "-130.40"},
        {"left": -3.5},
        {"page": 0},
        {"page": 1.0},
        {"page": 99},
        {"rotation": "-90.5"},
        {"rotation": 123456},
        {"lineheight": 0},
        {"lineheight": "1.0"},
        {"locale": None},
        {"color": [0, 127.5, 255, 1]},
        {"content": ""},
        {"content": "no_such_variable"},
        {"fontfamily": "Nonexistent"},
        {"height": 0},
        {"condition": None},
        {"condition": {"variable": "item", "is_not": ["a", "b"]}},
    ],
)
def test_what_pretix_takes_is_taken(changes: dict[str, object]) -> None:
    assert read_layout([text_box("x", **changes)])


def test_a_text_area_has_no_box() -> None:
    assert read_layout([text_area("x", downward=True)])
    assert problems([text_area("x", splitlongwords=True)])


@pytest.mark.parametrize(
    ("element", "pointer"),
    [
        (code(size=0), "/0/size"),
        (code(content="other", text="x" * 3000), "/0/text"),
        (code(content="other_i18n", text_i18n={"de": "x" * 3000}), "/0/text_i18n/de"),
        (code(symbology="ean13", content="other", text="123"), "/0/text"),
        (code(symbology="code128", content="other", text="ä"), "/0/text"),
        (code(symbology="code128", error_correction="H"), "/0/error_correction"),
        (code(height=3), "/0/height"),
        (code(symbology="maxicode"), "/0/symbology"),
        ({"type": "poweredby", "left": 0, "bottom": 0, "size": 5, "content": "red"}, "/0/content"),
        ({"type": "poweredby", "left": 0, "bottom": 0, "size": 0, "content": "dark"}, "/0/size"),
        (
            {"type": "imagearea", "left": 0, "bottom": 0, "width": 0, "height": 9, "content": "x"},
            "/0/width",
        ),
    ],
)
def test_what_could_never_be_printed_is_refused(element: dict[str, Any], pointer: str) -> None:
    assert [problem.split(":")[0] for problem in problems([element])] == [pointer]


def test_what_was_read_well_is_checked_whatever_else_is_wrong() -> None:
    source = [
        without(
            code(
                symbology="ean13", content="other", text="123", error_correction="H", color=[0, 0]
            ),
            "left",
        ),
        code(symbology="maxicode", height=3, content="other", text="x" * 3000),
        code(content="other", text="x" * 3000, height=-3),
    ]

    assert [problem.split(":")[0] for problem in problems(source)] == [
        "/0/left",
        "/0/color",
        "/0/error_correction",
        "/0/text",
        "/1/symbology",
        "/2/height",
        "/2/text",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"locale": "\ud800"},
        {"fontfamily": "Open\udfff"},
        {"content": "itemmeta:\ud800"},
        {"condition": {"variable": "\ud800", "empty": True}},
    ],
)
def test_half_a_character_is_no_name(changes: dict[str, object]) -> None:
    (problem,) = problems([text_box("x", **changes)])

    assert problem.endswith(": must not hold half a character")


def test_half_a_character_may_stand_in_a_text() -> None:
    assert read_layout([text_box("\ud800 x"), code(content="other", text="{a}\ud800")])


def test_what_only_some_tickets_make_impossible_is_not_refused() -> None:
    assert read_layout([code(content="other", text="x" * 2950 + "{order}")])


def test_the_description_names_exactly_what_is_read() -> None:
    described = {each["type"]: each for each in describe()}

    assert set(described) == set(ELEMENTS)
    for kind, description in described.items():
        names = {attribute["name"] for attribute in description["attributes"]}
        fields = {field.name for field in dataclasses.fields(ELEMENTS[kind])}
        assert names == fields
    assert json.loads(json.dumps(describe())) == describe()


def test_the_description_tells_what_values_look_like() -> None:
    (box,) = (each for each in describe() if each["type"] == "textcontainer")
    kinds = {attribute["name"]: attribute for attribute in box["attributes"]}

    assert (kinds["left"]["strings"], kinds["page"]["strings"]) == (True, False)
    assert kinds["color"]["items"] == [3, 4]
    assert (kinds["color"]["minimum"], kinds["color"]["maximum"]) == (0, 255)
    assert kinds["condition"]["values"] == {
        "is": ["text", "texts"],
        "is_not": ["text", "texts"],
        "empty": ["flag"],
    }


def test_a_layout_of_nothing_but_required_attributes_is_read() -> None:
    samples = {
        "length": 5,
        "fontsize": 9,
        "variable": "item",
        "fontfamily": "Open Sans",
        "flag": False,
        "colour": [0, 0, 0],
    }
    elements = [
        {"type": each["type"]}
        | {
            attribute["name"]: samples.get(attribute["kind"]) or attribute["options"][0]["value"]
            if attribute["kind"] != "flag"
            else False
            for attribute in each["attributes"]
            if attribute["required"]
        }
        for each in describe()
    ]

    assert len(read_layout(elements).elements) == len(ELEMENTS)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([*text_box(), "type", "size", "symbology", "condition", "x"]),
            json_values | st.sampled_from([*ELEMENTS, "other", "5"]),
        )
        | json_values,
        max_size=4,
    )
)
def test_any_json_is_a_layout_or_has_problems(source: list[object]) -> None:
    try:
        layout = read_layout(source)
    except LayoutError as error:
        assert error.problems  # noqa: PT017 - either outcome is right
    else:
        assert len(layout.elements) == len(source)
