"""Setting up an event in a browser: by mouse, on a phone, without JavaScript, for every reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.browser.axe import problems_of
from e2e.browser.conftest import EVENT

ORGANIZER = "/organizers/demo/"
PAGES = [
    ORGANIZER,
    f"{ORGANIZER}new-event/",
    f"{ORGANIZER}channels/",
    EVENT,
    f"{EVENT}settings/",
    f"{EVENT}delete/",
    f"{EVENT}items/",
    f"{EVENT}items/new/",
    f"{EVENT}quotas/",
    f"{EVENT}quotas/new/",
]
#: Enough to see every kind of thing by night.
DARK = {ORGANIZER, EVENT, f"{EVENT}items/new/", f"{EVENT}quotas/"}


def test_an_event_is_set_up_until_there_is_something_to_sell(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(ORGANIZER)

    page.get_by_role("link", name="New event").click()
    page.get_by_role("group", name="Name").get_by_label("German").fill("Große Straße 7")
    expect(page.get_by_label("Short form")).to_have_value("grosse-strasse-7")
    page.get_by_label("Begin", exact=True).fill("2027-09-03T19:30")
    page.get_by_role("button", name="Create event").click()

    page.get_by_role("link", name="Add product").click()
    page.get_by_role("group", name="Name").get_by_label("English").fill("Seat")
    page.get_by_label("Price in EUR").fill("25")
    for number, name in enumerate(("Stalls", "Balcony"), start=1):
        page.get_by_role("button", name="variation").click()
        row = page.get_by_role("group", name=f"Name of variation {number}")
        row.get_by_label("English").fill(name)
    page.get_by_role("button", name="Create product").click()
    expect(page.get_by_role("row", name="Seat")).to_contain_text("Balcony: €25.00")

    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Add quota").click()
    page.get_by_label("Name").fill("Hall")
    page.get_by_label("Size").fill("120")
    page.get_by_label("Balcony").check()
    page.get_by_role("button", name="Create quota").click()

    expect(page.get_by_role("row", name="Hall")).to_contain_text("120 left")
    expect(page.get_by_role("row", name="Hall")).to_contain_text("Seat (Balcony)")


def test_a_series_with_its_dates_is_for_every_reader(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{ORGANIZER}new-event/")
    page.get_by_role("group", name="Name").get_by_label("English").fill("Walks")
    page.get_by_label("This is a series").check()
    page.get_by_label("Begin", exact=True).fill("2027-09-03T19:30")
    page.get_by_role("button", name="Create event").click()
    found = []

    page.get_by_role("link", name="Add date").click()
    found += problems_of(page)
    page.get_by_label("Begin", exact=True).fill("2027-09-03T19:30")
    page.get_by_role("button", name="Create date").click()
    page.get_by_role("link", name="Repeat").click()
    found += problems_of(page)
    page.get_by_role("button", name="Create dates").click()
    found += problems_of(page)

    expect(page.get_by_role("row")).to_have_count(6)
    assert found == []


def test_a_row_is_added_without_javascript_too(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{EVENT}items/new/", java_script_enabled=False)

    page.locator("[name=name_en]").fill("Bench")
    page.locator("[name=default_price]").fill("8")
    page.get_by_role("button", name="Add variation").click()
    page.locator("[name=variations-0-value_en]").fill("Front")
    page.get_by_role("button", name="Create product").last.click()

    expect(page.get_by_role("row", name="Bench")).to_contain_text("Front: €8.00")


def test_return_saves_and_adds_no_row(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{EVENT}items/new/")

    page.get_by_role("group", name="Name").get_by_label("English").fill("Stool")
    page.get_by_label("Price in EUR").fill("3")
    page.get_by_label("Price in EUR").press("Enter")

    expect(page.get_by_role("row", name="Stool")).to_be_visible()


def test_an_example_event_is_one_click_away(open_page: Callable[..., Page]) -> None:
    page = open_page(ORGANIZER)

    page.get_by_role("button", name="Load an example event").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Riverside Festival")


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_every_reader(open_page: Callable[..., Page], path: str) -> None:
    page = open_page(path)
    found = problems_of(page)
    if path in DARK:
        page.emulate_media(color_scheme="dark")
        found += problems_of(page)

    assert found == []


def test_nothing_is_wider_than_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page(PAGES[0], viewport={"width": 390, "height": 800})
    widths = {}
    for path in PAGES:
        page.goto(path)
        widths[path] = page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in widths.items() if width > 390} == {}
