"""The editor shows the truth, to everybody, on small screens and in the dark."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable

import httpx
import numpy as np
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from e2e.browser.axe import problems_of
from e2e.browser.conftest import Site
from e2e.browser.editordriver import EVENT, Editing, open_editor, rectangle, text

OpenPage = Callable[..., Page]

TICKET = [
    rectangle(0, 120, 210, 28),
    text(10, 125, fontsize="24.0", bold=True, rotation=0, width="120.00", height="18.00"),
    text(30, 60, "item", rotation=30),
    text(10, 40, "other", text="{event_location} · Καλησπέρα", height="25.00"),
    {"type": "barcodearea", "page": 1, "left": 150, "bottom": 60, "size": 45, "content": "secret"},
    {"type": "ellipse", "page": 1, "left": 120, "bottom": 10, "width": 40, "height": 20},
    {"type": "poweredby", "page": 1, "left": 170, "bottom": 10, "size": 12, "content": "dark"},
]


@pytest.mark.parametrize("scheme", ["dark", pytest.param("light", marks=pytest.mark.endurance)])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str) -> None:
    editing = open_editor(open_page, TICKET, color_scheme=scheme)
    found = problems_of(editing.page)

    editing.rows.nth(3).click()
    expect(editing.panel).to_be_visible()
    found += problems_of(editing.page)
    editing.page.get_by_text("Arrange", exact=True).click()
    found += problems_of(editing.page)
    editing.press("?")
    expect(editing.page.get_by_role("dialog")).to_be_visible()
    found += problems_of(editing.page)

    assert found == []


def test_the_picture_is_what_is_printed(open_page: OpenPage, site: Site) -> None:
    editing = open_editor(open_page, TICKET)
    dpi = editing.asked()["dpi"]

    shown = picture_of(editing)
    with pypdfium2.PdfDocument(printed(site, editing)) as document:
        page = document[0].render(scale=dpi / 72).to_pil().convert("RGB")

    assert shown.size == page.size
    # Every dot is the same; the rectangle alone covers a fifth of the paper.
    assert np.array_equal(np.asarray(shown), np.asarray(page))
    assert len(shown.getcolors(1 << 24) or []) > 10


def picture_of(editing: Editing) -> Image.Image:
    href = editing.canvas.locator("image").get_attribute("href") or ""
    return Image.open(io.BytesIO(base64.b64decode(href.partition(",")[2]))).convert("RGB")


def printed(site: Site, editing: Editing) -> bytes:
    """Ask the API for the PDF of a layout that is saved."""
    tokens = json.loads((site.world.folder / "tokens.json").read_text())
    key = editing.page.url.removesuffix("/edit/").rpartition("/")[2]
    headers = {"Authorization": tokens["demo"], "Accept": "application/pdf"}
    url = f"{site.address}/api/v1{EVENT}ticketlayouts/{key}/preview/"
    return httpx.get(url, headers=headers, timeout=60).content


@pytest.mark.parametrize("size", [(1280, 800), (768, 1024), (390, 844)])
def test_everything_is_within_reach(open_page: OpenPage, size: tuple[int, int]) -> None:
    viewport = {"width": size[0], "height": size[1]}
    editing = open_editor(open_page, TICKET, viewport=viewport)

    for command in ("save", "undo", "zoom-fit"):
        expect(editing.button(command)).to_be_visible()
    editing.rows.nth(4).click()
    editing.panel.get_by_label("Left, mm").fill("42")

    editing.until(lambda elements: float(elements[2]["left"]) == 42)
    assert editing.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_reading_without_javascript_says_what_is_needed(open_page: OpenPage) -> None:
    editing = open_editor(open_page, TICKET)

    page = open_page(editing.page.url, java_script_enabled=False)

    expect(page.get_by_role("heading", level=1)).to_have_text("Trial")
    assert "needs JavaScript" in page.content()
