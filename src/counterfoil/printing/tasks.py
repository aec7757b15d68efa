"""The print jobs and the periodic cleanup. The stored job kinds must not change."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job
from counterfoil.jobs.periodic import periodic
from counterfoil.jobs.registry import handler
from counterfoil.printing import cleanup, documents, print_documents, prints
from counterfoil.printing.models import Print, RenderRequest
from counterfoil.printing.prints import PRINT
from counterfoil.printing.services import RENDER, cancel_render


def describe(job: Job) -> str:
    amount = job.progress_total
    text = ngettext("Print %(amount)s ticket", "Print %(amount)s tickets", amount)
    return text % {"amount": number_format(amount, force_grouping=True)}


def describe_print(job: Job) -> str:
    printed = Print.objects.filter(request__job=job).only("sheets", "repeats_id").first()
    if printed is not None and printed.repeats_id is not None:
        return gettext("Print sheets %(sheets)s again") % {"sheets": printed.sheets}
    return describe(job)


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


@handler(
    PRINT,
    request=RenderRequest,
    label=_("Print tickets on sheets"),
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
    cleanup.delete_unused_pictures()
