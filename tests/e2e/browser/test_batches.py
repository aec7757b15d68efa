"""From a wish to a stack of tickets: a batch is asked for, made, printed and fetched."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from e2e.browser.axe import problems_of
from e2e.browser.conftest import EVENT

OpenPage = Callable[..., Page]


def asked_for(page: Page, *, amount: int, comment: str) -> None:
    """Fill the form in and send it."""
    page.goto(f"{EVENT}batches/new/")
    page.get_by_label("Product").select_option(index=1)
    page.get_by_label("Amount").fill(str(amount))
    page.get_by_label("Comment").fill(comment)
    page.get_by_role("button", name="Create batch").click()


def test_a_batch_is_made_printed_and_fetched(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(f"{EVENT}batches/new/")
    page.get_by_label("Product").select_option(index=1)
    page.get_by_label("Amount").press_sequentially("7")
    expect(page.locator("#batch-left")).to_contain_text("will be left after this batch")
    page.get_by_label("Comment").fill("Seven at the door")
    page.get_by_role("button", name="Create batch").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Seven at the door")
    page.get_by_role("button", name="Print", exact=True).click(timeout=60_000)
    with page.expect_download(timeout=60_000) as fetched:
        page.get_by_role("link", name="Download PDF").click(timeout=60_000)

    fetched.value.save_as(tmp_path / "tickets.pdf")
    with pypdfium2.PdfDocument(tmp_path / "tickets.pdf") as document:
        assert len(document) == 7


def test_tickets_are_printed_on_sheets_and_one_is_replaced(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("/")
    asked_for(page, amount=3, comment="On sheets")
    page.get_by_role("link", name="Print on sheets").click(timeout=60_000)
    expect(page.get_by_text("3 tickets, one a sheet: 3 sheets.")).to_be_visible()

    page.get_by_label("Sheets to cut").check()
    page.get_by_role("textbox", name="Tickets").fill("2-3")
    expect(page.get_by_text("2 tickets, one a sheet: 2 sheets.")).to_be_visible()
    picture = page.get_by_alt_text("The first sheet with sample tickets")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    page.get_by_role("button", name="Create PDF").click()

    with page.expect_download(timeout=60_000) as fetched:
        page.get_by_role("link", name="Download PDF").click(timeout=60_000)
    fetched.value.save_as(tmp_path / "sheets.pdf")
    page.get_by_role("link", name="Replace damaged sheets").click()
    page.get_by_role("textbox", name="Sheets").fill("2")
    page.get_by_label("Reason").fill("Jammed")
    page.get_by_role("button", name="Print sheets again").click()
    with page.expect_download(timeout=60_000) as fetched:
        page.get_by_role("link", name="Download PDF").click(timeout=60_000)
    fetched.value.save_as(tmp_path / "again.pdf")
    sizes = []
    for name in ("sheets.pdf", "again.pdf"):
        with pypdfium2.PdfDocument(tmp_path / name) as document:
            sizes.append(len(document))
    assert sizes == [2, 1]


def test_more_than_are_left_is_told_before_it_is_sent(open_page: OpenPage) -> None:
    page = open_page(f"{EVENT}batches/new/")

    page.get_by_label("Product").select_option(index=1)
    page.get_by_label("Amount").press_sequentially("20000")

    expect(page.locator("#batch-left")).to_contain_text("A batch can have at most 10,000 tickets.")


def test_a_batch_is_made_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False)
    asked_for(page, amount=2, comment="Without scripts")

    expect(page.get_by_role("heading", level=1)).to_have_text("Without scripts")
    again = page.get_by_role("link", name="Refresh")
    while again.count():
        again.click()

    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()


def test_a_batch_is_made_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(f"{EVENT}batches/new/")
    page.get_by_label("Product").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible(timeout=60_000)


@pytest.fixture(scope="module")
def paths(site: Any, session_state: Any) -> list[str]:
    """The pages about batches, with something on each."""
    made = site.world.python(_MADE)
    assert made.returncode == 0, made.stderr
    batch, printed = made.stdout.split()
    return [
        f"{EVENT}batches/",
        f"{EVENT}batches/new/",
        f"{EVENT}batches/{batch}/",
        f"{EVENT}batches/{batch}/tickets/",
        f"{EVENT}batches/{batch}/print/new/?mode=sheet&ink=office&sheet=a4",
        f"{EVENT}batches/prints/",
        f"{EVENT}batches/prints/{printed}/",
        f"{EVENT}batches/{batch}/options/",
        "/organizers/demo/number-series/",
        "/organizers/demo/number-series/new/",
        f"{EVENT}number-report/",
        f"{EVENT}jobs/",
    ]


_MADE = """
import django, time
django.setup()
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import User
from counterfoil.batches import services
from counterfoil.batches.spec import BatchSpec
from counterfoil.batches.models import BatchRequest
from counterfoil.catalog.models import Event
from counterfoil.jobs.models import Job
event = Event.objects.get(organizer__slug="demo", slug="night")
actor = UserActor(User.objects.get(email="ada@example.org"))
web = event.organizer.sales_channels.get(identifier="web")
odd = event.ticket_layouts.create(name="Odd", layout=[{
    "type": "textarea", "left": "20.00", "bottom": "110.00", "fontsize": "14.0",
    "color": [0, 0, 0, 1], "fontfamily": "Open Sans", "bold": False, "italic": False,
    "width": "60.00", "content": "no_such_variable", "align": "left"}])
