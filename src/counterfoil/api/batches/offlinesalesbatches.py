"""``offlinesalesbatches``: request, read and print batches of tickets."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.catalog.sale_fields import DateReference, VariationReference
from counterfoil.api.framework.downloads import FileAnswers, answer_result, under_way
from counterfoil.api.framework.fields import ChannelReference, Moment, Reference, Text, Whole
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.schema import (
    ACCEPTED_BATCH,
    ACCEPTED_DOWNLOAD,
    DELETED,
    RESULT_OF_JOB,
    STATE_OF_JOB,
)
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.batches import queries, services
from counterfoil.batches.models import MAX_AMOUNT, Activation, OfflineSalesBatch, Then
from counterfoil.batches.options import defaults_of
from counterfoil.batches.spec import BatchSpec
from counterfoil.catalog.models import SalesChannel
from counterfoil.catalog.services import WEB
from counterfoil.jobs.queries import Phase, state_of
from counterfoil.printing.queries import find_request

READ = ("event.orders:read",)
WRITE = ("event.orders:write",)


class BatchSerializer(serializers.ModelSerializer[OfflineSalesBatch]):
    """A batch in lists."""

    creation = Moment()
    sales_channel = serializers.CharField(source="sales_channel.identifier")

    class Meta:
        model = OfflineSalesBatch
        fields: tuple[str, ...] = (
            "id",
            "creation",
            "testmode",
            "sales_channel",
            "comment",
            "layout",
            "subevent",
            "item",
            "variation",
            "amount",
        )


class BatchDetailSerializer(BatchSerializer):
    """A batch with the codes of its orders, in the order of creation."""

    orders = serializers.SerializerMethodField()

    class Meta(BatchSerializer.Meta):
        fields = (*BatchSerializer.Meta.fields, "orders")

    def get_orders(self, batch: OfflineSalesBatch) -> list[str]:
        return queries.order_codes(batch)


class NewBatchSerializer(serializers.Serializer[Any]):
    """Validates the shape of a request. The service checks whether the batch can be sold."""

    testmode = serializers.BooleanField(required=False)
    sales_channel = ChannelReference(required=False)
    layout = Reference("ticket_layouts", required=False, allow_null=True)
    subevent = DateReference(required=False, allow_null=True)
    item = Reference("items")
    variation = VariationReference(required=False, allow_null=True)
    amount = Whole(min_value=1, max_value=MAX_AMOUNT)
    comment = Text(required=False, allow_blank=True, trim_whitespace=False)
    activation = serializers.ChoiceField(Activation.choices, required=False)
    return_by = serializers.DateField(required=False, allow_null=True)
    then = serializers.ChoiceField(Then.choices, required=False)
    book_size = Whole(required=False, allow_null=True, min_value=1)
    locale = Text(required=False, allow_blank=True)


class BatchView(ListView, DetailView, EventView[OfflineSalesBatch]):
    verbose_name = "offline sales batch"
    example: ClassVar[Any] = {
        "id": 1,
        "creation": "2026-07-08T18:27:32.134368+02:00",
        "testmode": False,
        "sales_channel": "web",
        "comment": "Batch for sale at the event",
        "layout": 3,
        "subevent": None,
        "item": 23,
        "variation": None,
        "amount": 7,
        "orders": ["TSRNN", "3FBSL", "WMDNJ", "BHW9H", "MXSUG", "DSDAP", "URLLE"],
    }
    action_examples: ClassVar[dict[str, Any]] = {
        "create": {
            "check": "https://tickets.example.org/api/v1/organizers/bigevents/events/sampleconf/"
            "offlinesalesbatches/check/29891ede-196f-4942-9e26-d055a36e98b8/"
        }
    }
    request_examples: ClassVar[dict[str, Any]] = {
        "create": {"item": 23, "amount": 7, "layout": 3, "sales_channel": "web"}
    }
    input_serializer_class = NewBatchSerializer
    read_permissions = READ
    write_permissions = WRITE

    def get_queryset(self) -> QuerySet[OfflineSalesBatch]:
        return queries.batches_of(self.event)

    def get_serializer_class(self) -> type[BatchSerializer]:
        return BatchSerializer if self.action == "list" else BatchDetailSerializer

    @extend_schema(responses=ACCEPTED_BATCH)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Request a batch. ``check`` is the URL of its state."""
        serializer = NewBatchSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        new = BatchSpec(
            **{"sales_channel": self._web(), **defaults_of(self.event), **serializer.validated_data}
        )
        batch_request = services.request_batch(actor=self.actor, event=self.event, new=new)
        names = (self.organizer.slug, self.event.slug, batch_request.pk)
        url = absolute(request, reverse("offlinesalesbatch-check", args=names))
        return Response({"check": url}, status=status.HTTP_202_ACCEPTED)

    def _web(self) -> SalesChannel:
        return self.organizer.sales_channels.get(identifier=WEB)


