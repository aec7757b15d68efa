from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from counterfoil.jobs.models import Job
from counterfoil.layouts.queries import BUILT_IN
from counterfoil.printing.finding_places import PrintFindings
from counterfoil.printing.models import RenderRequest
from counterfoil.render import Concern, Message
from counterfoil.web.framework.diagnostics import warnings_of
from makers import make_event

pytestmark = pytest.mark.django_db


def stored(layout: str, *findings: dict[str, Any]) -> RenderRequest:
    """Return a print of which only its findings matter."""
    layouts = [{"name": layout, "elements": [], "background": None}]
    job = Job(result={"findings": list(findings)})
    return RenderRequest(event=make_event(), job=job, layouts=layouts)


def test_a_stored_finding_is_described_in_the_language_of_whoever_looks() -> None:
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
        (warned,) = warnings_of(PrintFindings(stored(BUILT_IN, finding)))
        what = str(warned.what)

    assert what == "Einige Zeichen fehlen in allen Schriften"
    assert warned.layout == "Eingebautes Layout"
    assert warned.first == [{"ticket": "X0001-1", "detail": "Keine Schrift hat 🦄."}]


def test_a_layout_of_ones_own_keeps_its_name() -> None:
    finding = {"concern": "", "pointer": "", "layout": "Ticket", "count": 1, "first": []}

    with translation.override("de"):
        (warned,) = warnings_of(PrintFindings(stored("Ticket", finding)))

    assert (warned.layout, warned.place.label) == ("Ticket", "")
