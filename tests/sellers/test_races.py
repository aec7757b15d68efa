"""Consignments accepted at once, and killed half-way: numbers have no gaps."""

from __future__ import annotations

from typing import Any

import pytest

from batches.making import make
from batches.test_races import at_once
from counterfoil.core import failpoints
from counterfoil.sellers import consignments
from counterfoil.sellers.consignments import NewLine
from counterfoil.sellers.models import Consignment, Seller
from counterfoil.stock.execution import ActionRefused
from counterfoil.stock.models import HandOut, StockEvent
from counterfoil.stock.replay import differences
from makers import make_event, make_item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.database
def test_numbers_have_no_gaps_whoever_is_refused_or_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = make_event()
    batch = make(make_item(event), 12)
    sellers = [Seller.objects.create(organizer=event.organizer, name=name) for name in "AB"]

    def draft(seller: Seller, tickets: str) -> Consignment:
        return consignments.save_draft(
            draft=None,
            event=event,
            fields={"kind": "out", "seller": seller},
            lines=[NewLine(batch=batch, way="tickets", text=tickets)],
        )

    def accept(row: Consignment) -> Any:
        return consignments.accept(actor=None, consignment=row)

    drafts = [draft(seller, tickets) for tickets in ("1-4", "3-6", "7-8") for seller in sellers]
    done = at_once([lambda row=row: accept(row) for row in drafts])

    accepted = [each for each in done if isinstance(each, Consignment)]
    refused = [each for each in done if isinstance(each, ActionRefused)]
    assert (len(accepted), len(refused)) == (2, 4)
    assert sorted(each.sequence or 0 for each in accepted) == [1, 2]

    class Killed(Exception):
        pass

    def die(name: str) -> None:
        if name == "sellers.before_accepted":
            raise Killed

    late = draft(sellers[0], "9-10")
    with monkeypatch.context() as patched:
        patched.setattr(failpoints, "reach", die)
        with pytest.raises(Killed):
            accept(late)
    late.refresh_from_db()
    assert (late.state, late.number) == ("draft", None)
    assert accept(late).sequence == 3
    assert StockEvent.objects.count() == HandOut.objects.count() == 3
    assert differences(event) == []
