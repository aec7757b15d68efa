"""Reports of the engine as JSON, for the results of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counterfoil.layouts.queries import Choice
from counterfoil.render import Finding, Report


def report_json(report: Report, choices: Sequence[Choice]) -> dict[str, Any]:
    """Return a report as JSON. Findings name the layout, and its index among those printed.

    The plans that were printed have their index as their name. First tickets have each message
    with its code and parameters.
    """
    return {
        "tickets": report.tickets,
        "pages": report.pages,
        "findings": [finding_json(finding, choices) for finding in report.findings],
    }


def finding_json(finding: Finding, choices: Sequence[Choice]) -> dict[str, Any]:
    index = int(finding.layout)
    return {
        "concern": str(finding.concern),
        "layout": choices[index].name,
        "layout_index": index,
        "pointer": finding.pointer,
        "count": finding.count,
        "first": [
            {"ticket": each.ticket, "message": each.detail.to_json()} for each in finding.first
        ],
    }
