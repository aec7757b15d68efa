"""``ticketlayouts``: layouts of tickets, their backgrounds, a preview of each."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts.actors import Actor
from counterfoil.api.framework import idempotency
from counterfoil.api.framework.downloads import (
    PDF,
    PNG,
    FileAnswers,
    PdfRenderer,
    PngRenderer,
    bytes_answer,
)
from counterfoil.api.framework.fields import Json, Reference, Whole
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.stored_files import Download, stored_file
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.catalog.models import Event, Item, SalesChannel
from counterfoil.core.refusals import Invalid
from counterfoil.files import services as files
from counterfoil.files import uploads
from counterfoil.files.models import Upload
from counterfoil.layouts import services
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.models import Background, TicketLayout, TicketLayoutItem
from counterfoil.layouts.queries import layouts_of
from counterfoil.orders.models import OrderPosition
from counterfoil.printing import previews
from counterfoil.printing.access_log import record_preview
from counterfoil.render import Plan

_DEFAULT_DPI = 150


class AssignmentSerializer(serializers.ModelSerializer[TicketLayoutItem]):
    item = serializers.PrimaryKeyRelatedField(queryset=Item.objects.none(), required=False)
    sales_channel = serializers.SlugRelatedField(
        slug_field="identifier", queryset=SalesChannel.objects.none()
    )

    class Meta:
        model = TicketLayoutItem
        fields = ("item", "sales_channel")


@extend_schema_field({"type": "array", "items": {"type": "object"}})
class Elements(Json):
    """The elements of a layout, as they were sent; what may stand there is told by the engine."""


@extend_schema_field({"type": ["string", "null"], "format": "uri"})
class BackgroundAddress(serializers.Field[Any, Any, str, Any]):
    """Where a layout's background is to be had."""

    def get_attribute(self, instance: TicketLayout) -> TicketLayout | None:
        return None if instance.background_id is None else instance

    def to_representation(self, value: TicketLayout) -> str:
        path = self.context["view"].kwargs
        names = (path["organizer"], path["event"], value.pk)
        return absolute(self.context["request"], reverse("ticketlayout-background", args=names))


class TicketLayoutSerializer(serializers.ModelSerializer[TicketLayout]):
    """What is shown."""

    layout = Elements()
    background = BackgroundAddress(required=False)
    item_assignments = AssignmentSerializer(many=True, read_only=True)

    class Meta:
        model = TicketLayout
        fields = ("id", "name", "default", "layout", "background", "item_assignments")


@extend_schema_field({"type": "string", "examples": ["file:29891ede-196f-4942-9e26-d055a36e98b8"]})
class UploadedPdf(serializers.Field[Upload, Any, str, Any]):
    """``file:<id>`` of a PDF that the same credential has uploaded."""

    def to_internal_value(self, data: object) -> Upload:
        actor: Actor = self.context["request"].auth
        try:
            return uploads.claim(actor.key, data, [PDF])
        except Invalid as refused:
            raise serializers.ValidationError(refused.sentences) from None

    def to_representation(self, value: Upload) -> str:
        return f"file:{value.pk}"


class NewTicketLayoutSerializer(serializers.Serializer[TicketLayout]):
    """What a client sends. Shape only: the rules are the services'."""

    name = serializers.CharField(max_length=190)
    default = serializers.BooleanField(required=False)
    layout = Elements()
    background = UploadedPdf(required=False, allow_null=True)


def _background(event: Event, upload: Upload) -> Background:
    with files.open_stored(upload.stored_name) as stored:
        pdf = stored.read()
    return idempotency.outside(
        f"background {upload.pk}", lambda: services.create_background(event=event, pdf=pdf)
    )


