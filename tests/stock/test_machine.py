"""All actions in any order: sums, finality, replay, quota and order status hold after each."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from batches.making import make, somebody
from counterfoil.batches.models import Activation, BatchTicket
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.core.ranges import ranges_of
from counterfoil.orders.queries import availability
from counterfoil.stock import ledger, services
from counterfoil.stock.execution import ActionRefused
from counterfoil.stock.moves import CONSIGNMENTS, RULES, Action, State, after, refusal
from counterfoil.stock.queries import batch_stock
from counterfoil.stock.replay import differences, replay_batch
from counterfoil.stock.selection import Selection, select
from counterfoil.stock.services import Consignment, Line, Options
from gate import make_list
from makers import make_event, make_item, make_order

AMOUNT = 7
NUMBERS = st.sets(st.integers(1, AMOUNT), min_size=1, max_size=4)
SINGLE_ACTIONS = sorted(set(Action) - CONSIGNMENTS)


class Machine(RuleBasedStateMachine):
    """A batch, a single order, a gate and two sellers, beside a model of what should be."""

    @initialize(activation=st.sampled_from(list(Activation)))
    def begin(self, activation: Activation) -> None:
        self.event = make_event()
        self.item = make_item(self.event, quota=AMOUNT + 1)
        self.actor = somebody(self.item)
        self.batch = make(self.item, AMOUNT, activation=activation)
        self.order = make_order(self.event, items=[self.item])
        self.list = make_list(self.event)
        first = "active" if activation == Activation.AT_ONCE else "inactive"
        self.model = {number: State(first) for number in range(1, AMOUNT + 1)}
        self.scanned: set[int] = set()
        self.activation = str(activation)

    @rule(
        action=st.sampled_from(SINGLE_ACTIONS),
        numbers=NUMBERS,
        skip=st.booleans(),
        force=st.booleans(),
    )
    def act(self, action: Action, numbers: set[int], skip: bool, force: bool) -> None:
        possible = {
            number
            for number in numbers
            if refusal(action, self.model[number]) is None
            and (action != Action.VOID or force or number not in self.scanned)
        }
        selection = Selection.of_batch(self.batch, ranges_of(numbers))
        try:
            done = services.act(
                actor=self.actor,
                event=self.event,
                action=action,
                selections=[selection],
                options=Options(skip=skip, force=force),
            )
        except ActionRefused as refused:
            named = {each.number for each in refused.refused}
        else:
            named = None
        if named is not None:
            assert not skip
            assert named == numbers - possible
            return
        assert skip or possible == numbers
        assert done.count == len(possible)
        self._moved(action, possible)

    @rule(
        action=st.sampled_from(sorted(CONSIGNMENTS)),
        numbers=NUMBERS,
        owner=st.sampled_from([1, 2]),
        to=st.sampled_from([1, 2]),
    )
    def consign(self, action: Action, numbers: set[int], owner: int, to: int) -> None:
        lines = [Line(batch=self.batch, numbers=ranges_of(numbers))]
        consignment = Consignment(event=self.event, lines=lines)
        shared: dict[str, Any] = {"actor": self.actor, "consignment": consignment}
        who = None if action is Action.HAND_OUT else owner
        lawful = all(refusal(action, self.model[number], owner=who) is None for number in numbers)
        try:
            match action:
                case Action.HAND_OUT:
                    services.hand_out(seller=to, **shared)
                case Action.BACK:
                    services.take_back(seller=owner, **shared)
                case _:
                    services.transfer(seller=owner, to=to, **shared)
        except ActionRefused:
            assert not lawful
            return
        assert lawful
        self._moved(action, numbers, to)

    @rule(number=st.integers(1, AMOUNT))
    def scan(self, number: int) -> None:
        secret = BatchTicket.objects.get(batch=self.batch, number=number).position.secret
        outcome = redeem(scan=Scan(lists=[self.list], secret=secret), actor=None)
        fine = self.model[number].validity == "active" and number not in self.scanned
        assert outcome.admitted == fine
        if fine:
            self.scanned.add(number)

    @rule(number=st.integers(1, AMOUNT))
    def cancel(self, number: int) -> None:
        if self.model[number].validity == "void":
            return
        order = BatchTicket.objects.get(batch=self.batch, number=number).position.order
        services.cancel_order(actor=self.actor, order=order)
        self._moved(Action.VOID, {number})

    @rule(action=st.sampled_from(SINGLE_ACTIONS))
    def act_on_a_single_order(self, action: Action) -> None:
        secret = self.order.positions.get().secret
        selections = select(event=self.event, secrets=[secret])
        services.act(
            actor=self.actor,
            event=self.event,
            action=action,
            selections=selections,
            options=Options(skip=True),
        )

    def _moved(self, action: Action, numbers: set[int], seller: int | None = None) -> None:
        for number in numbers:
            self.model[number] = after(
                action, self.model[number], activation=self.activation, seller=seller
            )

    @invariant()
    def the_rows_are_as_the_model_and_the_replay_say(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = self.batch.tickets.values_list(
            "number", "validity", "place", "place_before", "seller"
        )
        assert {number: State(*state) for number, *state in rows} == self.model
        assert replay_batch(self.batch) == self.model
        assert differences(self.event) == []
        assert ledger.flaw_in(self.event.organizer) is None

    @invariant()
    def sums_and_quota_and_orders_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        sums = batch_stock(self.batch)
        for axis in (sums.validity, sums.place):
            assert sum(each.count for each in axis.values()) == AMOUNT
        void = sums.validity["void"].count
        self.order.refresh_from_db()
        quota = self.item.quotas.get()
        used = AMOUNT - void + (self.order.status != "c")
        assert availability([quota])[quota.pk].used == used
        positions = self.batch.tickets.filter(position__canceled=True, position__order__status="c")
        assert positions.count() == void
        blocked = self.batch.tickets.filter(position__blocked__isnull=False)
        inactive = self.batch.tickets.filter(validity="inactive")
        assert set(inactive) <= set(blocked)
        assert blocked.exclude(validity="inactive").exclude(validity="void").count() == 0


EXAMPLES = int(os.environ.get("COUNTERFOIL_TEST_EXAMPLES", "12"))


@pytest.mark.database
class TestMachine(TestCase, Machine.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(
        max_examples=EXAMPLES,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def test_no_rule_leads_out_of_void() -> None:
    assert all("void" not in rule.validities for rule in RULES.values())
