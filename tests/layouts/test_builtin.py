from __future__ import annotations

import re

from tools.builtin_background import background_pdf

from counterfoil.layouts.builtin import (
    BACKGROUND_PDF,
    COMPILED_BACKGROUND,
    built_in_background,
    built_in_layout,
)
from counterfoil.printing.variables.kinds import Variable
from counterfoil.printing.variables.registry import VariableTable
from counterfoil.render import compile_background, read_layout
from makers import make_event


def test_the_shipped_background_is_what_the_drawing_draws() -> None:
    assert BACKGROUND_PDF.read_bytes() == background_pdf()


def test_the_shipped_compiled_background_is_what_the_engine_makes_of_it() -> None:
    compiled = compile_background(BACKGROUND_PDF.read_bytes())

    assert COMPILED_BACKGROUND.read_bytes() == compiled.to_bytes()


def test_the_background_is_one_page_of_a4() -> None:
    (page,) = built_in_background().pages

    assert (round(page.width), round(page.height)) == (595, 842)


def test_the_layout_has_one_code_and_reads_without_a_problem() -> None:
    kinds = [element["type"] for element in built_in_layout()]

    assert len(read_layout(built_in_layout()).elements) == len(kinds)
    assert kinds.count("barcodearea") == 1


def test_the_layout_shows_only_variables_that_exist(db: None) -> None:
    table = VariableTable(make_event())
    shown = {
        name
        for element in built_in_layout()
        for name in [element["content"], *re.findall(r"\{(\w+)\}", element.get("text", ""))]
    } - {"other", "other_i18n", "dark"}

    assert all(isinstance(table.find(name), Variable) for name in shown)
