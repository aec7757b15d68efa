"""What workers do about webhooks beside the jobs."""

from __future__ import annotations

from counterfoil.jobs.chores import chore
from counterfoil.webhooks import delivery

_dispatcher = delivery.Dispatcher()


@chore(every_s=0)
def send_due() -> None:
    _dispatcher.turn()


@chore(every_s=600)
def tidy_up() -> None:
    delivery.give_up_old()
    delivery.forget_old()
