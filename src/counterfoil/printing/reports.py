"""Reports of the engine as JSON, for the results of jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterfoil.layouts.queries import Choice
from counterfoil.render import Finding, Report

_SHOWN = ("concern", "layout", "pointer", "count")


def report_json(report: Report, choices: Sequence[Choice]) -> dict[str, Any]:
    """Return a report as JSON. Findings name the layout, and its index among those printed.

    The plans that were printed have their index as their name.
    """
    return {
        "tickets": report.tickets,
        "pages": report.pages,
        "findings": [finding_json(finding, choices) for finding in report.findings],
    }


def finding_json(finding: Finding, choices: Sequence[Choice]) -> dict[str, Any]:
    """Return a finding as JSON. Its first tickets have messages with code and parameters."""
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


def findings_in_english(
    findings: Sequence[Mapping[str, Any]] | None,
) -> list[dict[str, Any]] | None:
    """Return stored findings as the API shows them, whatever the language of the client."""
    if findings is None:
        return None
    return [
        {
            **{key: finding[key] for key in _SHOWN if key in finding},
            "first": [
                {"ticket": each["ticket"], "detail": each["message"]["text"]}
                for each in finding["first"]
            ],
        }
        for finding in findings
    ]
