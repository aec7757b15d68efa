"""``ticketpdfrenderer``: many tickets in one PDF, and its download."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils import html

from counterfoil.api.framework.downloads import FileAnswers, answer_result
from counterfoil.api.framework.fields import PositionalList
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.schema import ACCEPTED_DOWNLOAD, RESULT_OF_JOB
from counterfoil.api.framework.views import EventView
from counterfoil.core.ids import row_id
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.queries import find_request
from counterfoil.printing.services import PrintItem, request_render

MAX_PARTS = 1000
PURPOSE = "render_batch"
_CHUNK = 500
_READ = ("event.orders:read",)


class _PrefetchedField(serializers.Field[Any, Any, Any, Any]):
    """A field whose rows are prefetched. An empty string means None, as in forms."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(None if data == "" else data)


@extend_schema_field(int)
class PrefetchedReference(_PrefetchedField):
    """The primary key of a prefetched row, so that a thousand parts need no thousand queries."""

    default_error_messages = {
        "does_not_exist": _('Invalid pk "{pk_value}" - object does not exist.'),
        "incorrect_type": _("Incorrect type. Expected pk value, received {data_type}."),
    }

    def __init__(self, of: str, **kwargs: Any) -> None:
        self.of = of
        super().__init__(**kwargs)

    def to_internal_value(self, data: object) -> Any:
        key = _parse_id(data)
        if key is None:
            self.fail("incorrect_type", data_type=type(data).__name__)
        prefetched: dict[int, Any] = self.context["prefetched"][self.of]
        if key not in prefetched:
            self.fail("does_not_exist", pk_value=data)
        return prefetched[key]

    def to_representation(self, value: Any) -> int:
        return int(getattr(value, "pk", value))


@extend_schema_field(str)
class PrefetchedChannel(_PrefetchedField):
    """The identifier of a prefetched sales channel of the organizer."""

    default_error_messages = {
        "does_not_exist": _("Object with {slug_name}={value} does not exist."),
        "invalid": _("Invalid value."),
    }

    def to_internal_value(self, data: object) -> Any:
        if not isinstance(data, (str, int, float)):
            self.fail("invalid")
        prefetched: dict[object, Any] = self.context["prefetched"]["channels"]
        if data not in prefetched:
            self.fail("does_not_exist", slug_name="identifier", value=data)
        return prefetched[data]

    def to_representation(self, value: Any) -> str:
        return str(value)


class PartSerializer(serializers.Serializer[Any]):
    orderposition = PrefetchedReference("positions")
    override_channel = PrefetchedChannel(required=False, allow_null=True)
    override_layout = PrefetchedReference("layouts", required=False, allow_null=True)

    class Meta:
        list_serializer_class = PositionalList


class RenderBatchSerializer(serializers.Serializer[Any]):
    parts = PartSerializer(many=True)


