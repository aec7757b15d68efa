"""Categories of items."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.api.framework.extra_fields import ExtraField, ids
from counterfoil.api.framework.fields import TranslatedText, Whole
from counterfoil.api.framework.filters import Flag
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    WritingViews,
    event_routes,
)
from counterfoil.catalog import products
from counterfoil.catalog.models import ItemCategory


class CategorySerializer(serializers.ModelSerializer[ItemCategory]):
    name = TranslatedText()
    description = TranslatedText(required=False, allow_null=True, allow_blank=True)
    position = Whole(required=False)
    cross_selling_mode = ExtraField(
        serializers.ChoiceField(choices=["only", "both"], allow_null=True), None
    )
    cross_selling_condition = ExtraField(
        serializers.ChoiceField(choices=["always", "discounts", "products"], allow_null=True), None
    )
    cross_selling_match_products = ids()

    class Meta:
        model = ItemCategory
        fields = (
            "id",
            "name",
            "internal_name",
            "description",
            "position",
            "is_addon",
            "cross_selling_mode",
            "cross_selling_condition",
            "cross_selling_match_products",
        )

    def to_representation(self, instance: ItemCategory) -> Any:
        data = super().to_representation(instance)
        if not data.get("description", True):
            data["description"] = {self.context["event"].locale: ""}
        return data

    def validate_description(self, value: dict[str, str] | None) -> dict[str, str]:
        return value or {}

    def create(self, validated_data: Any) -> ItemCategory:
        category = ItemCategory(event=validated_data.pop("event"))
        return products.save_category(category=category, fields=validated_data)

    def update(self, instance: ItemCategory, validated_data: Any) -> ItemCategory:
        return products.save_category(category=instance, fields=validated_data)


class CategoryFilters(django_filters.FilterSet):  # type: ignore[misc]
    is_addon = Flag()


class CategoryView(ListView, DetailView, WritingViews, EventView[ItemCategory]):
    """Headings in lists of items."""

    verbose_name = "category"
    example = {
        "id": 1,
        "name": {"en": "Tickets"},
        "internal_name": None,
        "description": {"en": ""},
        "position": 0,
        "is_addon": False,
        "cross_selling_mode": None,
        "cross_selling_condition": None,
        "cross_selling_match_products": [],
    }
    serializer_class = CategorySerializer
    filterset_class = CategoryFilters
    ordering_fields = ("id", "position")
    write_permissions = ("event.items:write",)
    log_as = log_kind = "category"

    def get_queryset(self) -> QuerySet[ItemCategory]:
        return self.event.categories.order_by("position")

    def remove(self, instance: ItemCategory) -> None:
        products.delete_category(category=instance)


routes = event_routes("categories", CategoryView, name="category")
