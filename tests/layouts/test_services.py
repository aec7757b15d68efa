from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection

from counterfoil.accounts.actors import TokenActor
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.layouts.models import TicketLayout, TicketLayoutItem
from counterfoil.layouts.services import (
    LayoutContent,
    LayoutValues,
    assign_layout,
    change_layout,
    create_background,
    create_layout,
    delete_layout,
    make_default,
    problems_of,
    redesign_layout,
    rename_layout,
    unassign_layout,
)
from makers import make_event, make_item, make_layout, make_team, make_token, qr_element
from samplepdfs import NOT_A_PDF, pdf_of


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


@pytest.fixture
def actor(event: Event) -> TokenActor:
    return TokenActor(make_token(make_team(event.organizer))[0])


def values(**given: Any) -> LayoutValues:
    return LayoutValues(**{"name": "Ticket", "layout": [qr_element()], **given})


def test_the_first_layout_is_no_default_by_itself(event: Event, actor: TokenActor) -> None:
    layout = create_layout(actor=actor, event=event, values=values())

    assert not layout.default


def test_a_second_default_is_refused(event: Event, actor: TokenActor) -> None:
    create_layout(actor=actor, event=event, values=values(default=True))

    with pytest.raises(Invalid) as refused:
        create_layout(actor=actor, event=event, values=values(default=True))

    assert list(refused.value.problems) == ["non_field_errors"]
    assert event.ticket_layouts.count() == 1


def test_the_default_may_be_told_to_be_the_default(event: Event, actor: TokenActor) -> None:
    layout = create_layout(actor=actor, event=event, values=values(default=True))

    change_layout(actor=actor, layout=layout, values=values(name="Other", default=True))

    layout.refresh_from_db()
    assert (layout.name, layout.default) == ("Other", True)


def test_every_event_has_a_default_of_its_own(event: Event, actor: TokenActor) -> None:
    make_layout(make_event(event.organizer), default=True)

    assert create_layout(actor=actor, event=event, values=values(default=True)).default


def test_numbers_keep_the_form_in_which_they_came(event: Event, actor: TokenActor) -> None:
    elements = [qr_element(left="20.00", bottom=20.5, size=30)]

    layout = create_layout(actor=actor, event=event, values=values(layout=elements))

    layout.refresh_from_db()
    assert layout.layout == elements


def test_problems_are_told_with_their_places(event: Event, actor: TokenActor) -> None:
    elements = [qr_element(left="x"), {"type": "hologram"}]

    with pytest.raises(Invalid) as refused:
        create_layout(actor=actor, event=event, values=values(layout=elements))

    first, second = refused.value.problems["layout"]
    assert first.startswith("/0/left: ")
    assert second.startswith("/1/type: ")


def test_a_layout_full_of_problems_is_told_some_of_them(event: Event, actor: TokenActor) -> None:
    with pytest.raises(Invalid) as refused:
        create_layout(actor=actor, event=event, values=values(layout=["x"] * 100))

    assert len(refused.value.problems["layout"]) == 21
    assert refused.value.problems["layout"][-1] == "… and 80 more problems."


def test_a_layout_of_thousands_of_elements_is_refused(event: Event, actor: TokenActor) -> None:
    with pytest.raises(Invalid, match="1000 elements"):
        create_layout(actor=actor, event=event, values=values(layout=[qr_element()] * 1001))


def test_a_layout_of_older_rules_may_be_renamed(event: Event, actor: TokenActor) -> None:
    layout = make_layout(event, layout=[{"type": "from the past"}])

    change_layout(actor=actor, layout=layout, values=values(name="New", layout=layout.layout))

    layout.refresh_from_db()
    assert layout.name == "New"


def test_the_first_by_name_takes_over_from_a_deleted_default(
    event: Event, actor: TokenActor
) -> None:
    default = make_layout(event, name="M", default=True)
    make_layout(event, name="Z")
    heir = make_layout(event, name="A")

    delete_layout(actor=actor, layout=default)

    assert TicketLayout.objects.get(default=True) == heir


def test_deleting_another_layout_leaves_the_default_alone(event: Event, actor: TokenActor) -> None:
    default = make_layout(event, name="M", default=True)
    other = make_layout(event, name="A")

    delete_layout(actor=actor, layout=other)

    assert TicketLayout.objects.get() == default


def test_assignments_go_with_their_layout(event: Event, actor: TokenActor) -> None:
    web = event.organizer.sales_channels.get()
    layout = make_layout(event)
    assign_layout(actor=actor, layout=layout, item=make_item(event), sales_channel=web)

    delete_layout(actor=actor, layout=layout)

    assert not TicketLayoutItem.objects.exists()


def test_a_product_has_one_layout_for_a_channel(event: Event, actor: TokenActor) -> None:
    web, item = event.organizer.sales_channels.get(), make_item(event)
    assignment = assign_layout(actor=actor, layout=make_layout(event), item=item, sales_channel=web)

    with pytest.raises(Invalid, match="already"):
        assign_layout(actor=actor, layout=make_layout(event), item=item, sales_channel=web)

    unassign_layout(actor=actor, assignment=assignment)
    assign_layout(actor=actor, layout=make_layout(event), item=item, sales_channel=web)