class RenderBatchView(EventView[RenderRequest]):
    verbose_name = "PDF of tickets"
    example = {
        "download": "https://tickets.example.org/api/v1/organizers/bigevents/events/sampleconf/"
        "ticketpdfrenderer/download/29891ede-196f-4942-9e26-d055a36e98b8/"
        "3f279f13-c198-4137-b49b-9b360ce9fcce/"
    }
    request_examples = {"create": {"parts": [{"orderposition": 5, "override_layout": None}]}}
    queryset = RenderRequest.objects.none()
    serializer_class = RenderBatchSerializer
    read_permissions = _READ
    write_permissions = _READ  # printing reads orders and changes none

    @extend_schema(responses=ACCEPTED_DOWNLOAD)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        render_request = request_render(
            event=self.event, actor=self.actor, parts=self._parts(request), purpose=PURPOSE
        )
        names = (self.organizer.slug, self.event.slug, render_request.pk, render_request.file_id)
        url = absolute(request, reverse("ticketpdfrenderer-download", args=names))
        return Response({"download": url}, status=status.HTTP_202_ACCEPTED)

    def _parts(self, request: Request) -> list[PrintItem]:
        raw = _raw_parts(request.data)
        _check_number(raw)
        context = {**self.get_serializer_context(), "prefetched": self._prefetch(raw)}
        sent = RenderBatchSerializer(data=request.data, context=context)
        sent.is_valid(raise_exception=True)
        return [
            PrintItem(
                part["orderposition"], part.get("override_channel"), part.get("override_layout")
            )
            for part in sent.validated_data["parts"]
        ]

    def _prefetch(self, raw: object) -> dict[str, Any]:
        """Fetch all objects that the parts may refer to."""
        layouts = self.event.ticket_layouts.all()
        return {
            "positions": self._positions(_ids(raw, "orderposition")),
            "layouts": _in_bulk(layouts, _ids(raw, "override_layout")),
            "channels": {each.identifier: each for each in self.organizer.sales_channels.all()},
        }

    def _positions(self, ids: list[int]) -> dict[int, int]:
        live = OrderPosition.objects.filter(order__event=self.event, canceled=False).exclude(
            order__status=Order.Status.CANCELED
        )
        keys: dict[int, int] = {}
        for chunk in _chunks(ids):
            keys.update((pk, pk) for pk in live.filter(pk__in=chunk).values_list("pk", flat=True))
        return keys


class RenderDownloadView(FileAnswers, EventView[RenderRequest]):
    verbose_name = "download of a PDF of tickets"
    queryset = RenderRequest.objects.none()
    read_permissions = _READ

    @extend_schema(responses=RESULT_OF_JOB)
    def retrieve(
        self, request: Request, *args: Any, job: UUID, file: UUID, **kwargs: Any
    ) -> HttpResponseBase:
        render_request = find_request(event=self.event, job_id=job, file_id=file)
        if render_request is not None and render_request.purpose != PURPOSE:
            render_request = None
        filename = f"{self.event.slug}.pdf"
        return answer_result(request, render_request, actor=self.actor, filename=filename)


def _raw_parts(data: Any) -> object:
    """Return the raw parts of a request body; a form sends ``parts[0]orderposition`` and so on."""
    if html.is_html_input(data):
        return html.parse_html_list(data, "parts")
    return data.get("parts") if isinstance(data, dict) else None


def _check_number(raw: object) -> None:
    if raw == []:
        raise serializers.ValidationError({"parts": [_("This list may not be empty.")]})
    if isinstance(raw, list) and len(raw) > MAX_PARTS:
        raise serializers.ValidationError(
            {"parts": [_("At most %(count)d parts can be printed at once.") % {"count": MAX_PARTS}]}
        )


def _ids(raw: object, key: str) -> list[int]:
    """Return the ids in the raw parts. Validation rejects invalid ones later, at their index."""
    parts = raw if isinstance(raw, list) else []
    ids = {_parse_id(part.get(key)) for part in parts if isinstance(part, dict)}
    return sorted(each for each in ids if each is not None and each < 2**63)


def _parse_id(data: object) -> int | None:
    if isinstance(data, str):
        return row_id(data)
    return data if type(data) is int else None


def _in_bulk(queryset: QuerySet[Any], ids: list[int]) -> dict[int, Model]:
    rows: dict[int, Model] = {}
    for chunk in _chunks(ids):
        rows.update(queryset.in_bulk(chunk))
    return rows


def _chunks(ids: list[int]) -> Iterator[Iterable[int]]:
    """Yield chunks: databases limit the number of parameters of a statement."""
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


_BASE = "organizers/<str:organizer>/events/<str:event>/ticketpdfrenderer/"

routes = [
    path(
        f"{_BASE}render_batch/",
        RenderBatchView.as_view({"post": "create"}),
        name="ticketpdfrenderer-render-batch",
    ),
    path(
        f"{_BASE}download/<job_id:job>/<job_id:file>/",
        RenderDownloadView.as_view({"get": "retrieve"}),
        name="ticketpdfrenderer-download",
    ),
]