new = BatchSpec(
    item=event.items.get(), amount=3, sales_channel=web, layout=odd, comment="Odd")
asked = services.request_batch(actor=actor, event=event, new=new)
def done(job):
    while Job.objects.get(pk=job).state != "done":
        time.sleep(0.1)
done(asked.pk)
batch = BatchRequest.objects.get(pk=asked.pk).batch
printed = services.request_print(actor=actor, batch=batch)
done(printed.pk)
print(batch.pk, printed.pk)
"""


def test_the_pages_about_batches_pass_axe_in_light_and_dark(
    open_page: OpenPage, paths: list[str]
) -> None:
    page = open_page("/")

    for path in paths:
        page.goto(path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert problems_of(page) == [], (path, scheme)


def test_the_pages_about_batches_fit_a_phone(open_page: OpenPage, paths: list[str]) -> None:
    page = open_page("/", viewport={"width": 390, "height": 800})

    for language, other in (("en", "Deutsch"), ("de", "English")):
        for path in paths:
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == language
            wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide, (language, path)
        page.get_by_role("button", name=other).click()  # at last it is English again
        expect(page.locator("html")).not_to_have_attribute("lang", language)


def test_sheets_are_printed_and_handed_over_by_keyboard(
    open_page: OpenPage, paths: list[str]
) -> None:
    step = next(path for path in paths if "/print/new/" in path)
    page = open_page(step.partition("?")[0])
    page.get_by_label("One ticket a page").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Sheets to cut")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("A3")
    expect(page.get_by_text("3 tickets, 2 a sheet: 2 sheets, 2 piles,")).to_be_visible()
    picture = page.get_by_alt_text("The first sheet with sample tickets")
    expect(picture).to_have_attribute("src", re.compile("mode=sheet.*sheet=a3"))
    expect(page.get_by_text("The layout uses a variable that does not exist")).to_be_visible()
    assert problems_of(page) == []
    page.get_by_label("Reason").focus()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Download PDF")).to_be_visible()
    assert problems_of(page) == []

    page.get_by_role("link", name="Hand over to a print shop").focus()
    page.keyboard.press("Enter")
    page.get_by_label("For", exact=True).focus()
    page.keyboard.type("City Press")
    assert problems_of(page) == []
    page.keyboard.press("Enter")
    page.goto(page.locator("#secret").inner_text())
    assert problems_of(page) == []
    page.get_by_label("Your name").focus()
    page.keyboard.type("Grace")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Approved by Grace")).to_be_visible()
