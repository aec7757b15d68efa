"""Organizers that the credentials reach."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.views import (
    ApiView,
    DetailView,
    ListView,
    OrganizerView,
    WritingViews,
)
from counterfoil.catalog import services
from counterfoil.catalog.models import Organizer


class OrganizerSerializer(serializers.ModelSerializer[Organizer]):
    public_url = serializers.SerializerMethodField()
    plugins = serializers.SerializerMethodField()
    slug = serializers.CharField(required=False, max_length=50)

    class Meta:
        model = Organizer
        fields = ("name", "slug", "public_url", "plugins")

    def get_public_url(self, organizer: Organizer) -> str:
        return absolute(self.context["request"], f"/{organizer.slug}/")

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_plugins(self, organizer: Organizer) -> list[str]:
        return []

    def update(self, instance: Organizer, validated_data: Any) -> Organizer:
        return services.save_organizer(organizer=instance, fields=validated_data)


_EXAMPLE = {
    "name": "Big Events",
    "slug": "bigevents",
    "public_url": "https://tickets.example.org/bigevents/",
    "plugins": [],
}


class OrganizerListView(ListView, ApiView[Organizer]):
    """The organizers that the credentials reach: one, for a token or device."""

    verbose_name = "organizer"
    example = _EXAMPLE
    serializer_class = OrganizerSerializer
    ordering_fields = ("slug", "name")

    def get_queryset(self) -> QuerySet[Organizer]:
        return self.actor.organizers().order_by("slug")


class OrganizerDetailView(DetailView, WritingViews, OrganizerView[Organizer]):
    """One organizer. Its name can be changed."""

    verbose_name = "organizer"
    example = _EXAMPLE
    serializer_class = OrganizerSerializer
    write_permissions = ("organizer.settings.general:write",)
    log_as = "organizer"

    def get_object(self) -> Organizer:
        return self.organizer


routes = [
    path("organizers/", OrganizerListView.as_view({"get": "list"}), name="organizer-list"),
    path(
        "organizers/<str:organizer>/",
        OrganizerDetailView.as_view(
            {"get": "retrieve", "put": "update", "patch": "partial_update"}
        ),
        name="organizer-detail",
    ),
]
