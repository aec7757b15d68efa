"""``prints/{id}/handovers/``, an addition to the pretix API: links for a print shop.

A link needs no account. Its address is told once, in the answer that creates it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts.queries import names_of
from counterfoil.api.batches.prints import BASE, PERMISSION
from counterfoil.api.framework.fields import Moment, Text
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.views import DetailView, EventView, ListView
from counterfoil.printing import handovers, prints
from counterfoil.printing.models import HandOver, Print

_DAYS = 14


class HandedFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    sheets = serializers.IntegerField(allow_null=True)
    tickets = serializers.IntegerField(allow_null=True)


class HandOverSerializer(serializers.ModelSerializer[HandOver]):
    """A link in lists. ``files`` are fetched as ``{url}{name}``."""

    created = Moment()
    created_by = serializers.SerializerMethodField()
    expires = Moment()
    revoked = Moment(allow_null=True)
    approved = Moment(allow_null=True)
    approved_by = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta:
        model = HandOver
        fields: tuple[str, ...] = (
            *("id", "recipient", "created", "created_by", "expires", "revoked"),
            *("approved", "approved_by", "files"),
        )

    def get_created_by(self, handover: HandOver) -> str | None:
        names: dict[str, str] | None = getattr(self.context["view"], "names", None)
        key = handover.created_by
        return (names_of([key]) if names is None else names).get(key)

    def get_approved_by(self, handover: HandOver) -> str | None:
        return handover.approved_by or None

    @extend_schema(responses=HandedFileSerializer(many=True))
    def get_files(self, handover: HandOver) -> list[dict[str, Any]]:
        return [HandedFileSerializer(each).data for each in handovers.files_of(handover.print)]


class NewHandOverSerializer(serializers.Serializer[Any]):
    recipient = Text(max_length=190)
    days = serializers.IntegerField(required=False, min_value=1, max_value=handovers.MAX_DAYS)


class CreatedHandOverSerializer(HandOverSerializer):
    """A new link with its address."""

    url = serializers.URLField()

    class Meta(HandOverSerializer.Meta):
        fields = (*HandOverSerializer.Meta.fields, "url")


_EXAMPLE = {
    "id": 3,
    "recipient": "City Press",
    "created": "2026-10-01T10:00:00+02:00",
    "created_by": "Ada Lovelace",
    "expires": "2026-10-15T10:00:00+02:00",
    "revoked": None,
    "approved": "2026-10-02T09:12:00+02:00",
    "approved_by": "Grace Hopper",
    "files": [
        {"name": "sampleconf-print-5.pdf", "sheets": 50, "tickets": 500},
        {"name": handovers.JOB_SHEET, "sheets": None, "tickets": None},
        {"name": handovers.LABELS, "sheets": None, "tickets": None},
        {"name": handovers.CHECKSUMS, "sheets": None, "tickets": None},
    ],
}


class HandOverView(ListView, DetailView, EventView[HandOver]):
    """Links to the files of a print for a print shop, newest first."""

    verbose_name = "hand-over"
    example: ClassVar[Any] = _EXAMPLE
    action_examples: ClassVar[dict[str, Any]] = {
        "create": {
            **_EXAMPLE,
            "approved": None,
            "approved_by": None,
            "url": "https://tickets.example.org/handover/iHzB0kRaYpN4/",
        }
    }
    request_examples: ClassVar[dict[str, Any]] = {
        "create": {"recipient": "City Press", "days": _DAYS}
    }
    serializer_class = HandOverSerializer
    input_serializer_class = NewHandOverSerializer
    read_permissions = PERMISSION
    write_permissions = PERMISSION
    secret_actions = frozenset(["create"])

    def get_queryset(self) -> QuerySet[HandOver]:
        if not hasattr(self, "event"):  # the schema generator has none
            return HandOver.objects.none()
        return (
            HandOver.objects.filter(print=self.printed)
            .select_related("print__request__event", "print__request__batch_print__batch")
            .defer("print__request__parts")
            .order_by("-pk")
        )

    @cached_property
    def printed(self) -> Print:
        listed = prints.prints_of(self.event).filter(
            request__batch_print__batch_id=self.kwargs["batch"] or 0
        )
        return get_object_or_404(listed, pk=self.kwargs["print"] or 0)

    def paginate_queryset(self, queryset: Any) -> Any:
        """Fetch the names of all who created the links of a page together."""
        page = super().paginate_queryset(queryset)
        self.names = names_of(handover.created_by for handover in page or ())
        return page

    @extend_schema(responses={201: CreatedHandOverSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Create a link. Its address is told only in this answer."""
        printed = self.printed
        sent = NewHandOverSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        created, token = handovers.hand_over(
            actor=self.actor,
            printed=printed,
            recipient=sent.validated_data["recipient"],
            days=sent.validated_data.get("days", _DAYS),
        )
        shown = self.get_serializer(created).data
        url = absolute(request, reverse("web:handover", args=[token]))
        return Response({**shown, "url": url}, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Revoke a link: it stops working at once, and stays listed."""
        handovers.revoke(actor=self.actor, handover=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


_BASE = f"{BASE}<id:print>/handovers/"

routes = [
    path(
        _BASE,
        HandOverView.as_view({"get": "list", "post": "create"}),
        name="batchprinthandover-list",
    ),
    path(
        f"{_BASE}<id:pk>/",
        HandOverView.as_view({"get": "retrieve", "delete": "destroy"}),
        name="batchprinthandover-detail",
    ),
]
