"""Takes the pictures of the pages that the documentation shows: ``make pictures``.

A server with the demo event runs for it, as in the tests; what is seen is what people get.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from servers import eventually, world  # noqa: E402

PICTURES = Path(__file__).parent / "images" / "pages"
_FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
_PASSWORD = "a quiet evening by the river"


def begin(page: Page, link: str) -> str:
    """Make the first account and an example event; return the event's address."""
    page.goto(link)
    page.get_by_label("Organizer name").fill("Riverside Concerts")
    page.get_by_label("Short form").fill("riverside")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.locator("[name=password]").fill(_PASSWORD)
    page.locator("[name=password_again]").fill(_PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name=re.compile("example event")).first.click()
    page.wait_for_url(re.compile("/events/"))
    return page.url


def take(page: Page, event: str, shoot: Callable[[str], None]) -> None:
    page.goto(event)
    shoot("overview")
    page.goto(f"{event}layouts/")
    page.wait_for_load_state("networkidle")
    shoot("layouts")
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_role("row", name=re.compile("Event name")).first.click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    shoot("editor")
    page.goto(f"{event}batches/new/")
    page.get_by_label("Product").select_option(index=1)
    page.get_by_label("Amount").fill("250")
    page.get_by_label("Comment").fill("Kiosk at the station")
    page.locator("#batch-left img").wait_for()
    page.wait_for_load_state("networkidle")
    shoot("batch-form")
    page.get_by_role("button", name="Create batch").click()
    page.wait_for_url(re.compile(r"/batches/\d+/$"))
    shoot("batch")
    batch = page.url
    page.get_by_role("button", name="Print").click()
    page.get_by_role("link", name=re.compile("Download")).wait_for()
    shoot("print")
    for action, tickets, count in (("sold", "1-60", 60), ("lost", "61-80", 20)):
        page.goto(f"{batch}stock/act/?action={action}")
        page.locator("[name=tickets]").fill(tickets)
        page.locator("[name=reason]").fill("Opening night" if action == "sold" else "Stolen car")
        if action == "lost":
            page.locator("[name=also_void]").check()
        page.get_by_role("button", name="Continue").click()
        if action == "lost":
            shoot("stolen")
        page.locator("[name=typed]").fill(str(count))
        page.locator("button.danger").click()
        page.get_by_text("Done:").wait_for()
    shoot("stock")
    page.goto(f"{event}counter/")
    page.locator("[name=amount]").fill("4")
    page.get_by_role("button", name="Sell", exact=True).first.click()
    page.get_by_text("Sold: 4 tickets").wait_for()
    shoot("counter")
    page.goto(f"{event}checkin/")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Scanning page").click()
    page.get_by_label("Ticket code").fill("a leaflet of the neighbours")
    page.keyboard.press("Enter")
    page.locator(".plate.bad").wait_for()
    shoot("gate")
    page.emulate_media(color_scheme="dark")
    page.goto(event)
    shoot("overview-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(event)
    shoot("overview-phone")
    page.get_by_role("button", name="Menu").click()
    shoot("menu-phone")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        world(Path(folder), settings="counterfoil.config.settings") as made,
    ):
        server = made.serve()
        _served_at = server.address  # waits until it serves
        link = eventually(lambda: re.search(r"http://\S+/start/\S+", server.said), "a link")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        event = begin(page, link[0])
        take(page, event, lambda name: _shoot(page, name))
        browser.close()


def _shoot(page: Page, name: str) -> None:
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
