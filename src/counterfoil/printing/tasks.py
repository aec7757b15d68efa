"""The print job and the periodic cleanup. The stored job kind must not change."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job
from counterfoil.jobs.periodic import periodic
from counterfoil.jobs.registry import handler
from counterfoil.printing import cleanup, documents
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import RENDER, cancel_render


def describe(job: Job) -> str:
    amount = job.progress_total
    text = ngettext("Print %(amount)s ticket", "Print %(amount)s tickets", amount)
    return text % {"amount": number_format(amount)}


@handler(
    RENDER,
    request=RenderRequest,
    label=_("Print tickets"),
    describe=describe,
    cancel=cancel_render,
    gives_way=True,
)
def render(claim: Claim) -> None:
    documents.print_requested(claim)


@periodic(every_s=600)
def cleanup_backgrounds() -> None:
    cleanup.delete_unused_backgrounds()
