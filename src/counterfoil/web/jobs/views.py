"""The jobs of an event, of any kind: their list, the progress of each, retries and cancellation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.queries import names_of
from counterfoil.batches.services import CREATE
from counterfoil.core.refusals import Conflict
from counterfoil.jobs import registry, services
from counterfoil.jobs.models import Job, JobRequest
from counterfoil.jobs.queries import jobs_of, living_workers
from counterfoil.printing.services import RENDER
from counterfoil.web.batches.views import READ, STATES, WRITE
from counterfoil.web.framework.views import EventPage, event_routes

#: The kinds of jobs that have pages of their own. Any other kind has the page ``job``.
_PAGES = {CREATE: "batch-request", RENDER: "print"}


@dataclass(frozen=True, slots=True)
class _Row:
    job: Job
    description: str
    requested_by: str | None
    path: str


class Jobs(EventPage):
    """Lists jobs. While one is under way, the list refreshes itself."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        queryset = jobs_of(self.event)
        if states := STATES.get(self.asked("state")):
            queryset = queryset.filter(state__in=states)
        if kind := self.asked("kind"):
            queryset = queryset.filter(kind=kind)
        rows = self.rows(queryset)
        jobs = list(rows.object_list)
        is_moving = any(job.state in STATES["under_way"] for job in jobs)
        context = {
            "rows": rows,
            "jobs": _described(self, jobs),
            "kinds": registry.requestable(),
            "is_moving": is_moving,
            "is_stuck": is_moving and not living_workers().exists(),
            "query": {name: self.asked(name) for name in ("state", "kind")},
        }
        template = "_list" if self.is_partial else "list"
        return self.render(f"web/jobs/{template}.html", context)


class _JobPage(EventPage):
    """A page about one job of the event."""

    def job(self) -> Job:
        return get_object_or_404(jobs_of(self.event), pk=self.kwargs["job"])


class JobProgress(_JobPage):
    """Shows the progress of a job whose kind has no page of its own."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        (row,) = _described(self, [self.job()])
        template = "_progress" if self.is_partial else "detail"
        return self.render(f"web/jobs/{template}.html", {"row": row, "job": row.job})


class _ChangeJob(_JobPage):
    """Changes a job in a transaction and returns to the list."""

    write_permissions = WRITE
    success_message: Any = ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        job = self.job()
        try:
            with transaction.atomic():
                self.change(job)
        except Conflict as refusal:
            messages.warning(request, str(refusal))
            return self.go("jobs")
        return self.go("jobs", said=self.success_message)

    def change(self, job: Job) -> None:
        raise NotImplementedError


class RetryJob(_ChangeJob):
    success_message = _("The job will run again.")

    def change(self, job: Job) -> None:
        services.retry(job)
        self.record("retried", job, kind="job")


class CancelJob(_ChangeJob):
    success_message = _("Cancelling. A running job stops within a few seconds.")

    def change(self, job: Job) -> None:
        kind = registry.find(job.kind)
        cancel = kind.cancel if kind else services.cancel_requested
        cancel(actor=self.actor, request=_request_of(job))


def _described(page: EventPage, jobs: Iterable[Job]) -> list[_Row]:
    requests = registry.requests_of(jobs)
    names = names_of(each.requested_by for each in requests.values())
    return [
        _Row(
            job,
            registry.describe(job),
            names.get(requests[job.pk].requested_by),
            page.link(_PAGES.get(job.kind, "job"), job.pk),
        )
        for job in jobs
    ]


def _request_of(job: Job) -> JobRequest:
    request = registry.requests_of([job])[job.pk]
    request.job = job
    return request


routes = event_routes(
    path("jobs/", Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:job>/", JobProgress.as_view(), name="job"),
    path("jobs/<uuid:job>/retry/", RetryJob.as_view(), name="job-retry"),
    path("jobs/<uuid:job>/cancel/", CancelJob.as_view(), name="job-cancel"),
)
