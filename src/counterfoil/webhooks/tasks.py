"""What workers do about webhooks beside the jobs."""

from __future__ import annotations

from counterfoil.jobs.periodic import periodic
from counterfoil.webhooks import delivery

_dispatcher = delivery.Dispatcher()


@periodic(every_s=0)
def send_due() -> None:
    _dispatcher.turn()


@periodic(every_s=600)
def tidy_up() -> None:
    delivery.give_up_old()
    delivery.forget_old()
