"""The example event: one click, and everything is there."""

from __future__ import annotations

from decimal import Decimal

import pypdfium2
from django.test import Client

from batches.making import make
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.printing import previews
from counterfoil.sellers.accounts import balance_of
from counterfoil.stock import ledger
from counterfoil.stock.replay import differences
from makers import make_user
from pageclient import signed_in


def load(pages: Client, event: Event) -> Event:
    answer = pages.post(f"/organizers/{event.organizer.slug}/example-event/")
    slug = answer.headers["Location"].split("/")[-2]
    return event.organizer.events.get(slug=slug)


def test_it_has_everything_that_an_event_can_have(pages: Client, event: Event) -> None:
    example = load(pages, event)

    assert example.name.keys() == {"en", "de"}
    assert example.date_from > clock.now()
    assert example.tz.key == "Europe/Berlin"
    assert [item.variations.count() for item in example.items.order_by("position")] == [3, 0, 2]
    assert example.quotas.count() == 2
    assert example.ticket_layouts.filter(default=True).count() == 1
    assert example.ticket_layouts.count() == 2
    assert example.checkin_lists.count() == 2
    assert LogEntry.objects.filter(action="counterfoil.event.added").count() == 1


def test_it_can_be_loaded_again(pages: Client, event: Event) -> None:
    assert [load(pages, event).slug for _time in range(2)] == ["example", "example-2"]
    assert event.organizer.sheets.count() == 1


def test_its_strips_are_printed_four_on_a_sheet(pages: Client, event: Event) -> None:
    example = load(pages, event)
    strips = example.ticket_layouts.get(default=False)
    batch = make(example.items.order_by("position")[1], amount=8, layout=strips)
    sheet = event.organizer.sheets.get()

    step = f"/organizers/{event.organizer.slug}/events/{example.slug}/batches/{batch.pk}/print/new/"
    chosen = {"mode": "sheet", "sheet": str(sheet.pk), "labels": "avery-l7163", "ink": "office"}

    shown = pages.get(step, chosen).content.decode()
    assert "8 tickets, 4 a sheet: 2 sheets, 4 piles, 7 cuts." in shown


def test_its_tickets_can_be_made_at_once(pages: Client, event: Event) -> None:
    example = load(pages, event)
    seats = example.items.order_by("position")[0]

    batch = make(seats, amount=2, variation=seats.variations.first())
    serials = batch.tickets.order_by("number").values_list("position__serial", flat=True)
    assert list(serials) == ["RF-00201", "RF-00202"]  # after those of its sellers


def test_it_tells_a_story_of_two_sellers(pages: Client, event: Event) -> None:
    example = load(pages, event)
    kiosk, club = event.organizer.sellers.order_by("pk")

    (statement,) = kiosk.statements.all()
    counts = ("handed_out", "returned", "void_and_lost", "sold")
    # 47 reported and one that the gate saw, for 19.00 less 1.90 each; 500.00 are paid
    assert [getattr(statement, name) for name in counts] == [100, 30, 10, 48]
    assert (statement.gross, statement.commission) == (Decimal("912.00"), Decimal("91.20"))
    assert balance_of(kiosk) == Decimal("320.80")
    gate = statement.gate
    assert [gate[name] for name in list(gate)[:3]] == [12, 35, 1]
    assert [alarm["number"] for alarm in gate["alarms"]] == [61]
    assert club.notices.get().state == "waiting"
    assert differences(example) == []
    assert ledger.flaw_in(event.organizer) is None
    listed = pages.get(f"/organizers/{event.organizer.slug}/sellers/").content.decode()
    assert "320.80" in listed


def test_who_may_not_make_events_may_not_load_it(event: Event) -> None:
    visitor = signed_in(make_user(event.organizer, permissions=["event.items:write"]))

    assert visitor.post(f"/organizers/{event.organizer.slug}/example-event/").status_code == 403
    assert event.organizer.events.get() == event


def test_both_its_designs_print_on_their_pages(pages: Client, event: Event) -> None:
    sizes = {}
    for layout in load(pages, event).ticket_layouts.all():
        plan = previews.preview_plan(elements=layout.layout, background=layout.background_id)
        pdf = previews.draw_pdf(plan, previews.sample_ticket(plan, layout.event), title="x")
        with pypdfium2.PdfDocument(pdf) as document:
            sizes[layout.name] = tuple(round(side * 25.4 / 72) for side in document[0].get_size())

    assert sizes == {"A4 with counterfoil": (210, 297), "Strip, 150 × 62 mm": (150, 62)}
