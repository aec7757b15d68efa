"""The frame that every page stands in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route

from e2e.browser.conftest import EMAIL, EVENT, PASSWORD


def test_a_page_without_javascript_shows_its_facts(open_page: Callable[..., Page]) -> None:
    page = open_page("/", java_script_enabled=False)

    assert page.get_by_role("heading", level=1).is_visible()


def test_a_secret_is_copied_without_https_too(open_page: Callable[..., Page]) -> None:
    page = open_page("/organizers/demo/teams/")
    page.add_init_script("delete Navigator.prototype.clipboard")  # as browsers do then
    page.get_by_role("link", name="Box office").first.click()
    page.get_by_role("link", name="Invite a member").click()
    page.locator("[name=note]").fill("Grace")
    page.get_by_role("button", name="Create link").click()
    secret = page.locator("#secret").inner_text()

    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()

    page.goto("/organizers/demo/devices/add/")
    page.locator("[name=name]").press("Control+v")
    assert page.locator("[name=name]").input_value() == secret


def test_a_form_under_way_is_not_sent_again(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{EVENT}items/categories/new/")
    page.locator("[name=name_en]").fill("Twice")
    page.get_by_role("button", name="Save").hover()
    sent: list[Route] = []
    page.route("**/categories/new/", lambda route: sent.append(route))

    with page.expect_request("**/categories/new/"):
        _press(page)
    _press(page)
    sent[0].continue_()
    page.wait_for_url(f"**{EVENT}items/categories/")

    assert len(sent) == 1


def test_a_form_outlives_its_session_and_back_never_bounces(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(f"{EVENT}items/categories/")
    page.get_by_role("link", name="New category").click()
    page.locator("[name=name_en]").fill("Late")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Save").click()

    page.get_by_text("Your session has ended").wait_for()
    page.locator("[name=username]").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Send it now").click()
    page.get_by_role("link", name="Late").wait_for()

    page.goto(f"{EVENT}batches/")
    page.goto(f"{EVENT}batches/new/")
    page.get_by_label("Product").select_option(index=1)
    page.get_by_label("Amount").fill("2")
    page.get_by_role("button", name="Create batch").click()
    page.wait_for_url(lambda url: url.removesuffix("/").rpartition("/")[2].isdecimal())
    page.go_back()
    page.wait_for_url(f"**{EVENT}batches/new/")
    page.go_back()
    page.wait_for_url(f"**{EVENT}batches/")


def _press(page: Page) -> None:
    """Press what the mouse is over, and wait for nothing."""
    page.mouse.down()
    page.mouse.up()
