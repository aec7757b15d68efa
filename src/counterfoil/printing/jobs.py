"""The job that prints: the name it is stored under is a promise. And what workers do beside it."""

from __future__ import annotations

from uuid import UUID

from counterfoil.accounts.naming import language_of
from counterfoil.jobs.chores import chore
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.registry import handler
from counterfoil.printing import documents, leftovers
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import RENDER


def _language(job: UUID) -> str:
    asker = RenderRequest.objects.values_list("asker", flat=True).filter(job=job).first()
    return language_of(asker or "")


@handler(RENDER, language=_language)
def render(claim: Claim) -> None:
    documents.print_requested(claim)


@chore(every_s=600)
def tidy_up() -> None:
    leftovers.delete_unwanted_backgrounds()
