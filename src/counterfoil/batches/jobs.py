"""The job that makes a batch."""

from __future__ import annotations

from uuid import UUID

from counterfoil.accounts.naming import language_of
from counterfoil.batches import services
from counterfoil.batches.models import BatchRequest
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.registry import handler


def _language(job: UUID) -> str:
    asker = BatchRequest.objects.values_list("asker", flat=True).filter(pk=job).first()
    return language_of(asker or "")


@handler(services.CREATE, language=_language)
def create_batch(claim: Claim) -> None:
    services.create_batch(claim)
