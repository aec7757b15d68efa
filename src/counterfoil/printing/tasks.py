"""The print job and the periodic cleanup. The stored job kind must not change."""

from __future__ import annotations

from uuid import UUID

from counterfoil.accounts.display_names import language_of
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.periodic import periodic
from counterfoil.jobs.registry import handler
from counterfoil.printing import cleanup, documents, print_documents, prints
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.prints import PRINT
from counterfoil.printing.services import RENDER


def _language(job: UUID) -> str:
    requested_by = (
        RenderRequest.objects.values_list("requested_by", flat=True).filter(job=job).first()
    )
    return language_of(requested_by or "")


@handler(RENDER, language=_language, gives_way=True)
def render(claim: Claim) -> None:
    documents.print_requested(claim)


@handler(
    PRINT,
    request=RenderRequest,
    label=_("Print tickets"),
    describe=describe_print,
    cancel=cancel_render,
    gives_way=True,
)
def draw_print(claim: Claim) -> None:
    print_documents.draw_requested(claim)


@periodic(every_s=600)
def expire_prints() -> None:
    prints.expire_files()


@periodic(every_s=600)
def cleanup_backgrounds() -> None:
    cleanup.delete_unused_backgrounds()
