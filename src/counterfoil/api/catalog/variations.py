"""The variations of an item."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.catalog.channel_fields import ChannelLimits
from counterfoil.api.catalog.examples import VARIATION
from counterfoil.api.framework.extra_fields import ExtraField, flag, ids
from counterfoil.api.framework.fields import Moment, Money, PositionalList, TranslatedText, Whole
from counterfoil.api.framework.filters import Flag
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    WritingViews,
    event_routes,
)
from counterfoil.catalog import products, queries
from counterfoil.catalog.models import Item, ItemVariation


def availability_mode() -> ExtraField:
    """How a variation that is not available appears: not at all, or with a hint."""
    return ExtraField(serializers.ChoiceField(choices=["hide", "info"]), "hide")


class VariationSerializer(ChannelLimits, serializers.ModelSerializer[ItemVariation]):
    value = TranslatedText()
    description = TranslatedText(required=False, allow_null=True, allow_blank=True)
    position = Whole(required=False, min_value=0)
    default_price = Money(required=False, allow_null=True, min_value=0)
    price = Money(read_only=True)
    original_price = Money(required=False, allow_null=True, min_value=0)
    free_price_suggestion = ExtraField(Money(allow_null=True, min_value=0), None)
    require_approval = flag()
    require_membership = flag()
    require_membership_types = ids()
    require_membership_hidden = flag()
    available_from = Moment(required=False, allow_null=True)
    available_from_mode = availability_mode()
    available_until = Moment(required=False, allow_null=True)
    available_until_mode = availability_mode()
    hide_without_voucher = flag()
    meta_data = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)

    class Meta:
        list_serializer_class = PositionalList
        model = ItemVariation
        fields = (
            "id",
            "value",
            "active",
            "description",
            "position",
            "default_price",
            "price",
            "original_price",
            "free_price_suggestion",
            "require_approval",
            "require_membership",
            "require_membership_types",
            "require_membership_hidden",
            "checkin_attention",
            "checkin_text",
            "available_from",
            "available_from_mode",
            "available_until",
            "available_until_mode",
            "all_sales_channels",
            "limit_sales_channels",
            "hide_without_voucher",
            "meta_data",
            "sales_channels",
        )

    def create(self, validated_data: Any) -> ItemVariation:
        item = validated_data.pop("item")
        return products.add_variation(item=item, fields=validated_data)

    def update(self, instance: ItemVariation, validated_data: Any) -> ItemVariation:
        return products.change_variation(variation=instance, fields=validated_data)


class VariationFilters(django_filters.FilterSet):  # type: ignore[misc]
    active = Flag()
    search = django_filters.CharFilter(method="by_words")

    def by_words(
        self, variations: QuerySet[ItemVariation], name: str, value: str
    ) -> QuerySet[ItemVariation]:
        return variations.filter(queries.containing(value, "value"))


class VariationView(ListView, DetailView, WritingViews, EventView[ItemVariation]):
    """The variations of one item. An item without any cannot get some later."""

    verbose_name = "variation"
    example = VARIATION
    serializer_class = VariationSerializer
    filterset_class = VariationFilters
    ordering_fields = ("id", "position")
    write_permissions = ("event.items:write",)
    log_as = "item"  # clients look for changes of variations among those of items

    def get_queryset(self) -> QuerySet[ItemVariation]:
        return queries.variations_of(self.item)

    @cached_property
    def item(self) -> Item:
        return get_object_or_404(self.event.items.all(), pk=self.key_in_path("item"))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        _ = self.item  # a missing item is a 404 before the body is read
        return super().create(request, *args, **kwargs)

    def scope(self) -> dict[str, Any]:
        return {"item": self.item}

    def remove(self, instance: ItemVariation) -> None:
        products.delete_variation(variation=instance)


routes = event_routes("items/<id:item>/variations", VariationView, name="variation")
