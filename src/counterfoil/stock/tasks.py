"""The jobs of the stock."""

from __future__ import annotations

from uuid import UUID

from counterfoil.accounts.display_names import language_of
from counterfoil.core import clock
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.periodic import periodic
from counterfoil.jobs.registry import handler
from counterfoil.stock import deadlines, services
from counterfoil.stock.models import ActionRequest


def _language(job: UUID) -> str:
    requested_by = (
        ActionRequest.objects.values_list("requested_by", flat=True).filter(pk=job).first()
    )
    return language_of(requested_by or "")


@handler(services.ACT, language=_language)
def perform_action(claim: Claim) -> None:
    services.perform(claim)


@handler(deadlines.RETURN_BY)
def end_hand_out(claim: Claim) -> None:
    deadlines.perform(claim)


@periodic(every_s=60)
def submit_ended_hand_outs() -> None:
    deadlines.submit_due(clock.now())
