"""Items, which are the products, with their variations inline."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from counterfoil.api.catalog.channel_fields import ChannelLimits
from counterfoil.api.catalog.examples import ITEM
from counterfoil.api.catalog.variations import VariationSerializer, availability_mode
from counterfoil.api.framework.extra_fields import ExtraField, flag, flag_set, ids, objects
from counterfoil.api.framework.fields import Moment, Money, Reference, TranslatedText, Whole
from counterfoil.api.framework.filters import Flag, Number, RowId
from counterfoil.api.framework.pictures import PictureField
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    WritingViews,
    event_routes,
)
from counterfoil.catalog import products, queries
from counterfoil.catalog.models import Item
from counterfoil.files import services as files
from counterfoil.files.pictures import content_type


def _number(default: int | None, *, allow_null: bool = False) -> ExtraField:
    return ExtraField(Whole(allow_null=allow_null, min_value=0), default)


def _optional_number() -> ExtraField:
    return _number(None, allow_null=True)


class ItemSerializer(ChannelLimits, serializers.ModelSerializer[Item]):
    category = Reference("categories", required=False, allow_null=True)
    name = TranslatedText()
    description = TranslatedText(required=False, allow_null=True, allow_blank=True)
    default_price = Money(min_value=0)
    free_price = flag()
    free_price_suggestion = ExtraField(Money(allow_null=True, min_value=0), None)
    tax_rate = serializers.SerializerMethodField()
    tax_rule = Reference("tax_rules", required=False, allow_null=True)
    position = Whole(required=False)
    picture = PictureField(required=False, allow_null=True)
    available_from = Moment(required=False, allow_null=True)
    available_from_mode = availability_mode()
    available_until = Moment(required=False, allow_null=True)
    available_until_mode = availability_mode()
    require_voucher = flag()
    hide_without_voucher = flag()
    allow_cancel = flag_set()
    require_bundling = flag()
    min_per_order = _optional_number()
    max_per_order = _optional_number()
    has_variations = serializers.SerializerMethodField()
    variations = VariationSerializer(many=True, required=False)
    addons = objects()
    bundles = objects()
    program_times = objects()
    original_price = Money(required=False, allow_null=True, min_value=0)
    require_approval = flag()
    show_quota_left = ExtraField(serializers.BooleanField(allow_null=True), None)
    hidden_if_available = _optional_number()
    hidden_if_item_available = _optional_number()
    hidden_if_item_available_mode = availability_mode()
    allow_waitinglist = flag_set()
    issue_giftcard = flag()
    meta_data = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    require_membership = flag()
    require_membership_types = ids()
    require_membership_hidden = flag()
    grant_membership_type = _optional_number()
    grant_membership_duration_like_event = flag_set()
    grant_membership_duration_days = _number(0)
    grant_membership_duration_months = _number(0)
    validity_mode = ExtraField(
        serializers.ChoiceField(choices=["fixed", "dynamic"], allow_null=True), None
    )
    validity_fixed_from = ExtraField(Moment(allow_null=True), None)
    validity_fixed_until = ExtraField(Moment(allow_null=True), None)
    validity_dynamic_duration_minutes = _optional_number()
    validity_dynamic_duration_hours = _optional_number()
    validity_dynamic_duration_days = _optional_number()
    validity_dynamic_duration_months = _optional_number()
    validity_dynamic_start_choice = flag()
    validity_dynamic_start_choice_day_limit = _optional_number()
    media_policy = ExtraField(
        serializers.ChoiceField(choices=["reuse", "new", "reuse_or_new"], allow_null=True), None
    )
    media_type = ExtraField(
        serializers.ChoiceField(choices=["barcode", "nfc_uid", "nfc_mf0aes"], allow_null=True),
        None,
    )

    class Meta:
        model = Item
        fields = (
            "id",
            "category",
            "name",
            "internal_name",
            "active",
            "all_sales_channels",
            "limit_sales_channels",
            "description",
            "default_price",
            "free_price",
            "free_price_suggestion",
            "tax_rate",
            "tax_rule",
            "admission",
            "personalized",
            "position",
            "picture",
            "available_from",
            "available_from_mode",
            "available_until",
            "available_until_mode",
            "require_voucher",
            "hide_without_voucher",
            "allow_cancel",
            "require_bundling",
            "min_per_order",
            "max_per_order",
            "checkin_attention",
            "checkin_text",
            "has_variations",
            "variations",
            "addons",
            "bundles",
            "program_times",
            "original_price",
            "require_approval",
            "generate_tickets",
            "show_quota_left",
            "hidden_if_available",
            "hidden_if_item_available",
            "hidden_if_item_available_mode",
            "allow_waitinglist",
            "issue_giftcard",
            "meta_data",
            "require_membership",
            "require_membership_types",
            "require_membership_hidden",
            "grant_membership_type",
            "grant_membership_duration_like_event",
            "grant_membership_duration_days",
            "grant_membership_duration_months",
            "validity_mode",
            "validity_fixed_from",
            "validity_fixed_until",
            "validity_dynamic_duration_minutes",
            "validity_dynamic_duration_hours",
            "validity_dynamic_duration_days",
            "validity_dynamic_duration_months",
            "validity_dynamic_start_choice",
            "validity_dynamic_start_choice_day_limit",
            "media_policy",
            "media_type",
            "sales_channels",
        )

    @extend_schema_field(OpenApiTypes.STR)
    def get_tax_rate(self, item: Item) -> str:
        return str(item.tax_rule.rate if item.tax_rule else Decimal("0.00"))

    def get_has_variations(self, item: Item) -> bool:
        return bool(item.variations.all())

    def validate_variations(self, value: Any) -> Any:
        if self.instance is not None:
            raise serializers.ValidationError(
                _("Variations are changed at their own addresses, below the item's.")
            )
        return value

    def create(self, validated_data: Any) -> Item:
        item = products.create_item(
            event=validated_data.pop("event"),
            variations=validated_data.pop("variations", ()),
            fields=validated_data,
        )
        return queries.items_of(item.event).get(pk=item.pk)

    def update(self, instance: Item, validated_data: Any) -> Item:
        changed = products.save_item(item=instance, fields=validated_data)
        return queries.items_of(changed.event).get(pk=changed.pk)


class ItemFilters(django_filters.FilterSet):  # type: ignore[misc]
    active = Flag()
    admission = Flag()
    category = RowId(field_name="category")
    tax_rate = Number(method="by_tax_rate")
    free_price = Flag(method="by_free_price")
    search = django_filters.CharFilter(method="by_words")

    def by_tax_rate(self, items: QuerySet[Item], name: str, value: Decimal) -> QuerySet[Item]:
        return (
            items.filter(tax_rule__rate=value)
            if value
            else items.filter(Q(tax_rule=None) | Q(tax_rule__rate=0))
        )

    def by_free_price(self, items: QuerySet[Item], name: str, value: bool) -> QuerySet[Item]:
        free = items.filter(extra__free_price=True)
        return free if value else items.exclude(pk__in=free.values("pk"))

    def by_words(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return items.filter(queries.containing(value, "name", "internal_name"))


class ItemView(ListView, DetailView, WritingViews, EventView[Item]):
    """What is sold."""

    verbose_name = "item"
    example = ITEM
    serializer_class = ItemSerializer
    filterset_class = ItemFilters
    ordering_fields = ("id", "position")
    write_permissions = ("event.items:write",)
    log_as = log_kind = "item"

    def get_queryset(self) -> QuerySet[Item]:
        return queries.items_of(self.event)

    def remove(self, instance: Item) -> None:
        products.delete_item(item=instance)

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    @action(detail=True)
    def picture(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the item's picture."""
        item = self.get_object()
        if not item.picture:
            raise NotFound
        try:
            stored = files.open_stored(item.picture)
            return FileResponse(
                stored, filename=item.picture, content_type=content_type(item.picture)
            )
        except FileNotFoundError:
            raise NotFound from None


routes = event_routes("items", ItemView, name="item")
