"""``sellers``, an addition to the pretix API: who sells paper tickets on consignment."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.fields import Moment, Money, Text
from counterfoil.api.framework.filters import Flag
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.views import (
    DetailView,
    ListView,
    OrganizerView,
    WritingViews,
    organizer_routes,
)
from counterfoil.api.sellers.fields import (
    GATE_EXAMPLE,
    READ,
    WRITE,
    GateSerializer,
    OfOrganizer,
)
from counterfoil.api.stock.batchstock import BatchStockSerializer, BatchStockView
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Invalid
from counterfoil.sellers import accounts, people, standings
from counterfoil.sellers.models import Seller, SellerPayment


class SellerSerializer(serializers.ModelSerializer[Seller]):
    name = Text(max_length=190)
    address = Text(required=False, allow_blank=True, max_length=2000)
    contact = Text(required=False, allow_blank=True, max_length=190)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    commission_plan = OfOrganizer("commission_plans", required=False, allow_null=True)
    credit_limit = Money(currency="currency", required=False, allow_null=True)
    deposit = Money(currency="currency", required=False)

    class Meta:
        model = Seller
        fields = (
            *("id", "name", "address", "contact", "language", "role", "commission_plan"),
            *("credit_limit", "deposit", "needs_approval", "active"),
        )

    def create(self, validated_data: Any) -> Seller:
        organizer = validated_data.pop("organizer")
        return people.save_seller(seller=None, organizer=organizer, fields=validated_data)

    def update(self, instance: Seller, validated_data: Any) -> Seller:
        return people.save_seller(
            seller=instance, organizer=instance.organizer, fields=validated_data
        )


class BalanceSerializer(serializers.Serializer[Any]):
    """What the seller owes; below zero, what the seller has to get."""

    balance = serializers.CharField()


class SellerGateSerializer(serializers.Serializer[Any]):
    gate = GateSerializer()


class LinkSerializer(serializers.Serializer[Any]):
    url = serializers.URLField()


class SellerFilters(django_filters.FilterSet):  # type: ignore[misc]
    active = Flag()
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains")


class SellerView(ListView, DetailView, WritingViews, OrganizerView[Seller]):
    """A seller with a history is deactivated, not deleted."""

    verbose_name = "seller"
    example: ClassVar[Any] = {
        "id": 1,
        "name": "Kiosk at the station",
        "address": "Bahnhofstr. 1\n12345 Neustadt",
        "contact": "+49 30 1234567",
        "language": "de",
        "role": "agent",
        "commission_plan": 1,
        "credit_limit": "2000.00",
        "deposit": "200.00",
        "needs_approval": False,
        "active": True,
    }
    action_examples: ClassVar[dict[str, Any]] = {
        "balance": {"balance": "414.00"},
        "stock": BatchStockView.example,
        "gate": {"gate": GATE_EXAMPLE},
        "link": {"url": "https://tickets.example.org/seller/PqX2…/"},
    }
    request_examples: ClassVar[dict[str, Any]] = {"link": {}}
    serializer_class = SellerSerializer
    filterset_class = SellerFilters
    ordering_fields = ("name", "id")
    read_permissions = READ
    write_permissions = WRITE
    secret_actions = frozenset({"link"})
    log_as = "seller"

    def get_queryset(self) -> QuerySet[Seller]:
        return self.organizer.sellers.select_related("organizer").order_by("name", "pk")

    def scope(self) -> dict[str, Any]:
        return {"organizer": self.organizer}

    def remove(self, instance: Seller) -> None:
        people.delete_seller(seller=instance)

    @extend_schema(responses={200: BalanceSerializer})
    @action(detail=True, methods=["get"])
    def balance(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By issued statements and payments; tickets that are not settled are no debt yet."""
        return Response({"balance": f"{accounts.balance_of(self.get_object()):f}"})

    @extend_schema(responses={200: BatchStockSerializer})
    @action(detail=True, methods=["get"])
    def stock(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Count the tickets of the seller as those of a batch are counted."""
        seller = self.get_object()
        sums = standings.stock_of(seller, self.actor.events(self.organizer))
        context = {**self.get_serializer_context(), "event": _InCurrency(seller)}
        shown = {"validity": sums.validity, "place": sums.place, "books": []}
        return Response(BatchStockSerializer(shown, context=context).data)

    @extend_schema(responses={200: SellerGateSerializer})
    @action(detail=True, methods=["get"])
    def gate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Compare what the seller reported with who came in, over all events."""
        seller = self.get_object()
        return Response({"gate": standings.gate_of(seller, self.actor.events(self.organizer))})

    @extend_schema(request=None, responses={201: LinkSerializer})
    @action(detail=True, methods=["post"])
    def link(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a new address of the seller's own page; the one before ends."""
        seller = self.get_object()
        secret = people.make_link(seller=seller)
        self._log_link("linked", seller)
        url = absolute(request, reverse("web:seller-own-page", args=(secret,)))
        return Response({"url": url}, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    @link.mapping.delete
    def revoke_link(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End the address of the seller's own page."""
        seller = self.get_object()
        if not people.revoke_link(seller=seller):
            raise NotFound(_("This seller has no link."))
        self._log_link("unlinked", seller)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _log_link(self, verb: str, seller: Seller) -> None:
        audit.record(
            actor=self.actor,
            action=f"counterfoil.seller.{verb}",
            obj=seller,
            organizer=self.organizer,
        )


class _InCurrency:
    """Stands for an event where amounts are written with the decimals of an account."""

    def __init__(self, seller: Seller) -> None:
        self.currency = seller.currency or "EUR"


class EventBySlug(serializers.SlugRelatedField[Any]):
    """An event of the organizer that the actor may see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="slug", **kwargs)

    def get_queryset(self) -> QuerySet[Event]:
        view = self.context["view"]
        events: QuerySet[Event] = view.actor.events(view.organizer)
        return events

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class SellerPaymentSerializer(serializers.ModelSerializer[SellerPayment]):
    """Without ``currency`` it is the event's, or the account's."""

    amount = Money(currency="currency")
    currency = Text(max_length=3, required=False)
    event = EventBySlug(required=False, allow_null=True)
    note = Text(required=False, allow_blank=True, max_length=10_000)
    created = Moment(read_only=True)

    class Meta:
        model = SellerPayment
        fields = ("id", "amount", "currency", "event", "note", "created")

    def create(self, validated_data: Any) -> SellerPayment:
        view = self.context["view"]
        seller: Seller = view.seller
        event: Event | None = validated_data.get("event")
        currency = validated_data.get("currency") or (event.currency if event else seller.currency)
        if not currency:
            raise Invalid({"currency": [_("This field is required.")]})
        return accounts.record_payment(
            actor=view.actor,
            seller=seller,
            amount=validated_data["amount"],
            currency=currency,
            event=event,
            note=validated_data.get("note", ""),
        )


class SellerPaymentView(ListView, DetailView, OrganizerView[SellerPayment]):
    """Money from a seller, or to one where the amount is below zero. Payments never change."""

    verbose_name = "payment of a seller"
    example: ClassVar[Any] = {
        "id": 1,
        "amount": "414.00",
        "currency": "EUR",
        "event": "sampleconf",
        "note": "cash",
        "created": "2026-10-02T10:00:00+02:00",
    }
    serializer_class = SellerPaymentSerializer
    read_permissions = READ
    write_permissions = WRITE

    @property
    def seller(self) -> Seller:
        self.key_in_path("seller")
        seller = self.organizer.sellers.filter(pk=self.kwargs["seller"]).first()
        if seller is None:
            raise NotFound
        seller.organizer = self.organizer
        return seller

    def get_queryset(self) -> QuerySet[SellerPayment]:
        return self.seller.payments.select_related("event").order_by("pk")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record a payment; it stands on the next statement."""
        _ = self.seller
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=status.HTTP_201_CREATED)


_PAYMENTS = "organizers/<str:organizer>/sellers/<id:seller>/payments/"

routes = [
    *organizer_routes("sellers", SellerView, name="seller"),
    path(
        _PAYMENTS,
        SellerPaymentView.as_view({"get": "list", "post": "create"}),
        name="sellerpayment-list",
    ),
    path(
        f"{_PAYMENTS}<id:pk>/",
        SellerPaymentView.as_view({"get": "retrieve"}),
        name="sellerpayment-detail",
    ),
]
