"""From the printed link to a device that is set up, with mouse and keyboard."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from codes import totp
from e2e.browser.axe import problems_of
from servers import Running, world

PASSWORD = "a quiet evening by the river"
_DEADLINE_MS = 60_000


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Running]:
    """A server in which nobody has an account."""
    folder = tmp_path_factory.mktemp("fresh")
    with world(folder, settings="counterfoil.config.settings", template=migrated_sqlite) as made:
        yield made.serve()


def start_link(fresh: Running) -> str:
    assert fresh.address
    found = re.search(r"http://\S+/start/\S+/", fresh.said)
    assert found, fresh.said
    return found[0]


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """Somebody whom no cookie knows."""
    context = chromium.new_context()
    context.set_default_timeout(_DEADLINE_MS)
    yield context.new_page()
    context.close()


def fill(page: Page, **texts: str) -> None:
    for name, text in texts.items():
        page.locator(f"[name={name}]").fill(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.slow
def test_from_the_printed_link_to_a_second_factor(fresh: Running, visitor: Page) -> None:
    page = visitor
    page.goto(start_link(fresh))
    assert problems_of(page) == []
    fill(page, organizer="City Hall", slug="hall", fullname="Ada", email="ada@example.org")
    fill(page, password=PASSWORD, password_again=PASSWORD)
    press(page, "Begin")
    page.wait_for_url("**/organizers/hall/")

    page.goto(f"{fresh.address}/account/secondfactor/")
    assert problems_of(page) == []
    page.locator("summary").click()
    typed = page.locator(".secret").inner_text().replace(" ", "").upper()
    key = base64.b32decode(typed).hex()
    fill(page, code=totp(key), current_password=PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    recovery = page.locator(".recovery-codes code").first.inner_text()
    press(page, "Sign out")

    fill(page, username="ada@example.org", password=PASSWORD)
    press(page, "Sign in")
    page.wait_for_url("**/signin/code/")
    fill(page, code=recovery)
    page.keyboard.press("Enter")
    page.wait_for_url("**/organizers/hall/")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.endurance)])
@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/account/secondfactor/",
        "/organizers/demo/teams/",
        "/organizers/demo/teams/1/",
        "/organizers/demo/teams/add/",
        "/organizers/demo/devices/add/",
    ],
)
def test_everybody_can_read_it(open_page: Callable[..., Page], path: str, scheme: str) -> None:
    page = open_page(path, color_scheme=scheme, viewport={"width": 390, "height": 800})

    assert problems_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_device_is_announced_without_javascript(open_page: Callable[..., Page]) -> None:
    page = open_page("/organizers/demo/devices/add/", java_script_enabled=False)
    fill(page, name="North gate")

    press(page, "Create device")

    assert page.get_by_role("img", name="QR code for setting up the device").is_visible()
    page.goto("/organizers/demo/devices/?q=north")
    assert page.get_by_role("link", name="North gate").is_visible()


def test_an_invitation_goes_from_hand_to_hand(
    open_page: Callable[..., Page], visitor: Page
) -> None:
    page = open_page("/organizers/demo/teams/add/")
    fill(page, name="Gate")
    page.get_by_label("Check tickets in and out").check()
    press(page, "Create team")
    page.get_by_role("link", name="Invite a member").click()
    fill(page, note="Grace")
    press(page, "Create link")

    visitor.goto(page.locator("#secret").inner_text())
    fill(visitor, fullname="Grace", email="grace@example.org")
    fill(visitor, password=PASSWORD, password_again=PASSWORD)
    press(visitor, "Create account and join")

    visitor.get_by_text("You are now a member of “Gate”.").wait_for()


def test_rights_that_everything_includes_are_not_asked_for(open_page: Callable[..., Page]) -> None:
    page = open_page("/organizers/demo/teams/add/")
    one_of_them = page.get_by_label("See vouchers")
    assert one_of_them.is_visible()

    page.get_by_label("All event permissions").focus()
    page.keyboard.press("Space")

    assert not one_of_them.is_visible()
