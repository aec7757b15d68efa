"""The rig's kinds of work: rows in one transaction, a file, something long."""

from __future__ import annotations

import time

from django.db import transaction

from counterfoil.core import failpoints
from counterfoil.core.refusals import Invalid
from counterfoil.files import services as files
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import RESULTS
from counterfoil.jobs.registry import handler
from rig.models import CountRequest, Entry, Start


@handler("rig.rows")
def make_rows(claim: Claim) -> None:
    """Make ``amount`` rows, half before and half after a point to die at."""
    _started(claim)
    half = claim.payload["amount"] // 2
    with transaction.atomic():
        _insert(claim, 0, half)
        failpoints.reach("rig.half")
        time.sleep(claim.payload.get("seconds", 0))
        _insert(claim, half, claim.payload["amount"])
        claim.finish({"rows": claim.payload["amount"]})
        failpoints.reach("rig.before_commit")


@handler("rig.file")
def make_file(claim: Claim) -> None:
    _started(claim)
    name = f"{claim.job_id}.{claim.attempt}.txt"
    with files.publish(RESULTS, name) as stream:
        stream.write(f"attempt {claim.attempt}".encode())
    claim.finish(result_file=f"{RESULTS}/{name}")


@handler("rig.long")
def take_long(claim: Claim) -> None:
    """Take ``seconds`` in small steps, each of which looks whether it is still wanted."""
    _started(claim)
    until = time.monotonic() + claim.payload["seconds"]
    while time.monotonic() < until:
        claim.check()
        claim.progress(claim.done + 1)
        time.sleep(0.05)
    claim.finish()


@handler(
    "rig.count",
    request=CountRequest,
    label="Counting",
    describe=lambda job: f"Count to {job.progress_total}",
)
def count(claim: Claim) -> None:
    """Count to the total in the requested steps, unless they miss it."""
    step = CountRequest.objects.get(pk=claim.job_id).step
    if claim.total % step:
        raise Invalid({"step": [f"Steps of {step} miss {claim.total}."]})
    claim.finish({"steps": claim.total // step})


def _started(claim: Claim) -> None:
    Start.objects.create(job=claim.job_id, attempt=claim.attempt)


def _insert(claim: Claim, first: int, last: int) -> None:
    Entry.objects.bulk_create(Entry(job=claim.job_id, number=n) for n in range(first, last))
