"""The jobs of the stock. The stored job kinds must not change."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from counterfoil.core import clock
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job
from counterfoil.jobs.periodic import periodic
from counterfoil.jobs.registry import handler
from counterfoil.stock import deadlines, services
from counterfoil.stock.models import ActionRequest


def describe(job: Job) -> str:
    amount = job.progress_total
    text = ngettext("Change %(amount)s ticket", "Change %(amount)s tickets", amount)
    return text % {"amount": number_format(amount, force_grouping=True)}


@handler(services.ACT, request=ActionRequest, label=_("Change tickets in stock"), describe=describe)
def perform_action(claim: Claim) -> None:
    services.perform(claim)


@handler(deadlines.RETURN_BY)
def end_hand_out(claim: Claim) -> None:
    deadlines.perform(claim)


@periodic(every_s=60)
def submit_ended_hand_outs() -> None:
    deadlines.submit_due(clock.now())