class BatchCheckView(EventView[OfflineSalesBatch]):
    """The state of a batch request, for everybody who may read orders."""

    verbose_name = "state of a batch that is being made"
    example = BatchView.example
    queryset = OfflineSalesBatch.objects.none()
    serializer_class = BatchDetailSerializer
    read_permissions = READ

    @extend_schema(responses={200: BatchDetailSerializer, **STATE_OF_JOB})
    def retrieve(self, request: Request, *args: Any, job: UUID, **kwargs: Any) -> Response:
        batch_request = queries.request_of(self.event, job)
        if batch_request is None:
            raise NotFound(_("There is no such job."))
        if batch_request.batch is not None:
            return Response(self.get_serializer(batch_request.batch).data)
        state = state_of(batch_request.job)
        if state.phase is Phase.UNDER_WAY:
            return under_way(batch_request.job, state)
        if state.phase is Phase.DONE:  # the batch was deleted since
            raise NotFound(_("There is no such job."))
        body = {"status": "failed", "message": state.message}
        return Response(body, status=status.HTTP_410_GONE)


class BatchRenderView(EventView[OfflineSalesBatch]):
    verbose_name = "PDF of a batch"
    request_examples: ClassVar[dict[str, Any]] = {"create": {}}
    example: ClassVar[Any] = {
        "download": "https://tickets.example.org/api/v1/organizers/bigevents/events/sampleconf/"
        "offlinesalesbatches/1/download/29891ede-196f-4942-9e26-d055a36e98b8/"
        "3f279f13-c198-4137-b49b-9b360ce9fcce/"
    }
    serializer_class = BatchSerializer
    read_permissions = READ
    write_permissions = READ  # printing reads orders and changes none

    def get_queryset(self) -> QuerySet[OfflineSalesBatch]:
        return queries.batches_of(self.event).select_related("layout", "event__organizer")

    @extend_schema(request=OpenApiTypes.OBJECT, responses={**ACCEPTED_DOWNLOAD, **DELETED})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Request the PDF of a batch, with one page per ticket."""
        batch = self.get_object()
        _ = request.data  # parse the body to reject invalid JSON; its content is ignored
        render_request = services.request_print(actor=self.actor, batch=batch)
        names = (
            self.organizer.slug,
            self.event.slug,
            batch.pk,
            render_request.pk,
            render_request.file_id,
        )
        url = absolute(request, reverse("offlinesalesbatch-download", args=names))
        return Response({"download": url}, status=status.HTTP_202_ACCEPTED)


class BatchDownloadView(FileAnswers, EventView[OfflineSalesBatch]):
    verbose_name = "download of a batch's PDF"
    read_permissions = READ

    def get_queryset(self) -> QuerySet[OfflineSalesBatch]:
        return queries.batches_of(self.event)

    @extend_schema(responses=RESULT_OF_JOB)
    def retrieve(
        self, request: Request, *args: Any, job: UUID, file: UUID, **kwargs: Any
    ) -> HttpResponseBase:
        batch = self.get_object()
        render_request = find_request(event=self.event, job_id=job, file_id=file)
        if render_request is not None and not batch.prints.filter(request=render_request).exists():
            render_request = None
        filename = f"{self.event.slug}-batch-{batch.pk}.pdf"
        return answer_result(request, render_request, actor=self.actor, filename=filename)


_BASE = "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches"

routes = [
    path(
        f"{_BASE}/check/<job_id:job>/",
        BatchCheckView.as_view({"get": "retrieve"}),
        name="offlinesalesbatch-check",
    ),
    path(
        f"{_BASE}/<id:pk>/render/",
        BatchRenderView.as_view({"post": "create"}),
        name="offlinesalesbatch-render",
    ),
    # The documented example lacks the slash that the documented address has.
    path(
        f"{_BASE}/<id:pk>/render",
        BatchRenderView.as_view({"post": "create"}),
        name="offlinesalesbatch-render-noslash",
    ),
    path(
        f"{_BASE}/<id:pk>/download/<job_id:job>/<job_id:file>/",
        BatchDownloadView.as_view({"get": "retrieve"}),
        name="offlinesalesbatch-download",
    ),
    *event_routes("offlinesalesbatches", BatchView, name="offlinesalesbatch"),
]
