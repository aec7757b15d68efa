"""The job that prints: the name it is stored under is a promise."""

from __future__ import annotations

from counterfoil.jobs.claims import Claim
from counterfoil.jobs.registry import handler
from counterfoil.printing import documents
from counterfoil.printing.services import RENDER


@handler(RENDER)
def render(claim: Claim) -> None:
    documents.print_requested(claim)
