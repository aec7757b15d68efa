"""Exports of an event as files: its check-in lists, scans, quotas, tickets and numbers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path

from counterfoil.files.services import open_stored
from counterfoil.jobs.queries import Phase, state_of
from counterfoil.web.exports import services
from counterfoil.web.exports.files import attachment, file_of
from counterfoil.web.exports.forms import ExportForm
from counterfoil.web.exports.kinds import EXPORTS
from counterfoil.web.framework.views import EventPage, event_routes
from counterfoil.web.models import ExportRequest

_READ = ("event.orders:read",)


class Exports(EventPage):
    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.shown({})

    def shown(self, sent: dict[str, ExportForm], *, status: int = 200) -> HttpResponseBase:
        exports = [
            (
                self.link(f"export-{name}"),
                export,
                sent.get(name) or export.form(event=self.event, name=name),
            )
            for name, export in EXPORTS.items()
        ]
        return self.render("web/exports/list.html", {"exports": exports}, status=status)


class ExportFile(Exports):
    """A file of one of the exports; what is wrong in its form stands at the field.

    GET answers with the file, or offers a job if it is large. POST requests the job.
    """

    name: ClassVar[str] = ""
    write_permissions = _READ  # it reads and changes nothing

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self._answer(request.GET, is_job=False)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        query = request.POST.copy()
        query.pop("csrfmiddlewaretoken", None)
        return self._answer(query, is_job=True)

    def _answer(self, query: QueryDict, *, is_job: bool) -> HttpResponseBase:
        name, export = self.name, EXPORTS[self.name]
        form = export.form(query, event=self.event, name=name)
        kind = query.get("format", "")
        if not form.is_valid() or kind not in export.form.kinds:
            return self.shown({name: form}, status=422)
        table = export.table(self.event, form.cleaned_data)
        what = {"name": name, "kind": kind, "query": query.urlencode()}
        if is_job:
            requested = services.request_export(
                actor=self.actor, event=self.event, rows=table.count_rows(), **what
            )
            return self.go("job", requested.pk)
        if table.is_large:
            context = {
                "export": export,
                "kind": kind,
                "rows": table.count_rows(),
                "sent": [(key, value) for key, values in query.lists() for value in values],
            }
            return self.render("web/exports/large.html", context)
        with transaction.atomic():
            services.record_export(actor=self.actor, event=self.event, **what)
        return file_of(table, kind)


class ExportDownload(EventPage):
    """The file that a job wrote, for the person who requested it."""

    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        requests = ExportRequest.objects.filter(event=self.event).select_related("job")
        job = get_object_or_404(requests, pk=kwargs["job"], requested_by=self.actor.key).job
        if state_of(job).phase is not Phase.DONE or not job.result_file:
            raise Http404
        file = open_stored(job.result_file)
        name = (job.result or {}).get("name", "export")
        return attachment(file, name, job.payload["format"])


routes = event_routes(
    path("exports/", Exports.as_view(), name="exports"),
    *(
        path(f"exports/{name}/", ExportFile.as_view(name=name), name=f"export-{name}")
        for name in EXPORTS
    ),
    path("exports/files/<uuid:job>/", ExportDownload.as_view(), name="export-download"),
)
