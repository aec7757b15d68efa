"""What is on paper does not change: pages say how many tickets are out with the old values."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from batches.making import make
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import User
from counterfoil.batches.services import request_print
from counterfoil.catalog.models import Event, Item
from counterfoil.jobs.runner import run
from counterfoil.layouts.services import LayoutContent
from makers import make_event, make_item, make_layout
from pageforms import untouched

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


@pytest.fixture
def item(event: Event, user: User) -> Item:
    """A product of which three tickets are on paper, and two are not."""
    made = make_item(event, quota=10)
    run(request_print(actor=UserActor(user), batch=make(made, 3)).pk)
    make(made, 2)
    return made


def test_changing_what_a_printed_ticket_says_tells_how_many_are_out(
    pages: Client, event: Event, item: Item, base: str
) -> None:
    settings, product = f"{base}settings/", f"{base}items/{item.pk}/"
    changes = [
        (settings, {"location_en": "Elsewhere"}, True),
        (settings, {"is_public": []}, False),
        (product, {"default_price": "99.00"}, True),
        (product, {"position": "5"}, False),
    ]

    for path, change, is_on_paper in changes:
        sent = {**untouched(pages.get(path)), **change}
        answer = pages.post(path, sent, follow=True)

        assert answer.redirect_chain
        assert ("3 tickets have been printed with the old values" in answer.text) is is_on_paper


def test_a_layout_tells_how_many_printed_tickets_it_has(
    pages: Client, event: Event, item: Item, base: str
) -> None:
    layout, other = make_layout(event, default=True), make_layout(event, name="Other")

    texts = [pages.get(f"{base}layouts/{each.pk}/").text for each in (layout, other)]

    assert "3 tickets that print with this layout are on paper already" in texts[0]
    assert "on paper already" not in texts[1]


def test_saving_a_layout_tells_how_many_are_out_with_the_old_one(
    pages: Client, event: Event, item: Item, base: str
) -> None:
    for is_default, printed in ((True, 3), (False, 0)):
        layout = make_layout(event, default=is_default)
        body = {"name": "New", "elements": layout.layout, "background": None}
        body["version"] = LayoutContent.of(layout).version
        path = f"{base}layouts/{layout.pk}/save/"
        answer = pages.post(path, json.dumps(body), content_type="application/json")
        assert answer.json()["printed"] == printed
