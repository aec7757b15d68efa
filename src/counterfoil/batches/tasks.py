"""The job that creates a batch."""

from __future__ import annotations

from uuid import UUID

from counterfoil.accounts.display_names import language_of
from counterfoil.batches import services
from counterfoil.batches.models import BatchRequest
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.registry import handler


def _language(job: UUID) -> str:
    requested_by = (
        BatchRequest.objects.values_list("requested_by", flat=True).filter(pk=job).first()
    )
    return language_of(requested_by or "")


@handler(services.CREATE, language=_language)
def create_batch(claim: Claim) -> None:
    services.create_batch(claim)
