"""The sales channels of an item or variation: three attributes for the same fact.

``all_sales_channels`` and ``limit_sales_channels`` are today's; ``sales_channels``, which lists all
that is effective, is the older form, and is understood in requests that do not use the newer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from counterfoil.api.framework.fields import ChannelReference
from counterfoil.catalog.models import SalesChannel


class EffectiveChannels(serializers.ListField):
    """The identifiers of the channels that something is sold through, in alphabetical order."""

    child = serializers.CharField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="effective_channels", **kwargs)

    def get_attribute(self, instance: Any) -> list[str]:
        channels = (
            channels_in(self.context)
            if instance.all_sales_channels
            else instance.limit_sales_channels.all()
        )
        return sorted(channel.identifier for channel in channels)

    def to_internal_value(self, data: Any) -> list[Any]:
        existing = {channel.identifier: channel for channel in channels_in(self.context)}
        identifiers: list[str] = super().to_internal_value(data)
        for identifier in identifiers:
            if identifier not in existing:
                raise serializers.ValidationError(
                    _("Object with {slug_name}={value} does not exist.").format(
                        slug_name="identifier", value=identifier
                    )
                )
        return [existing[identifier] for identifier in dict.fromkeys(identifiers)]


class ChannelLimits(serializers.Serializer[Any]):
    """Mixed into serializers of rows that have these columns. Needs ``view.organizer``."""

    all_sales_channels = serializers.BooleanField(required=False)
    limit_sales_channels = ChannelReference(many=True, required=False)
    sales_channels = EffectiveChannels(required=False)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        effective = values.pop("effective_channels", None)
        if effective is None or {"all_sales_channels", "limit_sales_channels"} & values.keys():
            return values
        every = len(effective) == len(channels_in(self.context))
        limits = [] if every else effective
        return {**values, "all_sales_channels": every, "limit_sales_channels": limits}


def channels_in(context: Mapping[str, Any]) -> list[SalesChannel]:
    """Return the organizer's channels; the database is queried once a request."""
    view = context["view"]
    if "_channels" not in view.__dict__:
        view._channels = list(view.organizer.sales_channels.order_by("identifier"))
    channels: list[SalesChannel] = view._channels
    return channels
