"""The job that makes a batch."""

from __future__ import annotations

from counterfoil.batches import services
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.registry import handler


@handler(services.CREATE)
def create_batch(claim: Claim) -> None:
    services.create_batch(claim)
