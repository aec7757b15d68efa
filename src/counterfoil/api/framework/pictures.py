"""Pictures of products: input is the ``file:`` id of an upload, output is a URL."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from counterfoil.api.framework.links import absolute
from counterfoil.catalog.models import Item
from counterfoil.core.refusals import Invalid
from counterfoil.files import uploads
from counterfoil.files.pictures import TYPES, keep_picture


@extend_schema_field(OpenApiTypes.URI)
class PictureField(serializers.Field[Any, Any, str, Item]):
    """``null`` clears it."""

    def get_attribute(self, instance: Item) -> Any:
        return instance if instance.picture else None

    def to_internal_value(self, data: object) -> str:
        try:
            upload = uploads.claim(self.context["view"].actor.key, data, TYPES)
        except Invalid as refusal:
            raise serializers.ValidationError(refusal.sentences) from None
        return keep_picture(upload)

    def to_representation(self, value: Item) -> str:
        view = self.context["view"]
        path = reverse(
            "item-picture",
            kwargs={
                "organizer": view.organizer.slug,
                "event": view.event.slug,
                "pk": value.pk,
            },
        )
        return absolute(self.context["request"], path)
