"""Serialize tickets: the fields shared by orders, order positions and check-in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from counterfoil.api.framework.fields import Exact, Moment, Money
from counterfoil.api.framework.links import absolute
from counterfoil.catalog.models import Question
from counterfoil.checkin.models import Checkin
from counterfoil.checkin.queries import prefetch_checkins
from counterfoil.orders.models import OrderPosition, PrintLog, QuestionAnswer
from counterfoil.printing.queries import has_ticket, may_be_downloaded
from counterfoil.printing.variables.names import attendee_name


def with_related(positions: QuerySet[OrderPosition]) -> QuerySet[OrderPosition]:
    """Prefetch the related rows of the fields below, with a fixed number of queries."""
    related = positions.select_related("order__event__organizer", "item", "variation")
    return related.prefetch_related(*_attached())


def prefetch_position(position: OrderPosition) -> None:
    """Prefetch the related rows of one ticket."""
    prefetch_related_objects([position], *_attached())


def set_no_checkins(positions: Iterable[OrderPosition]) -> None:
    """Mark new positions as never scanned, without a query."""
    for position in positions:
        position.checkins = []  # type: ignore[attr-defined]


def _attached() -> tuple[Prefetch[Any, Any, Any], ...]:
    answers = QuestionAnswer.objects.select_related("question").prefetch_related(
        "question__items", "question__options", "options"
    )
    return (
        prefetch_checkins(),
        Prefetch("print_logs", PrintLog.objects.order_by("datetime", "pk")),
        Prefetch("answers", answers.order_by("question__position", "question")),
    )


def expanded(request: Request) -> frozenset[str]:
    """Return the names of the related objects to expand."""
    return frozenset(request.query_params.getlist("expand"))


class CheckinFields(serializers.ModelSerializer[Checkin]):
    """An admitted scan of a ticket."""

    gate = serializers.SerializerMethodField()
    datetime = Moment()
    device = serializers.IntegerField(source="device_id", allow_null=True)
    device_id = serializers.IntegerField(source="device.device_id", default=None, allow_null=True)

    class Meta:
        model = Checkin
        fields = (
            "id",
            "datetime",
            "list",
            "auto_checked_in",
            "gate",
            "device",
            "device_id",
            "type",
        )

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_gate(self, _checkin: Checkin) -> None:
        return None  # gates are not managed here


class PrintLogFields(serializers.ModelSerializer[PrintLog]):
    datetime = Moment()

    class Meta:
        model = PrintLog
        fields = ("id", "successful", "device_id", "datetime", "source", "type", "info")


class AnswerFields(serializers.ModelSerializer[QuestionAnswer]):
    """What a ticket says to a question; ``?expand=answers.question`` shows the question itself."""

    question = serializers.SerializerMethodField()
    question_identifier = serializers.CharField(source="question.identifier")
    options = serializers.SerializerMethodField()
    option_identifiers = serializers.SerializerMethodField()

    class Meta:
        model = QuestionAnswer
        fields = ("question", "answer", "question_identifier", "options", "option_identifiers")

    @extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "object"}]})
    def get_question(self, answer: QuestionAnswer) -> int | dict[str, Any]:
        if "answers.question" in self.context.get("expand", ()):
            return question_data(answer.question, self.context)
        return answer.question_id

    def get_options(self, answer: QuestionAnswer) -> list[int]:
        return [option.pk for option in answer.options.all()]

    def get_option_identifiers(self, answer: QuestionAnswer) -> list[str]:
        return [option.identifier for option in answer.options.all()]


def question_data(question: Question, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question as its own resource serializes it."""
    from counterfoil.api.catalog.questions import QuestionSerializer

    return dict(QuestionSerializer(question, context=dict(context)).data)


class DownloadFields(serializers.Serializer[Any]):
    output = serializers.CharField()
    url = serializers.CharField()


class PositionFields(serializers.ModelSerializer[OrderPosition]):
    """All fields of a ticket; each subclass says which of them it shows, in its order."""

    order = serializers.CharField(source="order.code")
    price = Money(currency="order.event.currency")
    tax_rate = Exact(max_digits=7, decimal_places=2)
    tax_value = Money(currency="order.event.currency")
    attendee_name = serializers.SerializerMethodField()
    discount = serializers.SerializerMethodField(method_name="get_nothing")
    voucher = serializers.SerializerMethodField(method_name="get_nothing")
    voucher_budget_use = serializers.SerializerMethodField(method_name="get_nothing")
    seat = serializers.SerializerMethodField(method_name="get_nothing")
    plugin_data = serializers.SerializerMethodField()
    checkins = CheckinFields(many=True)
    print_logs = PrintLogFields(many=True)
    downloads = serializers.SerializerMethodField()
    answers = AnswerFields(many=True)
    valid_from = Moment(allow_null=True)
    valid_until = Moment(allow_null=True)
    pdf_data = serializers.SerializerMethodField()
    only_on_request = frozenset({"pdf_data"})

    class Meta:
        model = OrderPosition
        fields: tuple[str, ...] = ()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        if "pdf_data" not in self.context:
            del fields["pdf_data"]
        return fields

    def to_representation(self, instance: OrderPosition) -> dict[str, Any]:
        with timezone.override(instance.order.event.tz):  # a list may be of several events
            return super().to_representation(instance)

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_pdf_data(self, position: OrderPosition) -> dict[str, Any]:
        values: dict[int, dict[str, Any]] = self.context["pdf_data"]
        return values[position.pk]

    def get_attendee_name(self, position: OrderPosition) -> str | None:
        return attendee_name(position)

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_nothing(self, _position: OrderPosition) -> None:
        return None

    def get_plugin_data(self, _position: OrderPosition) -> dict[str, Any]:
        return {}

    @extend_schema_field(DownloadFields(many=True))
    def get_downloads(self, position: OrderPosition) -> list[dict[str, str]]:
        if not has_download(position):
            return []
        event = position.order.event
        path = reverse(
            "orderposition-download",
            kwargs={
                "organizer": event.organizer.slug,
                "event": event.slug,
                "pk": position.pk,
                "output": "pdf",
            },
        )
        request: Request = self.context["request"]
        return [{"output": "pdf", "url": absolute(request, path)}]


def has_download(position: OrderPosition) -> bool:
    """Return whether a ticket can be downloaded as PDF."""
    order = position.order
    output_is_on = "pretix.plugins.ticketoutputpdf" in order.event.plugins
    return output_is_on and may_be_downloaded(order) and has_ticket(position)


#: The fields that every place shows first.
FIRST_FIELDS = (
    "id",
    "order",
    "positionid",
    "item",
    "variation",
    "price",
    "attendee_name",
    "attendee_name_parts",
    "company",
    "street",
    "zipcode",
    "city",
    "country",
    "state",
)

#: And those that follow, in the same order everywhere.
MORE_FIELDS = (
    "attendee_email",
    "voucher",
    "tax_rate",
    "tax_value",
    "secret",
    "addon_to",
    "subevent",
    "checkins",
    "print_logs",
    "downloads",
    "answers",
    "tax_rule",
    "pseudonymization_id",
    "seat",
)
