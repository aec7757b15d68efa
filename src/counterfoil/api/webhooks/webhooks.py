"""Webhooks, as documented; their secrets and deliveries are ours."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Model, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts.actors import Actor
from counterfoil.api.accounts.devices import EventReference
from counterfoil.api.framework.views import (
    DetailView,
    ListView,
    OrganizerView,
    WritingViews,
    organizer_routes,
)
from counterfoil.audit import services as audit
from counterfoil.webhooks import queries, services
from counterfoil.webhooks.addresses import LONGEST
from counterfoil.webhooks.models import Delivery, Webhook

NEEDS = ("organizer.settings.general:write",)


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    target_url = serializers.CharField(max_length=LONGEST)
    limit_events = EventReference(many=True, required=False)
    action_types = serializers.ListField(child=serializers.CharField(max_length=190))
    comment = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=255
    )

    class Meta:
        model = Webhook
        fields = (
            "id",
            "enabled",
            "target_url",
            "all_events",
            "limit_events",
            "action_types",
            "comment",
        )

    def create(self, validated_data: Any) -> Webhook:
        organizer = validated_data.pop("organizer")
        return services.create_webhook(
            organizer=organizer, fields=validated_data, actor=self._actor
        )

    def update(self, instance: Webhook, validated_data: Any) -> Webhook:
        return services.change_webhook(webhook=instance, fields=validated_data, actor=self._actor)

    @property
    def _actor(self) -> Actor:
        view: WebhookView = self.context["view"]
        return view.actor


class SecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(read_only=True)


class WebhookView(ListView, DetailView, WritingViews, OrganizerView[Webhook]):
    """Addresses that are notified of what happens in the events."""

    verbose_name = "webhook"
    example = {
        "id": 2,
        "enabled": True,
        "target_url": "https://example.org/hook",
        "all_events": False,
        "limit_events": ["democon"],
        "action_types": ["pretix.event.order.paid"],
        "comment": None,
    }
    action_examples: ClassVar[dict[str, Any]] = {
        "secret": {"secret": "whsec_zT0tC1x5Qm7wZ0o0m2hXcJ3mPq9rU8sV4yA6bE1dF2g="}
    }
    serializer_class = WebhookSerializer
    read_permissions = write_permissions = NEEDS
    action_permissions = {"secret": NEEDS}
    secret_actions = frozenset({"secret"})
    log_as = "webhook"

    def get_queryset(self) -> QuerySet[Webhook]:
        webhooks = queries.webhooks_of(self.organizer, self.actor)
        return webhooks.select_related("organizer").prefetch_related("limit_events")

    def scope(self) -> dict[str, Any]:
        return {"organizer": self.organizer}

    def record(self, verb: str, obj: Model) -> None:
        """Log which fields were sent, not their values: an address may hold a key."""
        audit.record(
            actor=self.actor,
            action=f"counterfoil.webhook.{verb}",
            obj=obj,
            organizer=self.organizer,
            data={} if verb == "deleted" else {"fields": sorted(self.request.data)},
        )

    def remove(self, instance: Webhook) -> None:
        services.delete_webhook(webhook=instance)

    @extend_schema(request=None, responses=SecretSerializer)
    @action(detail=True, methods=["post"])
    def secret(self, request: Request, **kwargs: Any) -> Response:
        """Create a new signing secret. Only this answer contains it."""
        secret = services.renew_secret(webhook=self.get_object(), actor=self.actor)
        return Response({"secret": secret}, headers={"Cache-Control": "no-store"})


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """``payload`` is the body as it is sent; ``error`` says why the last attempt failed."""

    notification_id = serializers.IntegerField(read_only=True)
    action = serializers.CharField(source="notification.action", read_only=True)
    payload = serializers.SerializerMethodField()
    attempts = serializers.IntegerField(source="attempt", read_only=True)
    next_attempt = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields = (
            "id",
            "notification_id",
            "action",
            "payload",
            "state",
            "attempts",
            "created",
            "last_attempt",
            "next_attempt",
            "duration_ms",
            "status_code",
            "response",
            "error",
        )
        read_only_fields = fields

    def get_payload(self, delivery: Delivery) -> dict[str, Any]:
        return delivery.payload

    def get_next_attempt(self, delivery: Delivery) -> str | None:
        is_waiting = delivery.state == Delivery.State.WAITING
        return delivery.due.isoformat().replace("+00:00", "Z") if is_waiting else None

    def get_error(self, delivery: Delivery) -> str:
        return queries.problem_of(delivery)


class DeliveryFilters(django_filters.FilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(choices=Delivery.State.choices)
    action = django_filters.CharFilter(field_name="notification__action")


_DELIVERY: dict[str, Any] = {
    "id": "5c9b1f0e-3c70-4c1f-9d9a-0a2f5ad5b7c1",
    "notification_id": 117,
    "action": "pretix.event.order.paid",
    "payload": {
        "notification_id": 117,
        "organizer": "bigevents",
        "event": "democon",
        "code": "ABC23",
        "action": "pretix.event.order.paid",
    },
    "state": "waiting",
    "attempts": 2,
    "created": "2026-10-01T10:00:00Z",
    "last_attempt": "2026-10-01T10:00:11Z",
    "next_attempt": "2026-10-01T10:00:41Z",
    "duration_ms": 31,
    "status_code": 500,
    "response": "Internal Server Error",
    "error": "The server answered 500.",
}


class DeliveryView(ListView, DetailView, OrganizerView[Delivery]):
    """What was sent to a webhook, or waits to be: for 30 days."""

    verbose_name = "webhook delivery"
    example = _DELIVERY
    action_examples: ClassVar[dict[str, Any]] = {"repeat": _DELIVERY}
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilters
    lookup_value_converter = "str"
    read_permissions = write_permissions = NEEDS
    action_permissions = {"repeat": NEEDS}

    def get_queryset(self) -> QuerySet[Delivery]:
        webhook = (
            queries.webhooks_of(self.organizer, self.actor)
            .select_related("organizer")
            .filter(pk=self.key_in_path("webhook"))
            .first()
        )
        if webhook is None:
            raise Http404
        return queries.deliveries_of(webhook)

    @extend_schema(request=None, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    def repeat(self, request: Request, **kwargs: Any) -> Response:
        """Send it again as soon as possible."""
        repeated = services.repeat_delivery(delivery=self.get_object(), actor=self.actor)
        return Response(self.get_serializer(repeated).data)


routes = [
    *organizer_routes("webhooks", WebhookView, name="webhook"),
    *organizer_routes("webhooks/<id:webhook>/deliveries", DeliveryView, name="webhookdelivery"),
]
