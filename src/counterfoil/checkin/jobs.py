"""What workers do for the gate beside the jobs."""

from __future__ import annotations

from counterfoil.checkin import exits
from counterfoil.core import clock
from counterfoil.jobs.chores import chore


@chore(every_s=60)
def let_out() -> None:
    exits.let_out_where_due(clock.now())
