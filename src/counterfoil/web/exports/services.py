"""Large exports: a job writes the file, which is kept for a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Gone
from counterfoil.files import services as files
from counterfoil.jobs import services as jobs
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import RESULTS, Job
from counterfoil.web.exports.files import Table, write_table
from counterfoil.web.exports.kinds import EXPORTS
from counterfoil.web.framework.moments import written_for
from counterfoil.web.models import ExportRequest

#: The stored name of the kind of job, which must never change.
EXPORT = "web.export"
#: Rows between two looks at whether the job is still wanted.
_STEP = 500


def table_of(event: Event, name: str, query: QueryDict) -> Table:
    """Return the table of an export with the filters of a query string.

    Raises:
        Gone: something that the filters name does not exist any more.
    """
    form = EXPORTS[name].form(query, event=event, name=name)
    if not form.is_valid():
        raise Gone(_("Something that this export was filtered by no longer exists."))
    return EXPORTS[name].table(event, form.cleaned_data)


def record_export(*, actor: Actor, event: Event, name: str, kind: str, query: str) -> None:
    """Write down who takes which data out of an event."""
    data = {"export": name, "format": kind, "query": query}
    audit.record(
        actor=actor, action="counterfoil.export.created", obj=event, event=event, data=data
    )


@transaction.atomic
def request_export(
    *, actor: Actor, event: Event, name: str, kind: str, query: str, rows: int
) -> ExportRequest:
    """Request the file of an export. ``query`` is the query string of its form."""
    payload = {"export": name, "format": kind, "query": query}
    job = jobs.submit(kind=EXPORT, payload=payload, total=rows, lane=event.organizer.job_lane)
    record_export(actor=actor, event=event, name=name, kind=kind, query=query)
    return ExportRequest.objects.create(job=job, event=event, requested_by=actor.key)


def describe(job: Job) -> str:
    export = EXPORTS.get(job.payload.get("export", ""))
    label = export.label if export else job.payload.get("export", "")
    return _("Export: %(export)s (%(format)s)") % {
        "export": label,
        "format": str(job.payload.get("format", "")).upper(),
    }


def perform(claim: Claim) -> None:
    """Write the file of an export and publish it.

    The file name contains the attempt, so a stale worker cannot overwrite the file of another.

    Raises:
        Gone: something that the filters name was deleted.
        Lost, Cancelled: another worker owns the job, or it was cancelled.
    """
    request = ExportRequest.objects.select_related("event__organizer").get(job=claim.job_id)
    payload = claim.payload
    kind = payload["format"]
    with written_for(request.event):
        table = table_of(request.event, payload["export"], QueryDict(payload["query"]))
        stored = f"{claim.job_id}.{claim.attempt}.{kind}"
        with files.publish(RESULTS, stored) as stream:
            write_table(stream, replace(table, rows=_watched(claim, table.rows)), kind)
    claim.finish(result={"name": table.name}, result_file=f"{RESULTS}/{stored}")


def _watched(claim: Claim, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Pass rows on while somebody still wants them, and tell how many there were."""
    for number, row in enumerate(rows):
        if number % _STEP == 0:
            claim.check()
            claim.progress(number)
        yield row
