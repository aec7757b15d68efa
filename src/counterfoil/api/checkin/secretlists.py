"""Revoked and blocked secrets: what scanners must refuse while they are offline.

Scanners take the newest time of the first page for the time to ask from next.
"""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.api.framework.fields import Moment
from counterfoil.api.framework.filters import Flag
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.checkin.models import BlockedSecret, RevokedSecret

_READ = ("event.orders:read",)
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


class RevokedSecretView(ListView, DetailView, EventView[RevokedSecret]):
    """Secrets that are never admitted again, the newest first."""

    verbose_name = "revoked secret"
    example = {"id": 1, "secret": _SECRET, "created": "2027-06-12T10:00:00+02:00"}
    serializer_class = RevokedSecretSerializer
    filterset_class = RevokedSecretFilters
    ordering_fields = ("id", "secret", "created")
    read_permissions = _READ

    def get_queryset(self) -> QuerySet[RevokedSecret]:
        return RevokedSecret.objects.filter(event=self.event).order_by("-created", "-pk")


class BlockedSecretView(ListView, DetailView, EventView[BlockedSecret]):
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
    read_permissions = _READ

    def get_queryset(self) -> QuerySet[BlockedSecret]:
        return BlockedSecret.objects.filter(event=self.event).order_by("-updated", "-pk")


routes = [
    *event_routes("revokedsecrets", RevokedSecretView, name="revokedsecret"),
    *event_routes("blockedsecrets", BlockedSecretView, name="blockedsecret"),
]
