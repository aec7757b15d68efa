"""Consignments, actions, scans, statements and payments in any order: the accounts come out."""

from __future__ import annotations

import itertools
import os
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from batches.making import make, somebody
from counterfoil.batches.models import Place
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.core.ranges import format_ranges, ranges_of
from counterfoil.sellers import accounts, consignments, statements
from counterfoil.sellers.consignments import NewLine
from counterfoil.sellers.models import (
    CommissionPlan,
    Consignment,
    Seller,
    SellerPayment,
    Statement,
)
from counterfoil.sellers.standings import standing_of
from counterfoil.stock import ledger, services
from counterfoil.stock.execution import ActionRefused
from counterfoil.stock.moves import Action
from counterfoil.stock.replay import differences
from counterfoil.stock.selection import Selection
from counterfoil.stock.services import Options
from gate import make_list
from makers import make_event, make_item

AMOUNT = 6
EXAMPLES = int(os.environ.get("COUNTERFOIL_TEST_EXAMPLES", "8"))
NUMBERS = st.sets(st.integers(1, AMOUNT), min_size=1, max_size=4)
WHO = st.sampled_from([0, 1])
BASES = st.sampled_from(Statement.Basis.values)
ACTIONS = st.sampled_from(
    [Action.SOLD, Action.UNSOLD, Action.LOST, Action.FOUND, Action.SPOILED, Action.VOID]
)


class Machine(RuleBasedStateMachine):
    """A batch, a gate and two sellers, one of whom has a commission."""

    @initialize()
    def begin(self) -> None:
        self.event = make_event()
        item = make_item(self.event, quota=AMOUNT, default_price="9.99")
        self.actor = somebody(item)
        self.batch = make(item, AMOUNT, activation="on_handover")
        self.list = make_list(self.event)
        plan = CommissionPlan.objects.create(organizer=self.event.organizer, name="x")
        plan.rules.create(position=0, percent=Decimal("12.5"))
        self.sellers = [
            Seller.objects.create(
                organizer=self.event.organizer, name=name, commission_plan=each_plan
            )
            for name, each_plan in (("Kiosk", plan), ("Club", None))
        ]
        self.accepted = 0

    @rule(kind=st.sampled_from(Consignment.Kind.values), numbers=NUMBERS, who=WHO)
    def consign(self, kind: str, numbers: set[int], who: int) -> None:
        is_transfer = kind == Consignment.Kind.TRANSFER
        text = format_ranges(ranges_of(numbers))
        draft = consignments.save_draft(
            draft=None,
            event=self.event,
            fields={
                "kind": kind,
                "seller": self.sellers[who],
                "to": self.sellers[1 - who] if is_transfer else None,
            },
            lines=[NewLine(batch=self.batch, way="tickets", text=text)],
        )
        try:
            done = consignments.accept(actor=self.actor, consignment=draft)
        except ActionRefused:
            consignments.delete_draft(draft=draft)
            return
        self.accepted += 1
        assert done.sequence == self.accepted

    @rule(action=ACTIONS, numbers=NUMBERS)
    def act(self, action: Action, numbers: set[int]) -> None:
        services.act(
            actor=self.actor,
            event=self.event,
            action=action,
            selections=[Selection.of_batch(self.batch, ranges_of(numbers))],
            options=Options(skip=True, force=True),
        )

    @rule(number=st.integers(1, AMOUNT))
    def scan(self, number: int) -> None:
        secret = self.batch.tickets.get(number=number).position.secret
        redeem(scan=Scan(lists=[self.list], secret=secret), actor=None)

    @rule(who=WHO, amount=st.sampled_from(["5.00", "-1.00", "19.98"]))
    def pay(self, who: int, amount: str) -> None:
        accounts.record_payment(
            actor=self.actor, seller=self.sellers[who], amount=Decimal(amount), currency="EUR"
        )

    @rule(who=WHO, basis=BASES)
    def settle(self, who: int, basis: str) -> None:
        draft = statements.draft(event=self.event, seller=self.sellers[who], basis=basis)
        issued = statements.issue(actor=self.actor, statement=draft)
        assert issued.closing == accounts.balance_of(self.sellers[who])
        self._adds_up(self.sellers[who], issued)

    def _adds_up(self, seller: Seller, last: Statement) -> None:
        """All statements together say what the last one would say alone."""
        standing = standing_of(seller, self.event)
        issued = list(statements.issued_of(seller))
        assert sum(each.sold for each in issued) == len(standing.sold(last.basis))
        assert sum(each.handed_out for each in issued) == standing.handed_out
        assert sum(each.returned for each in issued) == standing.returned
        price = Decimal("9.99")
        assert sum(each.gross for each in issued) == price * len(standing.sold(last.basis))
        for newer, older in itertools.pairwise(issued):
            assert newer.opening == older.closing

    @invariant()
    def the_accounts_come_out(self) -> None:
        if not hasattr(self, "sellers"):
            return
        for seller in self.sellers:
            standing = standing_of(seller, self.event)
            held = standing.tickets
            void = sum(each.is_void for each in held)
            by_place = {
                place: sum(each.place == place and not each.is_void for each in held)
                for place in (Place.WITH_SELLER, Place.SOLD, Place.LOST, Place.SPOILED)
            }
            assert standing.handed_out == standing.returned + void + sum(by_place.values())
            issued = Statement.objects.filter(seller=seller, state="issued")
            paid = sum(each.amount for each in SellerPayment.objects.filter(seller=seller))
            owed = sum(each.gross - each.commission for each in issued)
            assert accounts.balance_of(seller) == owed - paid
        assert differences(self.event) == []
        assert ledger.flaw_in(self.event.organizer) is None


@pytest.mark.database
class TestMachine(TestCase, Machine.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(
        max_examples=EXAMPLES,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