def test_an_unusable_background_is_refused_in_words(event: Event) -> None:
    with pytest.raises(Invalid) as refused:
        create_background(event=event, pdf=NOT_A_PDF)

    assert list(refused.value.problems) == ["background"]
    assert create_background(event=event, pdf=pdf_of()).compiled


def test_all_of_it_is_written_down(event: Event, actor: TokenActor) -> None:
    web, item = event.organizer.sales_channels.get(), make_item(event)
    layout = create_layout(actor=actor, event=event, values=values())
    change_layout(actor=actor, layout=layout, values=values(name="New"))
    assignment = assign_layout(actor=actor, layout=layout, item=item, sales_channel=web)
    unassign_layout(actor=actor, assignment=assignment)
    delete_layout(actor=actor, layout=layout)

    assert list(LogEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "counterfoil.ticketlayout.added",
        "counterfoil.ticketlayout.changed",
        "counterfoil.layoutassignment.added",
        "counterfoil.layoutassignment.deleted",
        "counterfoil.ticketlayout.deleted",
    ]


def design(**given: Any) -> LayoutContent:
    return LayoutContent(
        **{"name": "Ticket", "elements": [qr_element()], "background": None, **given}
    )


def test_a_design_is_saved_over_the_one_that_was_seen(event: Event, actor: TokenActor) -> None:
    layout = make_layout(event, default=True)
    seen = LayoutContent.of(layout).version

    saved = redesign_layout(actor=actor, layout=layout, design=design(name="New"), expected=seen)

    layout.refresh_from_db()
    assert (layout.name, layout.layout, layout.default) == ("New", [qr_element()], True)
    assert LayoutContent.of(saved).version == LayoutContent.of(layout).version != seen


@pytest.mark.parametrize("change", [{"name": "x"}, {"layout": []}])
def test_a_design_that_nobody_saw_is_not_saved_over(
    event: Event, actor: TokenActor, change: dict[str, Any]
) -> None:
    layout = make_layout(event)
    seen = LayoutContent.of(layout).version
    TicketLayout.objects.update(**change)

    with pytest.raises(Conflict):
        redesign_layout(actor=actor, layout=layout, design=design(), expected=seen)

    assert not LogEntry.objects.exists()


def test_another_background_is_another_design(event: Event, actor: TokenActor) -> None:
    background = create_background(event=event, pdf=pdf_of())

    assert design().version != design(background=background).version


def test_who_marks_the_default_changes_no_design(event: Event, actor: TokenActor) -> None:
    layout = make_layout(event)
    seen = LayoutContent.of(layout).version
    TicketLayout.objects.update(default=True)

    redesign_layout(actor=actor, layout=layout, design=design(), expected=seen)

    layout.refresh_from_db()
    assert layout.default


@pytest.mark.django_db(transaction=True)
def test_of_several_who_save_at_once_one_succeeds() -> None:
    layout = make_layout(make_event())
    seen = LayoutContent.of(layout).version

    def save(number: int) -> bool:
        wanted = design(name=f"Of {number}")
        try:
            redesign_layout(actor=None, layout=layout, design=wanted, expected=seen)
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        saved = list(threads.map(save, range(4)))

    layout.refresh_from_db()
    assert saved.count(True) == 1
    assert layout.name == f"Of {saved.index(True)}"


def test_a_new_name_leaves_what_an_editor_saved_meanwhile(event: Event) -> None:
    layout = make_layout(event)
    TicketLayout.objects.update(layout=[qr_element(size="60.00")])

    rename_layout(actor=None, layout=layout, name="Balcony")

    layout.refresh_from_db()
    assert (layout.name, layout.layout) == ("Balcony", [qr_element(size="60.00")])


@pytest.mark.parametrize("change", [make_default, partial(rename_layout, name="x"), delete_layout])
def test_a_layout_that_somebody_else_deleted_is_gone(event: Event, change: Any) -> None:
    layout = make_layout(event)
    make_layout(event, default=True)
    TicketLayout.objects.filter(pk=layout.pk).delete()

    with pytest.raises(Gone):
        change(actor=None, layout=layout)

    assert TicketLayout.objects.filter(default=True).exists()


@pytest.mark.django_db(transaction=True)
def test_of_several_that_are_made_the_default_at_once_one_is() -> None:
    event = make_event()
    layouts = [make_layout(event, default=not number) for number in range(4)]

    def choose(layout: TicketLayout) -> None:
        try:
            make_default(actor=None, layout=layout)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(choose, layouts))

    assert event.ticket_layouts.filter(default=True).count() == 1


def test_a_deleted_layout_has_no_design_any_more(event: Event, actor: TokenActor) -> None:
    layout = make_layout(event)
    seen = LayoutContent.of(layout).version
    TicketLayout.objects.all().delete()

    with pytest.raises(Gone):
        redesign_layout(actor=actor, layout=layout, design=design(), expected=seen)


def test_what_is_stored_already_is_not_to_blame() -> None:
    hologram = {"type": "hologram"}

    told = problems_of([hologram, qr_element(size=0), {"type": "x"}], stored=[hologram])

    assert [problem.pointer for problem in told] == ["/1/size", "/2/type"]
    assert problems_of("nonsense", stored=[hologram])[0].pointer == ""
