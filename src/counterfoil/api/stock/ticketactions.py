"""``ticketactions``, an addition to the pretix API: act on paper tickets."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.downloads import under_way
from counterfoil.api.framework.fields import Money, Reference, Text
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.schema import ACCEPTED_BATCH, STATE_OF_JOB
from counterfoil.api.framework.views import EventView
from counterfoil.batches.models import MAX_AMOUNT
from counterfoil.jobs.queries import Phase, state_of
from counterfoil.stock import services
from counterfoil.stock.execution import ActionRefused, Outcome
from counterfoil.stock.models import ActionRequest
from counterfoil.stock.moves import CONSIGNMENTS, Action
from counterfoil.stock.selection import select
from counterfoil.stock.services import Options

WRITE = ("event.stock:write",)
ACTIONS = [action.value for action in Action if action not in CONSIGNMENTS]
_LONGEST = 20_000


@extend_schema_field(OpenApiTypes.STR)
class Ranges(serializers.Field[str, Any, str, Any]):
    """Ranges of numbers as text (``401-450,512``); a single number may come as a number."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": gettext_lazy("Not a valid string.")
    }

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, (str, int)):
            self.fail("invalid")
        return str(data)[: _LONGEST + 1]

    def to_representation(self, value: str) -> str:
        return value


class TicketActionSerializer(serializers.Serializer[Any]):
    """Exactly one of ``tickets``, ``serials``, ``books`` and ``secrets`` says which tickets."""

    action = serializers.ChoiceField(ACTIONS)
    batch = Reference("offline_sales_batches", required=False, allow_null=True)
    tickets = Ranges(required=False, allow_null=True)
    serials = Ranges(required=False, allow_null=True)
    books = Ranges(required=False, allow_null=True)
    secrets = serializers.ListField(
        child=Text(max_length=255), required=False, allow_null=True, max_length=MAX_AMOUNT
    )
    reason = Text(required=False, allow_blank=True, max_length=190)
    note = Text(required=False, allow_blank=True, max_length=10_000)
    dry_run = serializers.BooleanField(default=False)
    if_refused = serializers.ChoiceField(["fail", "skip"], default="fail")
    force = serializers.BooleanField(default=False)


class RefusedTicketSerializer(serializers.Serializer[Any]):
    """``order`` is there for tickets outside of batches, which have no number."""

    only_on_request = frozenset({"order"})

    number = serializers.IntegerField(allow_null=True)
    serial = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    order = serializers.CharField()


class RedeemedTicketSerializer(serializers.Serializer[Any]):
    only_on_request = frozenset({"order"})

    number = serializers.IntegerField(allow_null=True)
    serial = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    order = serializers.CharField()


class RefusedSerializer(serializers.Serializer[Any]):
    refused = RefusedTicketSerializer(many=True)


class ActionOutcomeSerializer(RefusedSerializer):
    """``redeemed`` is there when tickets that were scanned before became void."""

    only_on_request = frozenset({"redeemed"})

    count = serializers.IntegerField()
    value = Money()
    redeemed = RedeemedTicketSerializer(many=True)


_EXAMPLE = {"count": 50, "value": "1150.00", "refused": []}


class TicketActionView(EventView[ActionRequest]):
    verbose_name = "action on paper tickets"
    example: ClassVar[Any] = _EXAMPLE
    request_examples: ClassVar[dict[str, Any]] = {
        "create": {"action": "void", "batch": 1, "tickets": "401-450", "reason": "wrong date"}
    }
    queryset = ActionRequest.objects.none()
    serializer_class = ActionOutcomeSerializer
    input_serializer_class = TicketActionSerializer
    write_permissions = WRITE

    @extend_schema(responses={200: ActionOutcomeSerializer, **ACCEPTED_BATCH})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Act on tickets: all of them, or those that allow it. More than 1,000 make a job."""
        sent = TicketActionSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        selections = select(
            event=self.event,
            batch=data.get("batch"),
            **{name: data.get(name) for name in ("tickets", "serials", "books", "secrets")},
        )
        options = Options(
            reason=data.get("reason", ""),
            note=data.get("note", ""),
            dry_run=data["dry_run"],
            skip=data["if_refused"] == "skip",
            force=data["force"],
        )
        try:
            done = services.request_action(
                actor=self.actor,
                event=self.event,
                action=Action(data["action"]),
                selections=selections,
                options=options,
            )
        except ActionRefused as refusal:
            body = {"refused": [each.as_json() for each in refusal.refused]}
            return Response(body, status=status.HTTP_400_BAD_REQUEST)
        if isinstance(done, Outcome):
            return Response(done.as_json())
        names = (self.organizer.slug, self.event.slug, done.pk)
        url = absolute(request, reverse("ticketaction-check", args=names))
        return Response({"check": url}, status=status.HTTP_202_ACCEPTED)


class TicketActionCheckView(EventView[ActionRequest]):
    """What became of an action on many tickets."""

    verbose_name = "state of an action on paper tickets"
    example: ClassVar[Any] = _EXAMPLE
    queryset = ActionRequest.objects.none()
    serializer_class = ActionOutcomeSerializer
    read_permissions = ("event.stock:write", "event.orders:read")

    @extend_schema(responses={200: ActionOutcomeSerializer, **STATE_OF_JOB})
    def retrieve(self, request: Request, *args: Any, job: UUID, **kwargs: Any) -> Response:
        action = services.request_of(self.event, job)
        if action is None:
            raise NotFound(_("There is no such job."))
        state = state_of(action.job)
        match state.phase:
            case Phase.UNDER_WAY:
                return under_way(action.job, state)
            case Phase.DONE:
                return Response(action.job.result)
        if action.refused is not None:
            return Response({"refused": action.refused}, status=status.HTTP_410_GONE)
        body = {"status": "failed", "message": state.message}
        return Response(body, status=status.HTTP_410_GONE)


_BASE = "organizers/<str:organizer>/events/<str:event>/ticketactions"

routes = [
    path(f"{_BASE}/", TicketActionView.as_view({"post": "create"}), name="ticketaction-list"),
    path(
        f"{_BASE}/check/<job_id:job>/",
        TicketActionCheckView.as_view({"get": "retrieve"}),
        name="ticketaction-check",
    ),
]
