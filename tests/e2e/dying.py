"""Acts on tickets in the database of the environment; before each step a process of its own that
does it is killed at a point. Prints, as JSON, what was found after each kill.

    python -m e2e.dying AMOUNT [each]

With ``each`` an action is killed at each of its points, otherwise at one, and the next one at the
next. ``not at all``: nothing of it is there; ``whole``: all of it is; anything else names what is
half done.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

Step = Callable[[], Any]

POINTS = ("stock.half_done", "stock.before_commit", "stock.committed")
#: Actions that are part of a transaction of their caller, or are done in another way.
FEWER = {
    **dict.fromkeys(("hand_out", "transfer", "back", "replace"), POINTS[:2]),
    "cancel": POINTS[1:2],
}


def main(amount: int, each: bool = False) -> None:
    django.setup()
    ends: list[str] = []
    steps, look = _steps(amount)
    for number, (name, step) in enumerate(steps.items()):
        points = FEWER.get(name, POINTS)
        for point in points if each else points[number % len(points) :][:1]:
            before = look()
            _die(step, point)
            end = _end(before, look())
            ends.append(f"{name}, {point}: {end}")
        if end == "not at all":
            step()
    print(json.dumps(ends))


def _steps(amount: int) -> tuple[dict[str, Step], Callable[[], Any]]:
    """Return actions, each lawful after the one before, and how to look at what they change."""
    from batches.making import make, somebody
    from counterfoil.batches.models import OfflineSalesBatch
    from counterfoil.checkin.models import BlockedSecret, RevokedSecret
    from counterfoil.orders.models import Order
    from counterfoil.stock import services
    from counterfoil.stock.models import StockEvent
    from counterfoil.stock.moves import Action
    from counterfoil.stock.replacement import replace_ticket
    from counterfoil.stock.selection import select
    from counterfoil.stock.services import Consignment, Line

    item = OfflineSalesBatch.objects.all()[0].item
    actor, event = somebody(item), item.event
    batch, small = make(item, amount, activation="on_sale"), make(item, 2)

    def act(action: str) -> Step:
        chosen = select(event=event, batch=batch, tickets=f"1-{amount}")
        return lambda: services.act(
            actor=actor, event=event, action=Action(action), selections=chosen
        )

    lines = [Line(batch=batch, numbers=[range(1, amount + 1)])]
    consignment = Consignment(event=event, lines=lines)
    shared: dict[str, Any] = {"actor": actor, "consignment": consignment, "seller": 7}
    consign: dict[str, Step] = {
        "hand_out": lambda: services.hand_out(**shared),
        "transfer": lambda: services.transfer(to=8, **shared),
        "back": lambda: services.take_back(**{**shared, "seller": 8}),
    }
    first, second = (ticket.position for ticket in small.tickets.order_by("number"))

    def look() -> tuple[Any, ...]:
        tickets = batch.tickets.order_by().values_list(
            *("validity", "place", "seller", "position__canceled", "position__order__status")
        )
        blocked = BlockedSecret.objects.filter(position__batch_ticket__batch=batch, blocked=True)
        return (
            frozenset(tickets),
            frozenset(small.tickets.values_list("number", "validity", "position__order__status")),
            blocked.count(),
            RevokedSecret.objects.filter(event=event).count(),
            Order.objects.count(),
            StockEvent.objects.count(),
        )

    names = ("activate", "deactivate", "sold", "unsold", "lost", "found", "return")
    steps = {name: act(name) for name in names} | consign
    steps |= {name: act(name) for name in ("spoiled", "void")}
    steps["replace"] = lambda: replace_ticket(actor=actor, position=first)
    steps["cancel"] = lambda: services.cancel_order(actor=actor, order=second.order)
    return steps, look


def _end(before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    from counterfoil.batches.models import OfflineSalesBatch
    from counterfoil.stock import ledger
    from counterfoil.stock.replay import differences

    event = OfflineSalesBatch.objects.all()[0].event
    wrong = differences(event)
    if flaw := ledger.flaw_in(event.organizer):
        wrong.append(str(flaw))
    if wrong:
        return ", ".join(wrong[:5])
    if after == before:
        return "not at all"
    if len(after[0]) == 1 and after[-1] == before[-1] + 1:
        return "whole"
    return f"{before} -> {after}"


def _die(step: Step, point: str) -> None:
    """Do a step in a process that is killed at a point of it."""
    from django.db import connections

    connections.close_all()  # it shall not share ours
    child = os.fork()
    if not child:
        _armed(step, point)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code == -signal.SIGKILL, (point, code)


def _armed(step: Step, point: str) -> None:
    from counterfoil.core import failpoints

    os.environ["COUNTERFOIL_FAILPOINTS"] = f"{point}=kill"
    importlib.reload(failpoints)  # it reads the environment once
    try:
        step()
    finally:
        os._exit(1)  # it should have been killed


if __name__ == "__main__":
    main(int(sys.argv[1]), "each" in sys.argv[2:])
