from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.layouts.backgrounds import store_background
from counterfoil.layouts.models import TicketLayout
from counterfoil.printing.models import OrganizerSheet
from makers import make_layout, qr_element
from samplepdfs import pdf_of

SHEET = {"name": "A4", "width": 210, "height": 297, "columns": 2, "rows": 5}


@pytest.fixture
def base(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/sheets/"


def test_a_sheet_is_created_read_changed_and_deleted(api: Api, base: str) -> None:
    created = api.post(base, json=SHEET | {"cell_width": 90, "cell_height": 50})

    assert created.status_code == 201, created.content
    sheet = created.json()
    pk = sheet["id"]
    assert list(sheet) == [
        *("id", "name", "width", "height", "columns", "rows", "cell_width", "cell_height"),
        *("left", "top", "gap_x", "gap_y", "bleed", "order", "lift", "tail", "descending"),
        *("start_position", "rotate", "duplex", "marks", "perforations", "calibration"),
    ]
    assert api.get(base).json()["results"] == [sheet]
    changed = api.patch(f"{base}{pk}/", json={"lift": 50, "order": "cut_and_stack"}).json()
    assert changed == sheet | {"lift": 50, "order": "cut_and_stack"}
    replaced = api.put(f"{base}{pk}/", json=SHEET)
    assert replaced.json() == sheet | {"cell_width": None, "cell_height": None}
    assert api.get(f"{base}{pk}/").json() == replaced.json()
    assert api.delete(f"{base}{pk}/").status_code == 204
    assert not OrganizerSheet.objects.exists()


def test_errors_stand_where_they_belong(api: Api, base: str) -> None:
    wrong = {
        "name": " ",
        "width": -1,
        "columns": 2.5,
        "marks": {"crop": 3},
        "perforations": [{"axis": "x", "at": 5}, {"axis": "q", "at": 5}],
        "colour": "red",
    }
    answer = api.post(base, json=SHEET | wrong)

    assert answer.status_code == 400
    assert answer.json() == {
        "width": ["must be greater than 0 and at most 5,000"],
        "columns": ["must be a whole number"],
        "marks": {"crop": ["must be true or false"]},
        "perforations": [{}, {"axis": ["must be one of: x, y"]}],
        "colour": ["is not known here"],
    }
    assert api.post(base, json=SHEET | {"name": " "}).json() == {
        "name": ["This field may not be blank."]
    }
    assert set(api.post(base, json=[]).json()) == {"non_field_errors"}
    assert set(api.post(base, json={}).json()) == {"width", "height", "columns", "rows"}
    for text, errors in (
        (b'{"width": NaN, "columns": 2}', {"width": ["A valid number is required."]}),
        (
            b'{"perforations": [{"at": 1}, {"at": -Infinity}]}',
            {"perforations": [{}, {"at": ["A valid number is required."]}]},
        ),
    ):
        answer = api.post(base, content=text)
        assert (answer.status_code, answer.json()) == (400, errors)
    assert not OrganizerSheet.objects.exists()


def test_presets_are_sheets_with_keys(api: Api, event: Event, base: str) -> None:
    path = f"/organizers/{event.organizer.slug}/sheetpresets/?page_size=250"
    presets = {each["key"]: each for each in api.get(path).json()["results"]}

    assert {"a4", "a3", "sra3", "letter", "tabloid", "12x18"} <= presets.keys()
    assert sum(each["kind"] == "label" for each in presets.values()) >= 20
    label = presets["avery-l7163"]
    assert (label["cell_width"], label["cell_height"]) == (99.1, 38.1)
    sent = {key: value for key, value in label.items() if key not in ("key", "kind")}
    assert api.post(base, json=sent).status_code == 201


@pytest.fixture
def layout(event: Event) -> TicketLayout:
    """Return a layout of 90 x 50 mm."""
    background = store_background(event=event, pdf=pdf_of((255, 142)))
    code = qr_element(left="5", bottom="5", size="30")
    return make_layout(event, background=background, layout=[code])


def test_a_preview_is_a_picture_or_a_plan(api: Api, event: Event, layout: TicketLayout) -> None:
    path = at(event, "sheetpreview/")
    body = {"sheet": SHEET, "layout": layout.pk, "amount": 500}

    picture = api.post(path, json=body)
    plan = api.post(path, json=body, headers={"Accept": "application/json"})

    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert plan.json()["plan"] == {
        "tickets": 500, "cells": 10, "lifts": 1, "sheets": 50, "empty": 0, "cuts": 9,
    }  # fmt: skip
    assert isinstance(plan.json()["findings"], list)


def test_a_preview_says_what_is_wrong_with_its_sheet(
    api: Api, event: Event, layout: TicketLayout, subtests: Any
) -> None:
    wrong: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"sheet": SHEET | {"columns": 3}}, {"sheet": {"columns": ...}}),
        ({"sheet": SHEET | {"rows": -1}}, {"sheet": {"rows": ...}}),
        ({"sheet": SHEET | {"cell_width": 80}}, {"sheet": {"cell_width": ...}}),
        ({"sheet": SHEET | {"duplex": "long"}}, {"sheet": {"duplex": ...}}),
        ({"sheet": "letterhead"}, {"sheet": ...}),
        ({"sheet": 99999}, {"sheet": ...}),
        ({"sheet": True}, {"sheet": ...}),
        ({"sheet": [1]}, {"sheet": ...}),
        ({"amount": 0}, {"amount": ...}),
        ({"number": 51}, {"number": ...}),
        ({"layout": 99999}, {"layout": ...}),
        ({"ink": "gold"}, {"ink": ...}),
        ({"locale": "xx"}, {"locale": ...}),
    ]
    for changes, places in wrong:
        body = {"sheet": SHEET, "layout": layout.pk, "amount": 500} | changes
        with subtests.test(changes=changes):
            answer = api.post(at(event, "sheetpreview/"), json=body)
            assert answer.status_code == 400
            assert _places(answer.json()) == places
    text = b'{"amount": 5, "sheet": {"width": Infinity, "height": 1e400}}'
    answer = api.post(at(event, "sheetpreview/"), content=text)
    assert _places(answer.json()) == {"sheet": {"width": ..., "height": ...}}


def _places(errors: Any) -> Any:
    return {k: _places(v) for k, v in errors.items()} if isinstance(errors, dict) else ...
