"""The tickets of a check-in list, and the redeem route of a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.checkin.checkinlists import READ, SCAN
from counterfoil.api.checkin.examples import SCAN_POSITION, SCANNED
from counterfoil.api.checkin.position_filters import ScanPositionFilters
from counterfoil.api.checkin.scan_fields import ScannerSerialization, ScanPositionSerializer
from counterfoil.api.checkin.scanning import ScanSerializer, redeem, scan_of
from counterfoil.api.framework.schema import SCAN_RESPONSES
from counterfoil.api.framework.views import DetailView, EventView, ListView
from counterfoil.api.orders.position_fields import with_related
from counterfoil.checkin import queries
from counterfoil.checkin.models import CheckinList
from counterfoil.core.ids import row_id
from counterfoil.orders.models import OrderPosition


class ListPositionView(ScannerSerialization, ListView, DetailView, EventView[OrderPosition]):
    """Tickets of a check-in list."""

    verbose_name = "ticket of a check-in list"
    example = SCAN_POSITION
    action_examples = {"redeem": SCANNED}
    request_examples = {"redeem": {"type": "entry", "questions_supported": True}}
    serializer_class = ScanPositionSerializer
    filterset_class = ScanPositionFilters
    ordering_fields = (
        "order__code",
        "order__datetime",
        "order__email",
        "positionid",
        "last_checked_in",
    )
    read_permissions = READ
    action_permissions = {"redeem": SCAN}

    def get_queryset(self) -> QuerySet[OrderPosition]:
        if getattr(self, "swagger_fake_view", False):
            return OrderPosition.objects.none()
        ignore_status = self.request.query_params.get("ignore_status") == "true"
        return with_related(queries.tickets_of([self._list()], ignore_status=ignore_status))

    def whole_count(self) -> int:
        checkin_list = self._list()
        return queries.tallies(self.event, [checkin_list])[checkin_list.pk].positions.total()

    @extend_schema(request=ScanSerializer, responses=SCAN_RESPONSES)
    def redeem(self, request: Request, *args: Any, secret: str, **kwargs: Any) -> Response:
        """Check a ticket in or out, by its secret or its id."""
        checkin_list = self._list()
        serializer = ScanSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        scan = scan_of(
            serializer.validated_data,
            lists=[checkin_list],
            secret=secret,
            position_id=self._id_in(secret),
        )
        in_order_locale = serializer.validated_data["use_order_locale"]
        return redeem(request, scan, in_order_locale=in_order_locale, actor=self.actor)

    def _list(self) -> CheckinList:
        checkin_list = queries.lists_of(self.event).filter(pk=self.key_in_path("list")).first()
        if checkin_list is None:
            raise NotFound(_("No check-in list matches the given query."))
        return checkin_list

    def _id_in(self, secret: str) -> int | None:
        """Parse the secret as an id, unless the app marks it as untrusted input."""
        trusted = self.request.query_params.get("untrusted_input", "false") == "false"
        return row_id(secret) if trusted else None


_BASE = "organizers/<str:organizer>/events/<str:event>/checkinlists/<id:list>/positions/"

routes = [
    path(_BASE, ListPositionView.as_view({"get": "list"}), name="checkinlistpos-list"),
    path(
        f"{_BASE}<id:pk>/",
        ListPositionView.as_view({"get": "retrieve"}),
        name="checkinlistpos-detail",
    ),
    # A secret of another system may contain a slash.
    path(
        f"{_BASE}<path:secret>/redeem/",
        ListPositionView.as_view({"post": "redeem"}),
        name="checkinlistpos-redeem",
    ),
]
