"""What a client sends to make an order. Shape only; whether it can be sold, the service says."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from counterfoil.api.catalog.sale_fields import DateReference, VariationReference
from counterfoil.api.framework.fields import (
    ChannelReference,
    Moment,
    Money,
    PositionalList,
    Reference,
    Whole,
)
from counterfoil.catalog.models import QuestionOption
from counterfoil.catalog.services import WEB
from counterfoil.orders.answers import AnswerUnreadable, normal_answer
from counterfoil.orders.new_order import NewAnswer, NewOrder, NewPosition

_CODE = r"^[A-Z0-9]{5,16}\Z"
#: Characters of what has no form of its own.
_LONGEST = 100_000
_ATTENDEE = (
    "attendee_name_parts",
    "attendee_email",
    "company",
    "street",
    "zipcode",
    "city",
    "country",
    "state",
)
_DETAILS = (
    "email",
    "phone",
    "comment",
    "checkin_attention",
    "checkin_text",
    "invoice_address",
    "valid_if_pending",
    "require_approval",
    "api_meta",
)


def _text(length: int, **kwargs: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=length, required=False, allow_null=True, allow_blank=True, **kwargs
    )


def _email() -> serializers.EmailField:
    return serializers.EmailField(required=False, allow_null=True, allow_blank=True, max_length=254)


class OptionReference(Reference):
    """The id of an option of one of the event's questions."""

    def get_queryset(self) -> QuerySet[Any]:
        return QuestionOption.objects.filter(question__event=self.context["event"])


class NewAnswerSerializer(serializers.Serializer[Any]):
    question = Reference("questions")
    answer = serializers.CharField(allow_blank=True, max_length=10_000)
    options = OptionReference(many=True, required=False)

    class Meta:
        list_serializer_class = PositionalList

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        question, options = attrs["question"], attrs.get("options", [])
        if any(option.question_id != question.pk for option in options):
            raise serializers.ValidationError(
                {"options": [_("An option belongs to another question.")]}
            )
        try:
            text = normal_answer(question, attrs["answer"], options)
        except AnswerUnreadable as problem:
            raise serializers.ValidationError({"answer": [str(problem)]}) from None
        return {"question": question, "answer": text, "options": tuple(options)}


class PositionDetailsSerializer(serializers.Serializer[Any]):
    """The details of a ticket, on creation and in changes."""

    attendee_name = _text(255)
    attendee_name_parts = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False
    )
    attendee_email = _email()
    company = _text(255)
    street = _text(1000)
    zipcode = _text(30)
    city = _text(255)
    country = _text(2)
    state = _text(255)
    valid_from = Moment(required=False, allow_null=True)
    valid_until = Moment(required=False, allow_null=True)
    answers = NewAnswerSerializer(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        questions = [answer["question"].pk for answer in attrs.get("answers", [])]
        if len(set(questions)) < len(questions):
            raise serializers.ValidationError({"answers": [_("A question is answered twice.")]})
        return attrs


class NewPositionSerializer(PositionDetailsSerializer):
    item = Reference("items")
    variation = VariationReference(required=False, allow_null=True)
    subevent = DateReference(required=False, allow_null=True)
    positionid = Whole(min_value=1, required=False, allow_null=True)
    price = Money(required=False, allow_null=True, min_value=0)
    secret = serializers.CharField(max_length=255, required=False, allow_null=True)
    addon_to = Whole(min_value=1, required=False, allow_null=True)
    requested_valid_from = Moment(required=False, allow_null=True)

    class Meta:
        list_serializer_class = PositionalList


class InvoiceAddressSerializer(serializers.Serializer[Any]):
    is_business = serializers.BooleanField(default=False)
    company = _text(255, default="")
    name = _text(255, default="")
    name_parts = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False, default=dict
    )
    street = _text(1000, default="")
    zipcode = _text(30, default="")
    city = _text(255, default="")
    country = _text(2, default="")
    state = _text(255, default="")
    internal_reference = _text(255, default="")
    vat_id = _text(255, default="")
    custom_field = _text(255, default=None)


class OrderDetailsSerializer(serializers.Serializer[Any]):
    """The details of an order, on creation and in changes."""

    locale = serializers.CharField(max_length=32, required=False)
    email = _email()
    phone = _text(64)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=_LONGEST)
    custom_followup_at = serializers.DateField(required=False, allow_null=True)
    checkin_attention = serializers.BooleanField(required=False)
    checkin_text = _text(1000)
    invoice_address = InvoiceAddressSerializer(required=False, allow_null=True)
    valid_if_pending = serializers.BooleanField(required=False)
    api_meta = serializers.DictField(required=False)

    default_error_messages = {"language": _("The event is not offered in this language.")}

    def validate_api_meta(self, value: dict[str, Any]) -> dict[str, Any]:
        """Limit the size: the value is stored, logged and returned with every order."""
        if len(json.dumps(value)) > _LONGEST:
            words = str(serializers.CharField.default_error_messages["max_length"])
            raise serializers.ValidationError(words.format(max_length=_LONGEST))
        return value

    def validate_locale(self, value: str) -> str:
        event = self.context["event"]
        if value != event.locale and value not in event.locales:
            self.fail("language")
        return value


class NewOrderSerializer(OrderDetailsSerializer):
    positions = NewPositionSerializer(
        many=True,
        allow_empty=False,
        max_length=settings.ORDER_POSITIONS,  # type: ignore[call-arg]
    )
    code = serializers.RegexField(_CODE, required=False, allow_null=True)
    status = serializers.ChoiceField(["n", "p"], default="n")
    testmode = serializers.BooleanField(default=False)
    sales_channel = ChannelReference(required=False)
    require_approval = serializers.BooleanField(required=False)
    payment_provider = _text(190)
    payment_date = Moment(required=False, allow_null=True)
    expires = Moment(required=False, allow_null=True)
    fees = serializers.ListField(required=False, max_length=0)
    simulate = serializers.BooleanField(default=False)

    @property
    def is_simulated(self) -> bool:
        return bool(self.validated_data["simulate"])

    def new_order(self) -> NewOrder:
        """Return the order of valid data."""
        data = self.validated_data
        channels = self.context["view"].organizer.sales_channels
        return NewOrder(
            positions=tuple(_new_position(position) for position in data["positions"]),
            sales_channel=data.get("sales_channel") or channels.get(identifier=WEB),
            paid=data["status"] == "p",
            testmode=data["testmode"],
            code=data.get("code"),
            locale=data.get("locale"),
            payment_provider=data.get("payment_provider"),
            payment_date=data.get("payment_date"),
            expires=data.get("expires"),
            custom_followup_at=data.get("custom_followup_at"),
            details={name: data[name] for name in _DETAILS if name in data},
        )


def _new_position(data: dict[str, Any]) -> NewPosition:
    attendee = {name: data[name] for name in _ATTENDEE if name in data}
    if data.get("attendee_name") and not attendee.get("attendee_name_parts"):
        attendee["attendee_name_parts"] = {"_legacy": data["attendee_name"]}
    return NewPosition(
        item=data["item"],
        variation=data.get("variation"),
        subevent=data.get("subevent"),
        positionid=data.get("positionid"),
        price=data.get("price"),
        secret=data.get("secret"),
        addon_to=data.get("addon_to"),
        valid_from=data.get("valid_from"),
        valid_until=data.get("valid_until"),
        requested_valid_from=data.get("requested_valid_from"),
        attendee=attendee,
        answers=tuple(NewAnswer(**answer) for answer in data.get("answers", [])),
    )
