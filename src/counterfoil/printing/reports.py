"""Reports of the engine as JSON, for the results of jobs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from counterfoil.render import Finding, Report


def report_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON."""
    return {
        "tickets": report.tickets,
        "pages": report.pages,
        "findings": [finding_json(finding) for finding in report.findings],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "concern": str(finding.concern)}
