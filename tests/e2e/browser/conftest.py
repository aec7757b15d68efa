"""A real server with the demo event, and Chromium to look at it with.

One server and one browser serve all tests of a process; each test makes what it changes, and leaves
the others' things alone. The demo event is at ``EVENT``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from servers import World, world

_DEADLINE_MS = 60_000  # generous: two processors may be shared by many
DEMO = Path(__file__).parents[3] / "src/counterfoil/cli/demo/event.json"
EVENT = "/organizers/demo/events/night/"
EMAIL, PASSWORD = "ada@example.org", "a quiet evening by the river"
_NEW_USER = """
import sys, django
django.setup()
from counterfoil.accounts.models import Team, User
Team.objects.get(name="Box office").members.add(User.objects.create_user(*sys.argv[1:]))
"""


@dataclass(frozen=True)
class Site:
    """A server of ours that runs, with a worker."""

    world: World
    address: str


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with world(folder, template=migrated_sqlite, settings="counterfoil.config.settings") as made:
        made.begin()
        applied = made.run("apply", str(DEMO), "--tokens", str(folder / "tokens.json"))
        assert applied.returncode == 0, applied.stderr
        yield Site(made, made.serve().address)


@pytest.fixture(scope="session")
def session_state(site: Site, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The cookies of somebody who may do everything with the demo event."""
    made = site.world.python(_NEW_USER, EMAIL, PASSWORD)
    assert made.returncode == 0, made.stderr
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site.address}/signin/")
    page.locator("[name=username]").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/signin/" not in url)
    state = context.storage_state()
    context.close()
    return state


def _is_complaint(said: ConsoleMessage) -> bool:
    """Tell errors from refusals, which the editor's questions meet with in the normal course."""
    is_refusal = "status of 4" in said.text and "/layouts/" in said.location.get("url", "")
    return said.type == "error" and not is_refusal


@pytest.fixture
def open_page(site: Site, chromium: Browser, session_state: Any) -> Iterator[Callable[..., Page]]:
    """Opens windows of somebody signed in; what a page complains of on its console fails the test.

    ``open_page(path, **options of a browser context)``
    """
    contexts, complaints = [], []

    def open_one(path: str = "/", **options: Any) -> Page:
        context = chromium.new_context(
            storage_state=session_state, base_url=site.address, **options
        )
        context.set_default_timeout(_DEADLINE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if _is_complaint(said) else None
        )
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A window with the start page."""
    return open_page("/")
