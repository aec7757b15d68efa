"""Takes the pictures of pages and sheets that the documentation shows: ``make pictures``.

A server with the demo event runs for it, as in the tests; what is seen is what people get.
``python docs/pictures.py sellers`` takes only those of sellers.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from counterfoil.render import (  # noqa: E402
    CompiledBackground,
    FontLibrary,
    Ticket,
    blank_background,
    compile_background,
    compile_plan,
    read_layout,
)
from counterfoil.render.preview import pdf_to_png  # noqa: E402
from counterfoil.render.sheets import (  # noqa: E402
    PRESETS,
    SheetPlan,
    SheetRun,
    read_sheet,
    render_sheets,
    sheet_json,
)
from counterfoil.render.units import Mm, pt  # noqa: E402
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
    editor = page.url
    page.goto(f"{event}batches/new/")
    page.get_by_label("Product").select_option(index=1)
    page.get_by_label("Amount").fill("250")
    page.get_by_label("Comment").fill("Kiosk at the station")
    page.locator("#batch-left img").wait_for()
    page.wait_for_load_state("networkidle")
    shoot("batch-form")
    item = page.get_by_label("Product").input_value()
    form = f"{event}batches/new/?item={item}&amount=250&comment=Kiosk%20at%20the%20station"
    page.get_by_role("button", name="Create batch").click()
    page.wait_for_url(re.compile(r"/batches/\d+/$"))
    shoot("batch")
    batch = page.url
    page.get_by_role("button", name="Print").click()
    page.get_by_role("link", name=re.compile("Download")).wait_for()
    shoot("print")
    printed = page.url
    page.get_by_role("link", name="Print on sheets").click()
    page.get_by_label("Sheets to cut").check()
    page.get_by_text("a sheet:").wait_for()
    page.wait_for_load_state("networkidle")
    shoot("print-step")
    for action, tickets, count in (("sold", "1-60", 60), ("lost", "61-80", 20)):
        page.goto(f"{batch}stock/act/?action={action}")
        page.get_by_label("Tickets", exact=True).fill(tickets)
        page.get_by_label("Reason").fill("Opening night" if action == "sold" else "Stolen car")
        if action == "lost":
            page.get_by_label("Make them void as well").check()
        page.get_by_role("button", name="Continue").click()
        if action == "lost":
            shoot("stolen")
        page.locator("[name=typed]").fill(str(count))
        page.locator("button.danger").click()
        page.get_by_text("Done:").wait_for()
    shoot("stock")
    page.goto(f"{event}counter/")
    page.get_by_label("How many?").fill("4")
    page.get_by_role("button", name="Sell", exact=True).first.click()
    page.get_by_text("Sold: 4 tickets").wait_for()
    shoot("counter")
    take_gate(page, event, shoot)
    places = {"overview": event, "print": printed, "editor": editor, "batch-form": form}
    take_elsewhere(page, places, shoot)


def take_gate(page: Page, event: str, shoot: Callable[[str], None]) -> None:
    """Take what is seen at the gate."""
    page.goto(f"{event}checkin/")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Scanning page").click()
    page.get_by_label("Ticket code").fill("a leaflet of the neighbours")
    page.keyboard.press("Enter")
    page.locator(".plate.bad").wait_for()
    shoot("gate")


def take_elsewhere(page: Page, places: dict[str, str], shoot: Callable[[str], None]) -> None:
    """Take some pages at night and on a phone."""
    page.emulate_media(color_scheme="dark")
    for name, place in places.items():
        page.goto(place)
        page.wait_for_load_state("networkidle")
        shoot(f"{name}-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    for name, place in places.items():
        page.goto(place)
        page.wait_for_load_state("networkidle")
        shoot(f"{name}-phone")
    page.goto(places["overview"])
    page.get_by_role("button", name="Menu").click()
    shoot("menu-phone")


def draw_sheets() -> None:
    """Draw what comes out of printers: labels, and a sheet for a print shop."""
    label = sheet_json(PRESETS["avery-l7163"].sheet) | {"start_position": 4}
    size = pt(Mm(label["cell_width"])), pt(Mm(label["cell_height"]))
    _draw_sheet("sheet-labels", label, blank_background(*size), 28, 30)
    shop = {"name": "SRA3", "width": 320, "height": 450, "columns": 2, "rows": 5}
    shop |= {"gap_x": 6, "gap_y": 6, "bleed": 3, "order": "cut_and_stack"}
    shop |= {"marks": {"crop": True, "slug": True, "registration": True}}
    shop |= {"perforations": [{"axis": "x", "at": 105}]}
    _draw_sheet("sheet-print-shop", shop, _with_bleed(140, 70), 50, 500)


def _draw_sheet(
    name: str, source: dict[str, Any], background: CompiledBackground, code: int, amount: int
) -> None:
    sheet = read_sheet(source)
    words = {"type": "textarea", "left": code + 8, "width": 55, "fontfamily": "Open Sans"}
    words |= {"italic": False, "align": "left", "color": [20, 20, 20]}
    layout = [
        {"type": "barcodearea", "left": 5, "bottom": 5, "size": code, "content": "secret"},
        words | {"bottom": code - 3, "fontsize": 14, "bold": True, "content": "event_name"},
        words | {"bottom": code - 12, "fontsize": 9, "bold": False, "content": "serial"},
    ]
    plan = compile_plan(read_layout(layout), background, FontLibrary())
    planned = SheetPlan.of(sheet, amount)
    tickets = (
        Ticket(
            str(number),
            {
                "secret": f"{number * 7919 % 10**32:032d}",
                "event_name": "Summer Gala",
                "serial": f"A{number + 401:05}",
            },
        )
        for number in planned.sequence([1])
    )
    run = SheetRun(sheet, planned, job="gala", number=lambda at: f"A{at + 401:05}", only=[1])
    stream = io.BytesIO()
    render_sheets(stream, run, ((plan, each) for each in tickets), title=name)
    picture = PICTURES.parent / f"{name}.png"
    picture.write_bytes(pdf_to_png(stream.getvalue(), page=1, pixels=900))
    print(picture)


def _with_bleed(width: float, height: float, bleed: float = 3) -> CompiledBackground:
    """Return a background of a program that exports bleed: a band across the top and the left."""
    whole = pt(Mm(width + 2 * bleed)), pt(Mm(height + 2 * bleed))
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=whole)
    page, band = pdf.pages[0], pt(Mm(bleed + 8))
    edge = pt(Mm(bleed))
    page.TrimBox = [edge, edge, whole[0] - edge, whole[1] - edge]
    page.Contents = pdf.make_stream(
        b"0.97 0.94 0.88 rg 0 0 %.2f %.2f re f 0.12 0.31 0.55 rg 0 %.2f %.2f %.2f re f"
        % (*whole, whole[1] - band, whole[0], band)
    )
    stream = io.BytesIO()
    pdf.save(stream)
    return compile_background(stream.getvalue())


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
    draw_sheets()
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
