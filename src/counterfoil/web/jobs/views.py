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
from counterfoil.jobs.queries import Phase, jobs_of, living_workers, state_of
from counterfoil.printing.services import RENDER
from counterfoil.web.batches.views import READ, STATE_NAMES, STATES, WRITE
from counterfoil.web.exports.services import EXPORT
from counterfoil.web.framework.filters import Filter
from counterfoil.web.framework.views import EventPage, event_routes

#: The kinds of jobs that have pages of their own. Any other kind has the page ``job``.
_PAGES = {CREATE: "batch-request", RENDER: "print"}
#: Where the files of jobs are downloaded that have no pages of their own.
_DOWNLOADS = {EXPORT: "export-download"}


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
            "filters": self._filters(),
            "is_moving": is_moving,
            "is_stuck": is_moving and not living_workers().exists(),
            "query": {name: self.asked(name) for name in ("state", "kind")},
        }
        template = "_list" if self.is_partial else "list"
        return self.render(f"web/jobs/{template}.html", context)

    def _filters(self) -> list[Filter]:
        kinds = [("", _("All")), *((kind.name, kind.label) for kind in registry.requestable())]
        return [
            Filter.of("state", _("State"), STATE_NAMES, self.asked("state")),
            Filter.of("kind", _("Kind"), kinds, self.asked("kind")),
        ]


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
        context = {"row": row, "job": row.job, "download": self._download(row.job)}
        return self.render(f"web/jobs/{template}.html", context)

    def _download(self, job: Job) -> str | None:
        """Return where the file of a job is, if there is one and the reader requested it."""
        route = _DOWNLOADS.get(job.kind)
        if route is None or state_of(job).phase is not Phase.DONE or not job.result_file:
            return None
        is_own = _request_of(job).requested_by == self.actor.key
        return self.link(route, job.pk) if is_own else None


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
