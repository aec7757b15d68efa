"""Sales channels of an organizer."""

from __future__ import annotations

import pytest
from django.test import Client

from counterfoil.catalog.models import Event
from makers import make_item, make_order
from pageforms import untouched


@pytest.fixture
def channels(event: Event) -> str:
    return f"/organizers/{event.organizer.slug}/channels/"


def test_a_channel_is_made_renamed_and_deleted(pages: Client, event: Event, channels: str) -> None:
    new = {"label_en": "Box office", "identifier": "api.box", "position": "1"}
    pages.post(f"{channels}new/", new)
    channel = event.organizer.sales_channels.get(identifier="api.box")
    path = f"{channels}{channel.pk}/"

    pages.post(path, {**untouched(pages.get(path)), "label_de": "Abendkasse"})
    channel.refresh_from_db()
    assert channel.label == {"en": "Box office", "de": "Abendkasse"}

    pages.post(f"{path}delete/")
    assert not event.organizer.sales_channels.filter(identifier="api.box").exists()


@pytest.mark.parametrize("identifier", ["box", "api.", "api.a b", "api.taken"])
def test_an_identifier_that_cannot_be_had_is_refused_at_its_field(
    pages: Client, event: Event, channels: str, identifier: str
) -> None:
    event.organizer.sales_channels.create(identifier="api.taken", label={"en": "Taken"})

    answer = pages.post(
        f"{channels}new/", {"label_en": "Box", "identifier": identifier, "position": "0"}
    )

    assert list(answer.context["form"].errors) == ["identifier"]


def test_the_web_shop_stays(pages: Client, event: Event, channels: str) -> None:
    web = event.organizer.sales_channels.get(identifier="web")

    assert pages.post(f"{channels}{web.pk}/delete/").status_code == 403
    assert event.organizer.sales_channels.filter(pk=web.pk).exists()


def test_a_channel_that_was_sold_through_stays(pages: Client, event: Event, channels: str) -> None:
    box = event.organizer.sales_channels.create(identifier="api.box", label={"en": "Box"})
    make_order(event, items=[make_item(event)], sales_channel=box)

    assert pages.post(f"{channels}{box.pk}/delete/").status_code == 403
    assert event.organizer.sales_channels.filter(pk=box.pk).exists()
