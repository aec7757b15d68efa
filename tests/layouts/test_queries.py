from __future__ import annotations

from typing import Any

import pytest

from counterfoil.catalog.models import Event, Item, SalesChannel
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.models import Background, TicketLayout, TicketLayoutItem
from counterfoil.layouts.queries import BUILT_IN, Choice, LayoutChooser
from makers import make_event, make_item, make_layout, qr_element


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


@pytest.fixture
def item(event: Event) -> Item:
    return make_item(event)


@pytest.fixture
def web(event: Event) -> SalesChannel:
    return event.organizer.sales_channels.get(identifier="web")


@pytest.fixture
def box_office(event: Event) -> SalesChannel:
    return SalesChannel.objects.create(organizer=event.organizer, identifier="api.boxoffice")


def make_background(event: Event) -> Background:
    return Background.objects.create(
        event=event, sha256="0" * 64, original="backgrounds/a.pdf", compiled="backgrounds/a"
    )


def chosen(item: Item, channel: SalesChannel, override: TicketLayout | None = None) -> Choice:
    return LayoutChooser(item.event).choose(item=item.pk, channel=channel.pk, override=override)


def assign(layout: TicketLayout, item: Item, channel: SalesChannel) -> None:
    TicketLayoutItem.objects.create(layout=layout, item=item, sales_channel=channel)


def test_without_any_layout_the_built_in_one_prints(item: Item, web: SalesChannel) -> None:
    make_layout(item.event)  # neither default nor assigned

    assert chosen(item, web) == Choice(BUILT_IN, built_in_layout(), None)


def test_the_channels_assignment_comes_before_webs_and_that_before_the_default(
    item: Item, web: SalesChannel, box_office: SalesChannel
) -> None:
    default = make_layout(item.event, default=True)
    assert chosen(item, box_office).name == default.name

    for_web = make_layout(item.event)
    assign(for_web, item, web)
    assert chosen(item, box_office).name == for_web.name

    for_box_office = make_layout(item.event)
    assign(for_box_office, item, box_office)
    assert chosen(item, box_office).name == for_box_office.name
    assert chosen(item, web).name == for_web.name


def test_an_override_brings_its_elements_and_its_background(item: Item, web: SalesChannel) -> None:
    make_layout(item.event, default=True, background=make_background(item.event))
    override = make_layout(
        item.event, layout=[qr_element(size="10")], background=make_background(item.event)
    )

    choice = chosen(item, web, override)

    assert choice == Choice(override.name, override.layout, override.background_id)


def test_an_override_without_background_lies_on_that_of_the_automatic_choice(
    item: Item, web: SalesChannel
) -> None:
    default = make_layout(item.event, default=True, background=make_background(item.event))
    override = make_layout(item.event, layout=[qr_element(size="10")])

    choice = chosen(item, web, override)

    assert choice == Choice(override.name, override.layout, default.background_id)


def test_an_override_without_elements_lends_only_its_background(
    item: Item, web: SalesChannel
) -> None:
    default = make_layout(item.event, default=True, background=make_background(item.event))
    override = make_layout(item.event, layout=[], background=make_background(item.event))

    choice = chosen(item, web, override)

    assert choice == Choice(default.name, default.layout, override.background_id)


def test_an_automatic_choice_without_elements_prints_the_built_in_ones_on_its_background(
    item: Item, web: SalesChannel
) -> None:
    empty = make_layout(item.event, default=True, layout=[], background=make_background(item.event))

    assert chosen(item, web) == Choice(empty.name, built_in_layout(), empty.background_id)


def test_layouts_of_other_events_are_never_chosen(item: Item, web: SalesChannel) -> None:
    make_layout(make_event(item.event.organizer), default=True)

    assert chosen(item, web).name == BUILT_IN


@pytest.mark.parametrize("amount", [1, 20])
def test_choosing_costs_the_same_for_any_number_of_tickets(
    event: Event, web: SalesChannel, amount: int, django_assert_num_queries: Any
) -> None:
    items = [make_item(event) for _ in range(amount)]
    for each in items:
        assign(make_layout(event), each, web)

    with django_assert_num_queries(3):  # layouts, assignments, channels
        chooser = LayoutChooser(event)
        for each in items:
            chooser.choose(item=each.pk, channel=web.pk, override=None)
