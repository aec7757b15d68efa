"""Serialize orders and their positions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from counterfoil.api.framework.fields import Moment, Money
from counterfoil.api.framework.links import absolute
from counterfoil.api.orders.position_fields import (
    FIRST_FIELDS,
    MORE_FIELDS,
    DownloadFields,
    PositionFields,
    has_download,
    with_related,
)
from counterfoil.catalog.eventsettings import setting
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.printing.variables.names import write_name

_OBJECT = {"type": "object", "additionalProperties": {}}
_ADDRESS_LINES = ("street", "zipcode", "city", "country", "state", "vat_id")
#: States of payments that came in, even if they went back later.
_RECEIVED = frozenset({"confirmed", "refunded"})
_NOTHING = {"type": "array", "items": {"type": "object"}}


class OrderPositionSerializer(PositionFields):
    class Meta(PositionFields.Meta):
        fields = (
            *FIRST_FIELDS,
            "discount",
            *MORE_FIELDS,
            "canceled",
            "tax_code",
            "valid_from",
            "valid_until",
            "blocked",
            "voucher_budget_use",
            "plugin_data",
            "pdf_data",
        )


class PaymentFields(serializers.ModelSerializer[OrderPayment]):
    amount = Money(currency="order.event.currency")
    created = Moment()
    payment_date = Moment(allow_null=True)
    payment_url = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField()

    class Meta:
        model = OrderPayment
        fields = (
            "local_id",
            "state",
            "amount",
            "created",
            "payment_date",
            "provider",
            "payment_url",
            "details",
        )

    @extend_schema_field({"type": "string", "nullable": True})
    def get_payment_url(self, _payment: OrderPayment) -> None:
        return None

    @extend_schema_field(_OBJECT)
    def get_details(self, _payment: OrderPayment) -> dict[str, Any]:
        return {}


class InvoiceAddressFields(serializers.Serializer[Order]):
    """To whom an invoice would go; ``name`` is written by the name's scheme."""

    last_modified = Moment()
    is_business = serializers.BooleanField()
    company = serializers.CharField()
    name = serializers.CharField()
    name_parts = serializers.DictField(child=serializers.CharField())
    street = serializers.CharField()
    zipcode = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    state = serializers.CharField()
    vat_id = serializers.CharField()
    vat_id_validated = serializers.BooleanField()
    custom_field = serializers.CharField(allow_null=True)
    internal_reference = serializers.CharField()
    transmission_type = serializers.CharField()
    transmission_info = serializers.DictField(allow_null=True)

    def to_representation(self, instance: Order) -> dict[str, Any]:
        stored: dict[str, Any] = instance.invoice_address or {}
        parts = stored.get("name_parts") or {}
        scheme = setting(instance.event, "name_scheme")
        changed = stored.get("last_modified")
        moment = datetime.fromisoformat(changed) if changed else instance.last_modified
        return {
            "last_modified": Moment().to_representation(moment),
            "is_business": bool(stored.get("is_business")),
            "company": stored.get("company") or "",
            "name": write_name(parts, scheme) or stored.get("name") or "",
            "name_parts": parts,
            **{key: stored.get(key) or "" for key in _ADDRESS_LINES},
            "vat_id_validated": False,
            "custom_field": stored.get("custom_field"),
            "internal_reference": stored.get("internal_reference") or "",
            "transmission_type": "other",
            "transmission_info": None,
        }


class OrderSerializer(serializers.ModelSerializer[Order]):
    event = serializers.CharField(source="event.slug")
    datetime = Moment()
    expires = Moment()
    last_modified = Moment()
    cancellation_date = Moment(allow_null=True)
    payment_date = serializers.SerializerMethodField()
    payment_provider = serializers.SerializerMethodField()
    fees = serializers.SerializerMethodField(method_name="get_none_of_them")
    total = Money(currency="event.currency")
    tax_rounding_mode = serializers.SerializerMethodField()
    positions = OrderPositionSerializer(many=True)
    downloads = serializers.SerializerMethodField()
    payments = PaymentFields(many=True)
    refunds = serializers.SerializerMethodField(method_name="get_none_of_them")
    sales_channel = serializers.CharField(source="sales_channel.identifier")
    invoice_address = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    customer = serializers.SerializerMethodField()
    plugin_data = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = (
            "code",
            "event",
            "status",
            "testmode",
            "secret",
            "email",
            "phone",
            "locale",
            "datetime",
            "expires",
            "payment_date",
            "payment_provider",
            "fees",
            "total",
            "tax_rounding_mode",
            "comment",
            "custom_followup_at",
            "invoice_address",
            "positions",
            "downloads",
            "checkin_attention",
            "checkin_text",
            "last_modified",
            "payments",
            "refunds",
            "require_approval",
            "sales_channel",
            "url",
            "customer",
            "valid_if_pending",
            "api_meta",
            "cancellation_date",
            "plugin_data",
        )

    def to_representation(self, instance: Order) -> dict[str, Any]:
        with timezone.override(instance.event.tz):
            return super().to_representation(instance)

    @extend_schema_field(InvoiceAddressFields(allow_null=True))
    def get_invoice_address(self, order: Order) -> dict[str, Any] | None:
        if order.invoice_address is None:
            return None
        return dict(InvoiceAddressFields(order, context=self.context).data)

    def get_payment_date(self, order: Order) -> date | None:
        """Return the day of the last payment that came in, by the event's calendar."""
        payments = [each for each in order.payments.all() if each.state in _RECEIVED]
        dates = [each.payment_date for each in payments if each.payment_date]
        return timezone.localdate(max(dates)) if dates else None

    def get_payment_provider(self, order: Order) -> str | None:
        payments = list(order.payments.all())
        return payments[-1].provider if payments else None

    @extend_schema_field(_NOTHING)
    def get_none_of_them(self, _order: Order) -> list[Any]:
        return []

    def get_tax_rounding_mode(self, _order: Order) -> str:
        return "line"

    @extend_schema_field(DownloadFields(many=True))
    def get_downloads(self, order: Order) -> list[dict[str, str]]:
        if not any(has_download(position) for position in order.positions.all()):
            return []
        path = reverse(
            "order-download",
            kwargs={
                "organizer": order.event.organizer.slug,
                "event": order.event.slug,
                "code": order.code,
                "output": "pdf",
            },
        )
        return [{"output": "pdf", "url": absolute(self.context["request"], path)}]

    def get_url(self, order: Order) -> str:
        event = order.event
        path = f"/{event.organizer.slug}/{event.slug}/order/{order.code}/{order.secret}/"
        return absolute(self.context["request"], path)

    @extend_schema_field({"type": "string", "nullable": True})
    def get_customer(self, _order: Order) -> None:
        return None

    @extend_schema_field(_OBJECT)
    def get_plugin_data(self, _order: Order) -> dict[str, Any]:
        return {}


def serialized_positions(*, canceled: bool) -> QuerySet[OrderPosition]:
    """Return positions by number with all related rows, optionally with canceled ones."""
    positions = with_related(OrderPosition.objects.all()).order_by("positionid", "pk")
    if canceled:
        return positions
    return positions.exclude(Q(canceled=True) | Q(order__status=Order.Status.CANCELED))


def serialized_orders(orders: QuerySet[Order], *, canceled: bool) -> QuerySet[Order]:
    """Prefetch all related rows of orders, with a fixed number of queries."""
    payments = OrderPayment.objects.order_by("local_id", "pk")
    return orders.select_related("event__organizer", "sales_channel").prefetch_related(
        Prefetch("positions", serialized_positions(canceled=canceled)),
        Prefetch("payments", payments),
    )
