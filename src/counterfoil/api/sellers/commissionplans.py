"""``commissionplans``, an addition to the pretix API: what sellers keep of what they sell."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from rest_framework import serializers

from counterfoil.api.framework.fields import Reference, Text
from counterfoil.api.framework.views import (
    DetailView,
    ListView,
    OrganizerView,
    WritingViews,
    organizer_routes,
)
from counterfoil.api.sellers.fields import READ, WRITE, Amount, Percent
from counterfoil.catalog.models import Item, ItemVariation
from counterfoil.sellers import people
from counterfoil.sellers.models import CommissionPlan, CommissionRule


class _Item(Reference):
    def get_queryset(self) -> QuerySet[Model]:
        return Item.objects.filter(event__organizer=self.context["view"].organizer)


class _Variation(Reference):
    def get_queryset(self) -> QuerySet[Model]:
        return ItemVariation.objects.filter(item__event__organizer=self.context["view"].organizer)


class CommissionRuleSerializer(serializers.ModelSerializer[CommissionRule]):
    """A fixed amount and a percentage of the price together, and at most ``cap``."""

    item = _Item(required=False, allow_null=True)
    variation = _Variation(required=False, allow_null=True)
    fixed = Amount(required=False)
    percent = Percent(required=False)
    cap = Amount(required=False, allow_null=True)

    class Meta:
        model = CommissionRule
        fields = ("item", "variation", "fixed", "percent", "cap")


class CommissionPlanSerializer(serializers.ModelSerializer[CommissionPlan]):
    name = Text(max_length=190)
    rules = CommissionRuleSerializer(many=True)

    class Meta:
        model = CommissionPlan
        fields = ("id", "name", "rules")

    def create(self, validated_data: Any) -> CommissionPlan:
        return people.save_plan(plan=None, **validated_data)

    def update(self, instance: CommissionPlan, validated_data: Any) -> CommissionPlan:
        return people.save_plan(plan=instance, organizer=instance.organizer, **validated_data)


class CommissionPlanView(ListView, DetailView, WritingViews, OrganizerView[CommissionPlan]):
    """Of several rules, that for the variation counts, else that for the item, else the general.

    A change counts for tickets that are not settled yet.
    """

    verbose_name = "commission plan"
    example: ClassVar[Any] = {
        "id": 1,
        "name": "Kiosks",
        "rules": [
            {"item": None, "variation": None, "fixed": "0.00", "percent": "10.00", "cap": "2.00"}
        ],
    }
    serializer_class = CommissionPlanSerializer
    read_permissions = READ
    write_permissions = WRITE
    log_as = "commissionplan"

    def get_queryset(self) -> QuerySet[CommissionPlan]:
        return self.organizer.commission_plans.prefetch_related("rules").order_by("pk")

    def scope(self) -> dict[str, Any]:
        return {"organizer": self.organizer}

    def remove(self, instance: CommissionPlan) -> None:
        people.delete_plan(plan=instance)


routes = organizer_routes("commissionplans", CommissionPlanView, name="commissionplan")