class TicketLayoutView(ListView, DetailView, EventView[TicketLayout]):
    verbose_name = "ticket layout"
    example = {
        "id": 1,
        "name": "Default layout",
        "default": True,
        "layout": [{"type": "barcodearea", "left": "20.00", "bottom": "60.00", "size": "40.00"}],
        "background": None,
        "item_assignments": [{"item": 3, "sales_channel": "web"}],
    }
    serializer_class = TicketLayoutSerializer
    input_serializer_class = NewTicketLayoutSerializer
    write_permissions = ("event.settings.general:write",)

    def get_queryset(self) -> QuerySet[TicketLayout]:
        return layouts_of(self.event)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = self._values(request, None)
        layout = services.create_layout(actor=self.actor, event=self.event, values=values)
        return self._response(layout, status.HTTP_201_CREATED)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Replace a layout: what is left out is reset."""
        layout = self.get_object()
        values = self._values(request, None)
        return self._response(
            services.change_layout(actor=self.actor, layout=layout, values=values)
        )

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        layout = self.get_object()
        values = self._values(request, layout)
        return self._response(
            services.change_layout(actor=self.actor, layout=layout, values=values)
        )

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        services.delete_layout(actor=self.actor, layout=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _values(self, request: Request, old: TicketLayout | None) -> services.LayoutValues:
        """Read what was sent; with ``old`` what was left out stays."""
        serializer = NewTicketLayoutSerializer(
            data=request.data, partial=old is not None, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = {}
        if old is not None:
            values = {"name": old.name, "default": old.default, "layout": old.layout}
            values["background"] = old.background
        values.update(serializer.validated_data)
        values["background"] = self._background(values.get("background"))
        return services.LayoutValues(**values)

    def _background(self, source: Upload | Background | None) -> Background | None:
        return _background(self.event, source) if isinstance(source, Upload) else source

    def _response(self, layout: TicketLayout, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(layout).data, status=code)


class BackgroundView(FileAnswers, EventView[TicketLayout]):
    """The PDF under a layout, as it was uploaded."""

    verbose_name = "background of a ticket layout"

    def get_queryset(self) -> QuerySet[TicketLayout]:
        return layouts_of(self.event)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        layout = self.get_object()
        if layout.background is None:
            raise NotFound(_("This layout has no background of its own."))
        try:
            return stored_file(
                request,
                Download(
                    name=layout.background.original,
                    filename=f"{self.event.slug}-{layout.pk}.pdf",
                    content_type=PDF,
                    etag=layout.background.sha256,
                ),
            )
        except FileNotFoundError:
            raise NotFound(_("The background's file is gone.")) from None


class PreviewQuerySerializer(serializers.Serializer[Any]):
    """Which ticket to show, and how. Without a position a sample is shown."""

    position = Reference(queryset=OrderPosition.objects.none(), required=False, allow_null=True)
    longest = serializers.BooleanField(required=False, default=False)
    page = Whole(required=False, default=1)
    dpi = Whole(required=False, default=_DEFAULT_DPI)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if "event" in self.context:  # the schema generator has none
            positions = OrderPosition.objects.filter(order__event=self.context["event"])
            fields["position"] = Reference(
                queryset=positions.select_related("order__event__organizer"),
                required=False,
                allow_null=True,
            )
        return fields


class UnsavedLayoutSerializer(PreviewQuerySerializer):
    """A layout that nobody has saved. ``ticket_layout`` lends it its background."""

    layout = Elements()
    background = UploadedPdf(required=False, allow_null=True)
    ticket_layout = Reference("ticket_layouts", required=False, allow_null=True)


class PreviewView(FileAnswers, EventView[TicketLayout]):
    """One ticket, real or sample, as PDF or PNG. A real one shows what orders hold."""

    verbose_name = "preview of a ticket layout"
    renderer_classes = (PdfRenderer, PngRenderer, JSONRenderer)
    read_permissions = ("event.orders:read", "event.settings.general:write")
    write_permissions = ("event.settings.general:write",)

    def get_queryset(self) -> QuerySet[TicketLayout]:
        return layouts_of(self.event)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        layout = self.get_object()
        params = self._read(PreviewQuerySerializer, request.query_params)
        plan = previews.preview_plan(
            name=layout.name,
            elements=layout.layout or built_in_layout(),
            background=layout.background_id,
        )
        return self._preview_response(request, plan, params)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "pk" in self.kwargs:
            self.get_object()  # a layout that is not there is said before the body is read
        params = self._read(UnsavedLayoutSerializer, request.data)
        services.check_elements(params["layout"])
        base_layout: TicketLayout | None = params.get("ticket_layout")
        plan = previews.preview_plan(
            name=base_layout.name if base_layout else previews.UNSAVED,
            elements=params["layout"] or built_in_layout(),
            background=self._background(params),
        )
        return self._preview_response(request, plan, params)

    def _read(self, form: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
        serializer = form(data=data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        params: dict[str, Any] = serializer.validated_data
        if params.get("position") and not self.has_permission(("event.orders:read",)):
            self.permission_denied(self.request)
        return params

    def _background(self, params: dict[str, Any]) -> int | None:
        upload: Upload | None = params.get("background")
        if upload is None:
            base_layout: TicketLayout | None = params.get("ticket_layout")
            return base_layout.background_id if base_layout else None
        return _background(self.event, upload).pk

    def _preview_response(
        self, request: Request, plan: Plan, params: dict[str, Any]
    ) -> HttpResponseBase:
        position: OrderPosition | None = params.get("position")
        if position is not None:
            ticket = previews.real_ticket(plan, position)
            record_preview(actor=self.actor, position=position, layout=plan.name)
        else:
            ticket = previews.sample_ticket(plan, self.event, longest=params["longest"])
        if getattr(request.accepted_renderer, "media_type", PDF) == PNG:
            png = previews.draw_png(plan, ticket, page=params["page"], dpi=params["dpi"])
            return bytes_answer(png, content_type=PNG, filename="preview.png")
        pdf = previews.draw_pdf(plan, ticket, title=str(self.event))
        return bytes_answer(pdf, content_type=PDF, filename="preview.pdf")


_BASE = "organizers/<str:organizer>/events/<str:event>/ticketlayouts/"

routes = [
    path(
        f"{_BASE}preview/",
        PreviewView.as_view({"post": "create"}, operation_id="ticketlayouts_preview_unsaved"),
        name="ticketlayout-unsaved-preview",
    ),
    *event_routes("ticketlayouts", TicketLayoutView, name="ticketlayout"),
    path(
        f"{_BASE}<id:pk>/background/",
        BackgroundView.as_view({"get": "retrieve"}),
        name="ticketlayout-background",
    ),
    path(
        f"{_BASE}<id:pk>/preview/",
        PreviewView.as_view({"get": "retrieve", "post": "create"}),
        name="ticketlayout-preview",
    ),
]
