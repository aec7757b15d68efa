"""Redeem, search and annul for apps that scan for several events at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.checkin.checkinlists import READ, SCAN
from counterfoil.api.checkin.examples import SCAN as SCAN_SENT
from counterfoil.api.checkin.examples import SCAN_POSITION, SCANNED
from counterfoil.api.checkin.position_filters import ScanPositionFilters
from counterfoil.api.checkin.scan_fields import ScannerSerialization, ScanPositionSerializer
from counterfoil.api.checkin.scanning import ScanSerializer, redeem, scan_of
from counterfoil.api.framework.fields import Reference
from counterfoil.api.framework.permissions import Needs, required_permissions_of
from counterfoil.api.framework.schema import SCAN_RESPONSES
from counterfoil.api.framework.views import ListView, OrganizerView
from counterfoil.api.orders.position_fields import with_related
from counterfoil.checkin import queries, services
from counterfoil.checkin.models import CheckinList
from counterfoil.orders.models import OrderPosition


class PermittedList(Reference):
    """A check-in list of an event for which the actor has the required permissions."""

    def get_queryset(self) -> QuerySet[Any]:
        view: GateView = self.context["view"]
        lists = CheckinList.objects.filter(event__in=view.actor.events(view.organizer))
        return lists.select_related("event__organizer")

    def to_internal_value(self, data: Any) -> CheckinList:
        checkin_list: CheckinList = super().to_internal_value(data)
        view: GateView = self.context["view"]
        permissions = required_permissions_of(view, view.request.method)
        if not any(
            view.actor.may_in_event(permission, checkin_list.event) for permission in permissions
        ):
            self.fail("does_not_exist", pk_value=data)
        return checkin_list


class ListsSerializer(serializers.Serializer[Any]):
    lists = PermittedList(many=True, allow_empty=False)


class RedeemSerializer(ListsSerializer, ScanSerializer):
    lists = PermittedList(many=True, queryset=CheckinList.objects.all())
    secret = serializers.CharField(max_length=4096, trim_whitespace=False)


class AnnulSerializer(ListsSerializer):
    nonce = serializers.CharField(max_length=190)
    error_explanation = serializers.CharField(required=False, allow_null=True, max_length=10_000)


class GateView(ScannerSerialization, ListView, OrganizerView[OrderPosition]):
    """Scans of tickets on lists of several events."""

    verbose_name = "ticket at the gate"
    example = SCAN_POSITION
    action_examples = {"redeem": SCANNED, "annul": {"status": "ok"}}
    request_examples = {
        "redeem": SCAN_SENT,
        "annul": {"lists": [1], "nonce": "Pvrk50vUzQd0DhdpNRL4I4OcXsvg70uA"},
    }
    serializer_class = ScanPositionSerializer
    filterset_class = ScanPositionFilters
    ordering_fields = ("order__code", "order__datetime", "positionid", "last_checked_in")
    read_permissions = READ
    write_permissions = SCAN
    searched_events: Collection[int] = ()

    def has_permission(self, permissions: Needs) -> bool:
        """Return whether the actor has permission in any event; each list is checked later."""
        events = self.actor.events(self.organizer).select_related("organizer")
        return any(
            self.actor.may_in_event(permission, event)
            for permission in permissions
            for event in events
        )

    def get_queryset(self) -> QuerySet[OrderPosition]:
        if getattr(self, "swagger_fake_view", False):
            return OrderPosition.objects.none()
        serializer = ListsSerializer(
            data={"lists": self.request.query_params.getlist("list")},
            context={"view": self},
        )
        if not serializer.is_valid():
            raise serializers.ValidationError({"list": _flat(serializer.errors["lists"])})
        ignore_status = self.request.query_params.get("ignore_status") == "true"
        lists = serializer.validated_data["lists"]
        self.searched_events = {each.event_id for each in lists}
        return with_related(queries.tickets_of(lists, ignore_status=ignore_status))

    @extend_schema(
        parameters=[OpenApiParameter("list", int, many=True, required=True)],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Search the tickets of some lists."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=RedeemSerializer, responses=SCAN_RESPONSES)
    def redeem(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Check a ticket in or out by its secret."""
        serializer = RedeemSerializer(data=request.data, context={"view": self})
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        _check_one_list_each(data["lists"])
        scan = scan_of(data, lists=data["lists"], secret=data["secret"])
        return redeem(request, scan, in_order_locale=data["use_order_locale"], actor=self.actor)

    @extend_schema(request=AnnulSerializer, responses=OpenApiTypes.OBJECT)
    def annul(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Annul an admitted scan, for example if the guest turned back at the door."""
        serializer = AnnulSerializer(data=request.data, context={"view": self})
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        annulled = services.annul(
            lists=data["lists"],
            nonce=data["nonce"],
            explanation=data.get("error_explanation"),
            actor=self.actor,
        )
        if not annulled:
            raise NotFound(_("No check-in matches the given query."))
        return Response({"status": "ok"})


def _check_one_list_each(lists: Sequence[CheckinList]) -> None:
    if not lists:
        raise serializers.ValidationError([_("This list may not be empty.")])
    events = {checkin_list.event_id for checkin_list in lists}
    if len(events) < len(lists):
        raise serializers.ValidationError([_("Select only one check-in list per event.")])


def _flat(errors: Any) -> list[str]:
    """Return the messages about a list of ids, without their indexes."""
    if isinstance(errors, dict):
        return [text for texts in errors.values() for text in texts]
    return list(errors)


_BASE = "organizers/<str:organizer>/checkinrpc/"

routes = [
    path(f"{_BASE}redeem/", GateView.as_view({"post": "redeem"}), name="checkinrpc-redeem"),
    path(f"{_BASE}annul/", GateView.as_view({"post": "annul"}), name="checkinrpc-annul"),
    path(f"{_BASE}search/", GateView.as_view({"get": "list"}), name="checkinrpc-search"),
]
