"""From an empty folder to a stack of paper, by nothing but a browser."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from e2e.browser.axe import problems_of
from servers import Running, eventually, world

PASSWORD = "a quiet evening by the river"
AMOUNT = 25


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Running]:
    """A server with nothing in it."""
    with world(tmp_path, settings="counterfoil.config.settings") as made:
        yield made.serve()


def test_an_organiser_comes_from_the_printed_link_to_paper_whose_codes_all_read(
    fresh: Running, chromium: Browser, tmp_path: Path
) -> None:
    page = chromium.new_page(accept_downloads=True)
    page.set_default_timeout(60_000)

    _make_the_first_account(page, _link(fresh))
    page.get_by_role("button", name=re.compile("example event")).first.click()
    _make_a_batch(page)
    tickets = _secrets(page, tmp_path)
    pdf = _print(page, tmp_path)

    assert len(tickets) == AMOUNT
    assert _codes(pdf) == tickets
    page.close()


def test_an_own_design_is_on_paper_after_at_most_fifteen_clicks(
    fresh: Running, chromium: Browser, tmp_path: Path
) -> None:
    context = chromium.new_context(accept_downloads=True, timezone_id="America/New_York")
    context.set_default_timeout(60_000)
    clicks: list[str] = []

    def note(where: str) -> None:  # Playwright takes no method of a list
        clicks.append(where)

    context.expose_function("noteClick", note)
    context.add_init_script(
        "addEventListener('click', (event) => {"
        " if (event.isTrusted && event.detail > 0) noteClick(event.target.textContent.trim());"
        "}, true)"
    )
    page = context.new_page()

    _make_the_first_account(page, _link(fresh))
    page.get_by_role("link", name="New event").click()
    expect(page.locator("[name=timezone]")).to_have_value("America/New_York")
    page.locator("[name=name_en]").fill("Moonlight Serenade")
    page.locator("[name=date_from]").fill("2027-07-01T20:00")
    page.get_by_role("button", name="Create event").click()
    page.get_by_role("link", name="Add product").click()
    page.locator("[name=name_en]").fill("Balcony")
    page.get_by_label(re.compile("^Price in")).fill("25")
    page.get_by_label("How many are there?").fill("100")
    page.get_by_role("button", name="Create product").click()
    page.get_by_role("link", name="Next: Design layout").click()
    page.get_by_label("Name").fill("Blue moon")
    page.get_by_label("A6 landscape").check()
    page.get_by_role("button", name="Create and open").click()
    page.locator("[data-close]").click()
    page.get_by_role("link", name="Batches").click()
    page.get_by_role("link", name="Create your first batch").click()
    expect(page.get_by_role("img", name="A ticket printed with Blue moon")).to_be_visible()
    page.get_by_label("Amount").fill("5")
    page.get_by_role("button", name="Create batch").click()
    page.wait_for_url(re.compile(r"/batches/\d+/$"))
    pdf = _print(page, tmp_path)

    assert len(clicks) <= 15, clicks
    assert problems_of(page) == []
    with pypdfium2.PdfDocument(pdf) as document:
        sizes = {tuple(map(round, sheet.get_size())) for sheet in document}
        text = document[0].get_textpage().get_text_range()
    assert sizes == {(420, 298)}
    for words in ("Moonlight Serenade", "Balcony", "25.00", "July 1, 2027"):
        assert words in text
    assert len(_codes(pdf)) == 5
    context.close()


def _link(server: Running) -> str:
    assert server.address  # wait until it serves
    said = eventually(
        lambda: re.search(r"http://\S+/start/\S+", server.said), "it prints the one-time link"
    )
    return said[0]


def _make_the_first_account(page: Page, link: str) -> None:
    page.goto(link)
    assert problems_of(page) == []
    page.get_by_label("Organizer name").fill("Riverside Concerts")
    page.get_by_label("Short form").fill("riverside")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password_again]").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile("/organizers/riverside/$"))


def _make_a_batch(page: Page) -> None:
    page.get_by_role("link", name="Create tickets").first.click()
    page.get_by_label("Product").select_option(index=1)
    page.get_by_label("Amount").fill(str(AMOUNT))
    page.get_by_label("Comment").fill("Kiosk at the station")
    page.get_by_role("button", name="Create batch").click()
    page.wait_for_url(re.compile(r"/batches/\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Kiosk"))
    assert problems_of(page) == []


def _secrets(page: Page, folder: Path) -> list[str]:
    """The secrets in the order of the batch, from the list that goes to a reseller."""
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    place = folder / "tickets.csv"
    download.value.save_as(place)
    with place.open(encoding="utf-8-sig", newline="") as lines:
        return [row["secret"] for row in csv.DictReader(lines)]


def _print(page: Page, folder: Path) -> Path:
    page.get_by_role("button", name="Print").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).click()
    place = folder / "tickets.pdf"
    download.value.save_as(place)
    return place


def _codes(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        pictures = [page.render(scale=2).to_pil() for page in document]
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]
