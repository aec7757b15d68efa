"""The life of paper tickets in a browser: at the counter, on a phone, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.browser.axe import problems_of
from e2e.browser.conftest import EVENT, Site

OpenPage = Callable[..., Page]
_PHONE = {"width": 390, "height": 800}
_NEW_BATCH = """
import time, django
django.setup()
from batches.making import ask
from counterfoil.batches.models import BatchRequest
from counterfoil.catalog.models import Item
item = Item.objects.filter(event__slug="night").order_by("pk").first()
asked = ask(item, 20, activation="on_sale", book_size=5)
while BatchRequest.objects.get(pk=asked.pk).batch_id is None:  # the site's worker makes it
    time.sleep(0.1)
print(BatchRequest.objects.get(pk=asked.pk).batch_id)
"""


@pytest.fixture(scope="module")
def batch(site: Site) -> str:
    """The path of a batch of four books of inactive tickets."""
    made = site.world.python(_NEW_BATCH)
    assert made.returncode == 0, made.stderr
    return f"{EVENT}batches/{made.stdout.split()[-1]}/"


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pages_of_stock_are_accessible_and_fit_a_phone(
    open_page: OpenPage, batch: str, language: str
) -> None:
    page = open_page(f"{batch}stock/", viewport=_PHONE, locale=language)
    paths = (
        *(f"{batch}stock/", f"{batch}stock/act/?action=lost", f"{batch}activate/"),
        *(f"{batch}cancel/", f"{EVENT}counter/"),
    )

    def problems(place: str) -> list[str]:
        assert page.locator("html").get_attribute("lang") == language
        width = page.evaluate("document.documentElement.scrollWidth")
        found = problems_of(page)
        return [f"{place}: {each}" for each in ([f"{width} px"] if width > 390 else []) + found]

    found = []
    for path in paths:
        page.goto(path)
        found += problems(path)
    page.goto(f"{batch}stock/act/?action=lost")
    page.locator("[name=books]").fill("4")
    page.locator("[name=books]").press("Enter")
    page.locator("[name=typed]").wait_for()
    found += problems("confirm")

    assert found == []


def test_tickets_are_activated_sold_and_reported_stolen_by_keyboard(
    open_page: OpenPage, batch: str
) -> None:
    page = open_page(f"{batch}activate/")
    press = page.keyboard.press

    page.keyboard.type("6")  # the first field has the focus
    press("Tab")
    page.keyboard.type("7")
    press("Enter")
    expect(page.get_by_text("2 tickets are active now: 6-7.")).to_be_visible()

    page.goto(f"{EVENT}counter/?batch={batch.split('/')[-2]}")
    press("Control+a")
    page.keyboard.type("4")
    press("Enter")
    expect(page.get_by_text("Sold: 4 tickets.")).to_be_visible()
    page.get_by_role("button", name="Undo").first.focus()
    press("Enter")
    expect(page.get_by_text("Taken back: 4 tickets.")).to_be_visible()

    page.goto(f"{batch}stock/")
    page.get_by_role("link", name="Stolen or lost").focus()
    press("Enter")
    page.locator("[name=books]").focus()
    page.keyboard.type("3")
    page.locator("[name=also_void]").focus()
    press("Space")
    page.locator("[name=reason]").focus()
    press("Enter")
    page.get_by_label("Type 5 to confirm").focus()
    page.keyboard.type("5")
    press("Enter")
    expect(page.get_by_text("Done: 5 tickets.")).to_be_visible()
    expect(
        page.get_by_role("row").filter(has_text="11-15").get_by_role("cell").nth(2)
    ).to_have_text("5")
