"""The rows that printing is tested with."""

from __future__ import annotations

import pytest

from counterfoil.accounts.actors import TokenActor
from counterfoil.catalog.models import Event
from counterfoil.orders.models import OrderPosition
from makers import make_event, make_item, make_order, make_team, make_token


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


@pytest.fixture
def position(event: Event) -> OrderPosition:
    """A paid ticket of the event."""
    order = make_order(event, items=[make_item(event)])
    return order.positions.get()


@pytest.fixture
def actor(event: Event) -> TokenActor:
    return TokenActor(make_token(make_team(event.organizer))[0])
