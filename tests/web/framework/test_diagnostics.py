from __future__ import annotations

from django.utils import translation

from counterfoil.layouts.queries import BUILT_IN
from counterfoil.render import Concern, Message
from counterfoil.web.framework.diagnostics import warnings_of


def test_a_stored_finding_is_told_in_the_language_of_whoever_looks() -> None:
    finding = {
        "concern": str(Concern.MISSING_GLYPHS),
        "pointer": "/2",
        "layout": BUILT_IN,
        "count": 1,
        "first": [
            {
                "ticket": "X0001-1",
                "message": Message("missing_glyphs", characters="🦄").to_json(),
            }
        ],
    }

    with translation.override("de"):
        (warned,) = warnings_of({"findings": [finding]})
        what = str(warned.what)

    assert what == "Einige Zeichen fehlen in allen Schriften"
    assert (warned.layout, warned.element) == ("Eingebautes Layout", 3)
    assert warned.first == [{"ticket": "X0001-1", "detail": "Keine Schrift hat 🦄."}]


def test_a_layout_of_ones_own_keeps_its_name() -> None:
    finding = {"concern": "", "pointer": "", "layout": "Ticket", "count": 1, "first": []}

    with translation.override("de"):
        (warned,) = warnings_of({"findings": [finding]})

    assert (warned.layout, warned.element) == ("Ticket", None)
