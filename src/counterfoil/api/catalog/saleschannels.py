"""Sales channels of an organizer, by their identifiers."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.api.framework.fields import TranslatedText, Whole
from counterfoil.api.framework.views import (
    DetailView,
    ListView,
    OrganizerView,
    WritingViews,
    organizer_routes,
)
from counterfoil.catalog import services
from counterfoil.catalog.models import SalesChannel


class SalesChannelSerializer(serializers.ModelSerializer[SalesChannel]):
    identifier = serializers.CharField(
        max_length=200, validators=[RegexValidator(r"^[A-Za-z0-9._-]+$")]
    )
    type = serializers.CharField(max_length=200)
    label = TranslatedText()  # type: ignore[assignment]
    position = Whole(required=False, min_value=0)

    class Meta:
        model = SalesChannel
        fields = ("identifier", "type", "label", "position")

    def create(self, validated_data: Any) -> SalesChannel:
        organizer = validated_data.pop("organizer")
        return services.save_channel(channel=None, organizer=organizer, fields=validated_data)

    def update(self, instance: SalesChannel, validated_data: Any) -> SalesChannel:
        return services.save_channel(
            channel=instance, organizer=instance.organizer, fields=validated_data
        )


class SalesChannelView(ListView, DetailView, WritingViews, OrganizerView[SalesChannel]):
    """Where tickets are sold: the built-in web shop, and the organizer's own ``api.…`` channels."""

    verbose_name = "sales channel"
    example = {
        "identifier": "api.boxoffice",
        "type": "api",
        "label": {"en": "Box office"},
        "position": 1,
    }
    serializer_class = SalesChannelSerializer
    lookup_field = "identifier"
    lookup_value_converter = "str"
    write_permissions = ("organizer.settings.general:write",)
    log_as = "saleschannel"

    def get_queryset(self) -> QuerySet[SalesChannel]:
        return self.organizer.sales_channels.order_by("position")

    def scope(self) -> dict[str, Any]:
        return {"organizer": self.organizer}

    def remove(self, instance: SalesChannel) -> None:
        services.delete_channel(channel=instance)


routes = organizer_routes("saleschannels", SalesChannelView, name="saleschannel")
