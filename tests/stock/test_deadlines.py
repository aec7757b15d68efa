"""After the day of return: what happens once to tickets that sellers still have."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from batches.making import make, somebody
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.jobs import runner
from counterfoil.jobs.models import Job
from counterfoil.stock import deadlines, ledger, services
from counterfoil.stock.models import HandOut, StockDocument, StockEvent
from counterfoil.stock.moves import Action
from counterfoil.stock.selection import select
from counterfoil.stock.services import Consignment, Line
from makers import make_event, make_item

pytestmark = pytest.mark.django_db

DAY = date(2027, 6, 10)
#: The day ends at midnight in Berlin.
BEFORE, AFTER = datetime(2027, 6, 10, 21, 59, tzinfo=UTC), datetime(2027, 6, 10, 22, 0, tzinfo=UTC)


def _handed_out(batch_then: str, **given: object) -> OfflineSalesBatch:
    """A batch of six: four are with a seller, of which one is sold and one void."""
    batch = make(make_item(make_event()), 6, return_by=DAY, then=batch_then)
    lines = [Line(batch=batch, numbers=[range(1, 5)])]
    consignment = Consignment(event=batch.event, lines=lines, **given)  # type: ignore[arg-type]
    services.hand_out(actor=somebody(batch.item), consignment=consignment, seller=7)
    for action, number in ((Action.SOLD, "3"), (Action.VOID, "4")):
        chosen = select(event=batch.event, batch=batch, tickets=number)
        services.act(actor=None, event=batch.event, action=action, selections=chosen)
    return batch


def _run(now: datetime) -> int:
    due = deadlines.submit_due(now)
    for job in Job.objects.filter(kind=deadlines.RETURN_BY, state="waiting"):
        runner.run(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.message
    return due


@pytest.mark.parametrize(
    ("then", "state"),
    [
        ("sold", ("active", "sold")),
        ("void", ("void", "with_seller")),
        ("block", ("inactive", "with_seller")),
    ],
)
def test_it_is_done_once_at_the_end_of_the_day_with_a_document(
    then: str, state: tuple[str, str]
) -> None:
    batch = _handed_out(then)

    assert (_run(BEFORE), StockDocument.objects.count()) == (0, 0)
    assert (_run(AFTER), _run(AFTER)) == (1, 0)

    states = list(batch.tickets.order_by("number").values_list("validity", "place"))
    assert states[:2] == [state] * 2
    assert states[2:] == [("active", "sold"), ("void", "with_seller"), *[("active", "stock")] * 2]
    document = StockDocument.objects.get()
    row = StockEvent.objects.latest("number")
    assert (row.document, row.ranges, row.reason) == (document.number, "1-2", "return_by")
    assert (document.count, document.ranges, document.head) == (2, "1-2", row.hash)
    assert document.number == f"RB-{document.issued.year}-0001"
    assert ledger.flaw_in(batch.event.organizer) is None


def test_ask_leaves_the_tickets_and_names_the_hand_out() -> None:
    batch = _handed_out("ask")

    assert _run(AFTER) == 1

    assert [each.batch for each in deadlines.undecided(batch.event.pk)] == [batch]
    assert (
        StockDocument.objects.count(),
        Job.objects.filter(kind=deadlines.RETURN_BY).count(),
    ) == (
        0,
        0,
    )


def test_what_the_consignment_says_wins_and_a_new_day_counts_anew() -> None:
    batch = _handed_out("void", return_by=date(2027, 6, 12), then="block")

    assert _run(AFTER) == 0
    assert _run(datetime(2027, 6, 12, 22, tzinfo=UTC)) == 1
    assert batch.tickets.get(number=1).validity == "inactive"
    HandOut.objects.update(return_by=date(2027, 6, 13))
    assert _run(datetime(2027, 6, 13, 22, tzinfo=UTC)) == 1
    assert StockDocument.objects.count() == 1  # nothing was left to block


def test_tickets_that_came_back_are_no_longer_due() -> None:
    batch = _handed_out("void")
    lines = [Line(batch=batch, numbers=[range(1, 3)])]
    back = Consignment(event=batch.event, lines=lines)
    services.take_back(actor=None, consignment=back, seller=7)

    assert _run(AFTER) == 1
    assert batch.tickets.get(number=1).validity == "active"
    assert not StockDocument.objects.exists()
