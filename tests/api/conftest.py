"""Fixtures of the API's tests: an event, and a client whose token may do everything there."""

from __future__ import annotations

import pytest

from apiclient import Api
from counterfoil.catalog.models import Event
from makers import make_event, make_team, make_token


@pytest.fixture
def event(db: None) -> Event:
    """An event of an organizer of its own."""
    return make_event()


@pytest.fixture
def api(event: Event) -> Api:
    """A client with a token that may do everything in the event's organizer."""
    return Api(make_token(make_team(event.organizer))[1])
