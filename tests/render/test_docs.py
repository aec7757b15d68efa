from __future__ import annotations

import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "layout"
PAGES = dict(runpy.run_path(str(FOLDER / "generate.py"))["pages"]())


@pytest.mark.parametrize("name", PAGES)
def test_the_page_of_an_element_is_current(name: str) -> None:
    current = (FOLDER / name).read_text("utf-8")

    assert current == PAGES[name], "run: python docs/layout/generate.py"


def test_the_overview_links_every_element() -> None:
    overview = (FOLDER / "README.md").read_text("utf-8")

    assert all(f"({name})" in overview for name in PAGES)
