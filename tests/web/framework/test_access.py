"""A walk over every page: who is let in, and who is not.

The table is in tests/pagetable.py. A page that nobody listed there fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern

from counterfoil.catalog.models import Event
from counterfoil.web.framework.views import Page
from counterfoil.web.urls import all_routes
from makers import make_event, make_user
from pageclient import signed_in
from pagetable import OWN, PUBLIC, ROUTES

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes() -> dict[str, URLPattern]:
    return {str(route.name): route for route in all_routes()}


def page_class(name: str) -> type[Page]:
    found: type[Page] = routes()[name].callback.view_class  # type: ignore[attr-defined]
    return found


def path_of(name: str, event: Event, of: Event | None = None) -> str:
    """The path of a page below ``event``, about a row of ``of``."""
    ids = {**ROUTES[name].ids(of or event)} if name in ROUTES else {}
    known = {**ids, "organizer": event.organizer.slug, "event": event.slug}
    return "/" + _PARAMETER.sub(lambda found: str(known[found[1]]), str(routes()[name].pattern))


def methods_of(name: str) -> list[str]:
    return [verb for verb in ("get", "post") if hasattr(page_class(name), verb)]


def calls(*, needing: bool = False, with_ids: bool = False) -> Iterator[tuple[str, str]]:
    """Each page and method; only those that need a permission, or that name a row."""
    for name in ROUTES:
        if with_ids and not _PARAMETER.findall(_below_event(name)):
            continue
        for method in methods_of(name):
            page = page_class(name)
            needs = page.read_permissions if method == "get" else page.write_permissions
            if needs or not needing:
                yield name, method


@contextmanager
def one(subtests: pytest.Subtests, name: str, method: str) -> Iterator[None]:
    """Report a page and method by itself, and undo whatever was done to it."""
    with subtests.test(f"{method} {name}"), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _below_event(name: str) -> str:
    pattern = str(routes()[name].pattern)
    return pattern.replace("<str:organizer>", "").replace("<str:event>", "")


def test_every_page_is_listed() -> None:
    assert set(routes()) == PUBLIC | OWN | ROUTES.keys()


def test_every_page_below_an_organizer_finds_its_scope() -> None:
    assert [name for name in ROUTES if not issubclass(page_class(name), Page)] == []
    assert [name for name in ROUTES if page_class(name).public] == []


def test_who_is_not_signed_in_is_asked_to(
    client: Any, event: Event, subtests: pytest.Subtests
) -> None:
    for name, method in calls():
        with one(subtests, name, method):
            answer = getattr(client, method)(path_of(name, event))

            assert answer.status_code == 302
            assert answer["Location"].startswith("/signin/?next=")


def test_other_organizers_do_not_exist(event: Event, subtests: pytest.Subtests) -> None:
    stranger = signed_in(make_user(make_event().organizer))

    for name, method in calls():
        with one(subtests, name, method):
            assert getattr(stranger, method)(path_of(name, event)).status_code == 404


def test_rows_of_another_event_do_not_exist(event: Event, subtests: pytest.Subtests) -> None:
    pages = signed_in(make_user(event.organizer))

    for name, method in calls(with_ids=True):
        with one(subtests, name, method):
            of_event = (
                "<str:event>" in str(routes()[name].pattern) and not ROUTES[name].of_organizer
            )
            other = make_event(event.organizer if of_event else None)

            assert getattr(pages, method)(path_of(name, event, of=other)).status_code == 404


def test_who_has_no_permission_is_told_so(event: Event, subtests: pytest.Subtests) -> None:
    visitor = signed_in(make_user(event.organizer, permissions=[]))

    for name, method in calls(needing=True):
        with one(subtests, name, method):
            assert getattr(visitor, method)(path_of(name, event)).status_code == 403


def test_a_form_from_elsewhere_is_refused(event: Event, subtests: pytest.Subtests) -> None:
    pages = signed_in(make_user(event.organizer), enforce_csrf_checks=True)

    for name, method in calls():
        if method == "post":
            with one(subtests, name, method):
                assert pages.post(path_of(name, event)).status_code == 403


def test_what_writes_needs_a_permission() -> None:
    writing = [name for name in ROUTES if "post" in methods_of(name)]

    assert [name for name in writing if not page_class(name).write_permissions] == []


def test_the_address_of_a_button_leads_to_the_page_above(
    event: Event, subtests: pytest.Subtests
) -> None:
    pages = signed_in(make_user(event.organizer))

    for name in sorted(n for n in ROUTES if "get" not in methods_of(n)):
        with one(subtests, name, "get"):
            path = path_of(name, event)

            answer = pages.get(path)

            assert path.startswith(answer["Location"])
            assert pages.get(answer["Location"]).status_code == 200
