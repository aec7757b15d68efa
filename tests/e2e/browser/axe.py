"""Accessibility: axe looks at a page as it stands in the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

_AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def problems_of(page: Page) -> list[str]:
    """Return what axe has against a page by WCAG 2.1 AA, with the places."""
    if not _AXE.exists():
        pytest.skip("axe is not installed; `make test` does it where npm reaches its registry")
    page.wait_for_load_state()
    page.evaluate(_AXE.read_text())  # past the page's own policy, which lets no script in
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules},"
        " resultTypes: ['violations'], preload: false})",
        _RULES,
    )
    return [
        f"{problem['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for problem in found["violations"]
        for node in problem["nodes"]
    ]
