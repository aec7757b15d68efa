"""The job that creates a batch. The stored job kind must not change."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from counterfoil.batches import services
from counterfoil.batches.models import BatchRequest
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job
from counterfoil.jobs.registry import handler


def describe(job: Job) -> str:
    amount = job.progress_total
    text = ngettext("Create %(amount)s ticket", "Create %(amount)s tickets", amount)
    return text % {"amount": number_format(amount, force_grouping=True)}


@handler(
    services.CREATE,
    request=BatchRequest,
    label=_("Create a batch"),
    describe=describe,
    cancel=services.cancel_request,
)
def create_batch(claim: Claim) -> None:
    services.create_batch(claim)
