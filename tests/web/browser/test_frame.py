"""The frame that every page stands in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page


def test_a_page_without_javascript_shows_its_facts(open_page: Callable[..., Page]) -> None:
    page = open_page("/", java_script_enabled=False)

    assert page.get_by_role("heading", level=1).is_visible()
