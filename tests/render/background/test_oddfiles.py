"""Each odd file prints as two viewers draw it: one of them hides what the other shows."""

from __future__ import annotations

import re

import pytest

from counterfoil.render.background import CompiledObject
from counterfoil.render.background.compiling import printed
from render.background.oddfiles import ODD
from render.background.pdfs import compiled
from render.background.viewers import VIEWERS, compared, drawn

DIFFERING = {
    ("annotation_Highlight", "poppler"): "multiplies highlights, whatever their appearance says",
    ("broken_count", "poppler"): "does not find the page",
    ("field_check_off", "pdfium"): "frames boxes that are off",
}
"""Where a viewer's original is not what it should be, and why."""


POINTS_ELSEWHERE = re.compile(rb"\d+ \d+ R\b")
"""A reference that is not ours, into the numbers of the source."""


def words(item: CompiledObject) -> bytes:
    return b" ".join(part for part in item.parts if isinstance(part, bytes))


def test_there_are_odd_files_of_every_kind() -> None:
    assert len(ODD) > 400


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_prints_as_viewers_draw_it(name: str) -> None:
    data = ODD[name]()

    background = compiled(data)

    assert not [item for item in background.objects if POINTS_ELSEWHERE.search(words(item))]
    print_out = printed(background)
    differing = {
        viewer: compared(drawn(print_out, viewer), drawn(data, viewer))
        for viewer in VIEWERS
        if (name, viewer) not in DIFFERING
    }
    assert {viewer: each for viewer, each in differing.items() if each.word == "different"} == {}
    if (name, "pdfium") not in DIFFERING and not name.startswith("broken"):
        assert background.findings == ()
