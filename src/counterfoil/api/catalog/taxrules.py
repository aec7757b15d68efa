"""Tax rules."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from counterfoil.api.framework.fields import Exact, TranslatedText
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    WritingViews,
    event_routes,
)
from counterfoil.catalog import products
from counterfoil.catalog.models import TaxRule


class TaxRuleSerializer(serializers.ModelSerializer[TaxRule]):
    name = TranslatedText()
    rate = Exact(max_digits=10, decimal_places=2, min_value=0)
    home_country = serializers.CharField(required=False, allow_blank=True, max_length=2)
    custom_rules = serializers.ListField(
        child=serializers.DictField(), required=False, allow_null=True
    )

    class Meta:
        model = TaxRule
        fields = (
            "id",
            "name",
            "default",
            "rate",
            "code",
            "price_includes_tax",
            "eu_reverse_charge",
            "home_country",
            "internal_name",
            "keep_gross_if_rate_changes",
            "custom_rules",
        )

    def create(self, validated_data: Any) -> TaxRule:
        rule = TaxRule(event=validated_data.pop("event"))
        return products.save_tax_rule(rule=rule, fields=validated_data)

    def update(self, instance: TaxRule, validated_data: Any) -> TaxRule:
        return products.save_tax_rule(rule=instance, fields=validated_data)


class TaxRuleView(ListView, DetailView, WritingViews, EventView[TaxRule]):
    """How much tax is in a price."""

    verbose_name = "tax rule"
    example = {
        "id": 1,
        "name": {"en": "VAT"},
        "default": True,
        "rate": "19.00",
        "code": None,
        "price_includes_tax": True,
        "eu_reverse_charge": False,
        "home_country": "DE",
        "internal_name": None,
        "keep_gross_if_rate_changes": False,
        "custom_rules": None,
    }
    serializer_class = TaxRuleSerializer
    write_permissions = ("event.settings.tax:write",)
    log_as = log_kind = "taxrule"

    def get_queryset(self) -> QuerySet[TaxRule]:
        return self.event.tax_rules.order_by("pk")

    def remove(self, instance: TaxRule) -> None:
        products.delete_tax_rule(rule=instance)


routes = event_routes("taxrules", TaxRuleView, name="taxrule")
