"""The long work of an event: what waits, runs, is done, failed and why; and another try."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.display_names import names_of
from counterfoil.batches import queries
from counterfoil.batches.services import cancel_request
from counterfoil.core.refusals import Conflict
from counterfoil.jobs import services
from counterfoil.jobs.models import Job
from counterfoil.jobs.queries import living_workers
from counterfoil.printing.services import cancel_render
from counterfoil.web.batches.views import READ, STATES, WRITE
from counterfoil.web.framework.views import EventPage, event_routes


class Jobs(EventPage):
    """While something is under way, the list looks again by itself."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = queries.jobs_of(self.event)
        if states := STATES.get(self.asked("state")):
            found = found.filter(state__in=states)
        rows = self.rows(found)
        jobs = list(rows.object_list)
        is_moving = any(job.state in STATES["under_way"] for job in jobs)
        known = {
            "rows": rows,
            "jobs": jobs,
            "names": names_of(_asker(job) for job in jobs),
            "is_moving": is_moving,
            "is_stuck": is_moving and not living_workers().exists(),
            "asked": {"state": self.asked("state")},
        }
        template = "_list" if self.is_partial else "list"
        return self.render(f"web/jobs/{template}.html", known)


class _OfJob(EventPage):
    """Does something to a job, in a transaction, and goes back to the list."""

    write_permissions = WRITE
    said: Any = ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        job = get_object_or_404(queries.jobs_of(self.event), pk=kwargs["job"])
        try:
            with transaction.atomic():
                self.carry_out(job)
        except Conflict as refusal:
            messages.warning(request, str(refusal))
            return self.go("jobs")
        return self.go("jobs", said=self.said)

    def carry_out(self, job: Job) -> None:
        raise NotImplementedError


class RetryJob(_OfJob):
    said = _("The job will run again.")

    def carry_out(self, job: Job) -> None:
        services.retry(job)
        self.record("retried", job, kind="job")


class CancelJob(_OfJob):
    said = _("Cancelling. A running job stops within a few seconds.")

    def carry_out(self, job: Job) -> None:
        wish = getattr(job, "batch_request", None)
        if wish is not None:
            cancel_request(actor=self.actor, request=wish)
        else:
            cancel_render(actor=self.actor, request=job.render_request)


def _asker(job: Job) -> str:
    asked = getattr(job, "batch_request", None) or job.render_request
    return str(asked.requested_by)


routes = event_routes(
    path("jobs/", Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:job>/retry/", RetryJob.as_view(), name="job-retry"),
    path("jobs/<uuid:job>/cancel/", CancelJob.as_view(), name="job-cancel"),
)
