"""``offlinesalesbatches/{id}/prints/``, an addition to the pretix API: prints as pinned.

Everybody with the permission may read a print and download it, whoever requested it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts.queries import names_of
from counterfoil.api.framework.downloads import PDF, FileAnswers, hands_out, under_way
from counterfoil.api.framework.fields import Moment, Reference, Text
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.schema import RESULT_OF_JOB
from counterfoil.api.framework.stored_files import Download, stored_file
from counterfoil.api.framework.views import DetailView, EventView, ListView
from counterfoil.api.printing.renderjobs import ProgressSerializer
from counterfoil.api.printing.sheet_fields import PinnedSheet, SheetChoice, SheetParser
from counterfoil.batches import prints as batch_prints
from counterfoil.batches import queries
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.jobs.queries import Phase, state_of
from counterfoil.printing import prints
from counterfoil.printing.access_log import record_print_download
from counterfoil.printing.models import Print
from counterfoil.printing.prints import PrintSpec
from counterfoil.printing.reports import findings_in_english
from counterfoil.printing.sheets import find_sheet
from counterfoil.render import Ink

PERMISSION = ("event.prints:write",)


class PrintSerializer(serializers.ModelSerializer[Print]):
    """A print in lists. ``tickets`` and ``void`` are ranges; ``findings`` come when it is done."""

    state = serializers.CharField(source="request.job.state")
    progress = ProgressSerializer(source="request.job")
    message = serializers.CharField(source="request.job.message")
    created = Moment(source="request.created")
    requested_by = serializers.SerializerMethodField()
    sheet = PinnedSheet()
    layout = serializers.SerializerMethodField()
    locale = serializers.SerializerMethodField()
    proof = serializers.BooleanField(source="is_proof")
    pages = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()
    sha256 = serializers.SerializerMethodField()
    identical = serializers.BooleanField(source="is_identical")
    download = serializers.SerializerMethodField()

    class Meta:
        model = Print
        fields: tuple[str, ...] = (
            "id",
            "state",
            "progress",
            "message",
            "created",
            "requested_by",
            "reason",
            "proof",
            "sheet",
            "layout",
            "ink",
            "locale",
            "tickets",
            "void",
            "pages",
            "plan",
            "findings",
            "sha256",
            "repeats",
            "sheets",
            "identical",
            "download",
        )

    def get_requested_by(self, printed: Print) -> str | None:
        key = printed.request.requested_by
        names: dict[str, str] | None = getattr(self.context["view"], "names", None)
        return (names_of([key]) if names is None else names).get(key)

    def get_layout(self, printed: Print) -> dict[str, Any]:
        names = [layout["name"] for layout in printed.request.layouts]
        return {"name": ", ".join(names), "version": printed.layout_version}

    def get_locale(self, printed: Print) -> str | None:
        return printed.locale or None

    def get_pages(self, printed: Print) -> int | None:
        return (printed.request.job.result or {}).get("pages")

    def get_findings(self, printed: Print) -> list[dict[str, Any]] | None:
        return findings_in_english((printed.request.job.result or {}).get("findings"))

    def get_sha256(self, printed: Print) -> str | None:
        return printed.sha256 or None

    def get_download(self, printed: Print) -> str:
        url: str = self.context["view"].download_url(printed)
        return url


class PrintDetailSerializer(PrintSerializer):
    """A print with its layouts as pinned."""

    def get_layout(self, printed: Print) -> dict[str, Any]:
        return {**super().get_layout(printed), "pinned": printed.request.layouts}


class NewPrintSerializer(serializers.Serializer[Any]):
    """What a client sends. Shape only: the rules are the services'."""

    sheet = SheetChoice(required=False, allow_null=True)
    tickets = Text(required=False, allow_null=True)
    layout = Reference("ticket_layouts", required=False, allow_null=True)
    ink = serializers.ChoiceField(choices=[str(ink) for ink in Ink], required=False)
    locale = Text(required=False, allow_null=True, allow_blank=True)
    reason = Text(required=False, allow_null=True, allow_blank=True, max_length=prints.MAX_REASON)
    proof = serializers.BooleanField(required=False)
    mark_reprints = serializers.BooleanField(required=False)


class RepeatSerializer(serializers.Serializer[Any]):
    sheets = Text()
    reason = Text(required=False, allow_null=True, allow_blank=True, max_length=prints.MAX_REASON)
    accept_void = serializers.BooleanField(required=False, default=False)


_EXAMPLE_URL = (
    "https://tickets.example.org/api/v1/organizers/bigevents/events/sampleconf/"
    "offlinesalesbatches/1/prints/5/download/"
)


class _BatchPrintView(EventView[Print]):
    read_permissions = PERMISSION
    write_permissions = PERMISSION

    def get_queryset(self) -> QuerySet[Print]:
        if not hasattr(self, "event"):  # the schema generator has none
            return Print.objects.none()
        listed = prints.prints_of(self.event)
        return listed.filter(request__batch_print__batch=self.batch).select_related("repeats")

    @cached_property
    def batch(self) -> OfflineSalesBatch:
        batches = queries.batches_of(self.event).select_related("layout", "event__organizer")
        return get_object_or_404(batches, pk=self.kwargs["batch"] or 0)

    def download_url(self, printed: Print) -> str:
        names = (self.organizer.slug, self.event.slug, self.batch.pk, printed.pk)
        return absolute(self.request, reverse("batchprint-download", args=names))

    def accepted(self, printed: Print) -> Response:
        body = {"id": printed.pk, "download": self.download_url(printed)}
        return Response(body, status=status.HTTP_202_ACCEPTED)


class PrintAnswerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    download = serializers.URLField()


class BatchPrintView(ListView, DetailView, _BatchPrintView):
    """Prints of a batch, newest first. Each pins its sheet, layout, background and values."""

    verbose_name = "print"
    example: ClassVar[Any] = {
        "id": 5,
        "state": "done",
        "progress": {"done": 500, "total": 500},
        "message": "",
        "created": "2026-10-01T10:00:00+02:00",
        "requested_by": "Ada Lovelace",
        "reason": "",
        "proof": False,
        "sheet": None,
        "layout": {"name": "Default layout", "version": "3f279f13", "pinned": []},
        "ink": "office",
        "locale": None,
        "tickets": "1-500",
        "void": "",
        "pages": 500,
        "plan": {"tickets": 500, "cells": 1, "lifts": 1, "sheets": 500, "empty": 0, "cuts": 0},
        "findings": [],
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "repeats": None,
        "sheets": "",
        "identical": None,
        "download": _EXAMPLE_URL,
    }
    action_examples: ClassVar[dict[str, Any]] = {"create": {"id": 5, "download": _EXAMPLE_URL}}
    request_examples: ClassVar[dict[str, Any]] = {
        "create": {"sheet": "a4", "tickets": "1-500", "ink": "office"}
    }
    input_serializer_class = NewPrintSerializer
    parser_classes = (SheetParser,)

    def paginate_queryset(self, queryset: Any) -> Any:
        """Fetch the names of all who requested the prints of a page together."""
        page = super().paginate_queryset(queryset)
        self.names = names_of(printed.request.requested_by for printed in page or ())
        return page

    def get_serializer_class(self) -> type[PrintSerializer]:
        return PrintSerializer if self.action == "list" else PrintDetailSerializer

    @extend_schema(responses={202: PrintAnswerSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Request a print of a batch on sheets. Void tickets are left out."""
        batch = self.batch
        serializer = NewPrintSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        spec = PrintSpec(
            sheet=find_sheet(organizer=self.organizer, choice=values.get("sheet")),
            ink=Ink(values.get("ink") or Ink.OFFICE),
            locale=values.get("locale") or "",
            reason=values.get("reason") or "",
            is_proof=values.get("proof") or False,
            marks_reprints=values.get("mark_reprints") or False,
        )
        printed = batch_prints.request_print(
            actor=self.actor,
            batch=batch,
            spec=spec,
            tickets=values.get("tickets"),
            layout=values.get("layout"),
        )
        return self.accepted(printed)


class RepeatedSheetsView(_BatchPrintView):
    """Some sheets of a print again, as they were."""

    verbose_name = "repetition of sheets"
    example: ClassVar[Any] = {"id": 6, "download": _EXAMPLE_URL}
    request_examples: ClassVar[dict[str, Any]] = {
        "create": {"sheets": "17-19,24", "reason": "Jammed", "accept_void": False}
    }
    serializer_class = PrintAnswerSerializer
    input_serializer_class = RepeatSerializer

    @extend_schema(responses={202: PrintAnswerSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Request sheets again. Void tickets among them must be accepted."""
        printed = self.get_object()
        serializer = RepeatSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        repeated = batch_prints.repeat_sheets(
            actor=self.actor,
            batch=self.batch,
            printed=printed,
            sheets=serializer.validated_data["sheets"],
            reason=serializer.validated_data.get("reason") or "",
            accept_void=serializer.validated_data["accept_void"],
        )
        return self.accepted(repeated)


class PrintDownloadView(FileAnswers, _BatchPrintView):
    verbose_name = "download of a print"
    serializer_class = PrintAnswerSerializer

    @extend_schema(responses=RESULT_OF_JOB)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        printed = self.get_object()
        response = answer_print(request, printed, f"{self.event.slug}-batch-{self.batch.pk}")
        if hands_out(request, response):
            record_print_download(actor=self.actor, request=printed.request)
        return response


def answer_print(request: Request, printed: Print, basename: str) -> HttpResponseBase:
    """Answer with the PDF of a print, or say how far it is.

    Raises:
        NotFound: its file is no longer kept.
    """
    state = state_of(printed.request.job)
    if state.phase is Phase.UNDER_WAY:
        return under_way(printed.request.job, state)
    if state.phase in (Phase.FAILED, Phase.CANCELLED):
        body = {"status": "failed", "message": state.message}
        return Response(body, status=status.HTTP_410_GONE)
    try:
        if printed.file is None:
            raise FileNotFoundError
        return stored_file(
            request,
            Download(
                name=printed.file,
                filename=f"{basename}-print-{printed.pk}.pdf",
                content_type=PDF,
                etag=printed.sha256,
                until=printed.file_until,
            ),
        )
    except FileNotFoundError:
        raise NotFound(_("The file of this print is no longer kept. Repeat its sheets.")) from None


BASE = "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches/<id:batch>/prints/"

routes = [
    path(BASE, BatchPrintView.as_view({"get": "list", "post": "create"}), name="batchprint-list"),
    path(f"{BASE}<id:pk>/", BatchPrintView.as_view({"get": "retrieve"}), name="batchprint-detail"),
    path(
        f"{BASE}<id:pk>/sheets/",
        RepeatedSheetsView.as_view({"post": "create"}),
        name="batchprint-sheets",
    ),
    path(
        f"{BASE}<id:pk>/download/",
        PrintDownloadView.as_view({"get": "retrieve"}),
        name="batchprint-download",
    ),
]
