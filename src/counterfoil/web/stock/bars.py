"""Bars that show how many tickets are in which state."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.stock import queries
from counterfoil.web.stock.words import PLACES, VALIDITIES


def bars_of(sums: queries.Sums) -> list[dict[str, Any]]:
    """Return the two bars of states: for each its parts, with places to draw them at."""
    axes = (
        (_("Validity"), sums.validity, VALIDITIES),
        (_("Place"), sums.place, PLACES),
    )
    bars = []
    for title, tallies, words in axes:
        total = sum(tally.count for tally in tallies.values()) or 1
        parts, start = [], 0
        for name, tally in tallies.items():
            if tally.count:
                parts.append(
                    {
                        "name": name,
                        "label": words[name],
                        "tally": tally,
                        "x": f"{1000 * start / total:.2f}",
                        "width": f"{1000 * tally.count / total:.2f}",
                    }
                )
            start += tally.count
        bars.append({"title": title, "parts": parts})
    return bars
