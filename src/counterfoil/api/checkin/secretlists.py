"""Revoked and blocked secrets: what scanners must refuse while they are offline.

Scanners take the newest time of the first page for the time to ask from next.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

import django_filters
from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts.actors import DeviceActor
from counterfoil.api.framework.fields import Moment
from counterfoil.api.framework.filters import Flag
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.checkin import scanner_news
from counterfoil.checkin.models import BlockedSecret, RevokedSecret

M = TypeVar("M", bound=Model)

#: Parameters with which an answer says nothing of the whole list.
_PARTS = {"secret", "blocked"}
_SECRET = "k24jfh8sn2lkd93jf83nf92jf8w2k1aa"  # noqa: S105 — an example


class RevokedSecretSerializer(serializers.ModelSerializer[RevokedSecret]):
    created = Moment()

    class Meta:
        model = RevokedSecret
        fields = ("id", "secret", "created")


class BlockedSecretSerializer(serializers.ModelSerializer[BlockedSecret]):
    updated = Moment()

    class Meta:
        model = BlockedSecret
        fields = ("id", "secret", "blocked", "updated")


class RevokedSecretFilters(django_filters.FilterSet):  # type: ignore[misc]
    secret = django_filters.CharFilter()
    created_since = django_filters.IsoDateTimeFilter(field_name="created", lookup_expr="gte")


class BlockedSecretFilters(django_filters.FilterSet):  # type: ignore[misc]
    secret = django_filters.CharFilter()
    blocked = Flag()
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated", lookup_expr="gte")


class SecretListView(ListView, DetailView, EventView[M]):
    """A list of secrets that scanners keep; the server notes how far each has read it."""

    list_name: ClassVar[str]
    read_permissions = ("event.orders:read",)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        actor = self.actor
        if not isinstance(actor, DeviceActor) or _PARTS & request.query_params.keys():
            return super().list(request, *args, **kwargs)
        clock = scanner_news.clock_of(self.event)
        response = super().list(request, *args, **kwargs)
        scanner_news.note_page(
            device=actor.device,
            event=self.event,
            name=self.list_name,
            clock=clock,
            first=response.data["previous"] is None,
            last=response.data["next"] is None,
        )
        return response


class RevokedSecretView(SecretListView[RevokedSecret]):
    """Secrets that are never admitted again, the newest first."""

    verbose_name = "revoked secret"
    example = {"id": 1, "secret": _SECRET, "created": "2027-06-12T10:00:00+02:00"}
    serializer_class = RevokedSecretSerializer
    filterset_class = RevokedSecretFilters
    ordering_fields = ("id", "secret", "created")
    list_name = scanner_news.List.REVOKED

    def get_queryset(self) -> QuerySet[RevokedSecret]:
        return RevokedSecret.objects.filter(event=self.event).order_by("-created", "-pk")


class BlockedSecretView(SecretListView[BlockedSecret]):
    """Secrets that are blocked, or were, the newest first: a scanner must hear of both."""

    verbose_name = "blocked secret"
    example = {
        "id": 1,
        "secret": _SECRET,
        "blocked": True,
        "updated": "2027-06-12T10:00:00+02:00",
    }
    serializer_class = BlockedSecretSerializer
    filterset_class = BlockedSecretFilters
    ordering_fields = ("id", "secret", "updated")
    list_name = scanner_news.List.BLOCKED

    def get_queryset(self) -> QuerySet[BlockedSecret]:
        return BlockedSecret.objects.filter(event=self.event).order_by("-updated", "-pk")


routes = [
    *event_routes("revokedsecrets", RevokedSecretView, name="revokedsecret"),
    *event_routes("blockedsecrets", BlockedSecretView, name="blockedsecret"),
]
