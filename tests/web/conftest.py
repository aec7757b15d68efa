"""Fixtures of the pages' tests: somebody signed in who may do everything in one event."""

from __future__ import annotations

import pytest
from django.test import Client

import counterfoil.config.urls  # noqa: F401 - all pages, before a transaction waits for them
from counterfoil.accounts.models import User
from counterfoil.catalog.models import Event
from makers import make_event, make_user
from pageclient import signed_in


@pytest.fixture
def event(db: None) -> Event:
    """An event of an organizer of its own."""
    return make_event()


@pytest.fixture
def user(event: Event) -> User:
    """Somebody whose team may do everything in the event's organizer."""
    return make_user(event.organizer)


@pytest.fixture
def pages(user: User) -> Client:
    """A browser, as far as the server can tell, in which ``user`` is signed in."""
    return signed_in(user)


@pytest.fixture
def base(event: Event) -> str:
    """The path of the event's pages."""
    return f"/organizers/{event.organizer.slug}/events/{event.slug}/"
