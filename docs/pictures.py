"""Takes the pictures of the pages that the documentation shows: ``make pictures``.

A server with the demo event runs for it, as in the tests; what is seen is what people get.
``python docs/pictures.py sellers`` takes only those of sellers.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
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
    page.get_by_role("button", name="Print").click()
    page.get_by_role("link", name=re.compile("Download")).wait_for()
    shoot("print")
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


def take_sellers(page: Page, event: str, shoot: Callable[[str], None]) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    organizer = event.partition("events/")[0]
    page.goto(f"{organizer}sellers/")
    shoot("sellers")
    page.get_by_role("link", name=re.compile("Kiosk")).first.click()
    shoot("seller")
    seller = page.url
    page.get_by_role("link", name="Hand out").first.click()
    page.get_by_label("Books").fill("BOOK1X8 BOOK1X9 ")
    page.get_by_label("Counted").fill("40")
    shoot("seller-hand-out")
    page.goto(seller)
    page.get_by_role("link", name="Settle").first.click()
    shoot("seller-statement")
    for name, path in (
        ("book-covers", f"{event}batches/1/covers.pdf"),
        ("delivery-note", f"{event}sellers/1/notes/1.pdf"),
    ):
        with pypdfium2.PdfDocument(page.request.get(path).body()) as document:
            document[0].render(scale=1).to_pil().save(PICTURES / f"{name}.png")
    page.goto(seller)
    page.get_by_role("button", name="New link").click()
    page.goto(page.locator("#secret").inner_text())
    page.set_viewport_size({"width": 390, "height": 844})
    shoot("seller-own-page")


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
        parts = {"pages": take, "sellers": take_sellers}
        for name in sys.argv[1:] or parts:
            parts[name](page, event, lambda name: _shoot(page, name))
        browser.close()


def _shoot(page: Page, name: str) -> None:
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
