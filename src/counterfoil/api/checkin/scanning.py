"""Scans as JSON, shared by the two redeem routes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts.actors import Actor
from counterfoil.api.checkin.scan_fields import (
    CheckinDateTime,
    ScanPositionSerializer,
    checkin_texts,
    require_attention,
    serializer_context,
)
from counterfoil.api.orders.position_fields import prefetch_position, question_data
from counterfoil.checkin import services
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.reasons import Reason
from counterfoil.checkin.scans import Outcome, Scan
from counterfoil.core import clock
from counterfoil.orders.models import OrderPosition


class ScanSerializer(serializers.Serializer[Scan]):
    """The scan fields of both redeem routes."""

    type = serializers.ChoiceField(Checkin.Type.choices, default=Checkin.Type.ENTRY)
    source_type = serializers.CharField(max_length=32, default="barcode")
    force = serializers.BooleanField(default=False)
    ignore_unpaid = serializers.BooleanField(default=False)
    nonce = serializers.CharField(max_length=190, required=False, allow_null=True, allow_blank=True)
    datetime = CheckinDateTime(required=False, allow_null=True)
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, allow_null=True, max_length=10_000),
        required=False,
        allow_null=True,
    )
    questions_supported = serializers.BooleanField(default=True)
    simulate = serializers.BooleanField(default=False)
    use_order_locale = serializers.BooleanField(default=False)


def scan_of(data: Mapping[str, Any], **kwargs: Any) -> Scan:
    """Return the scan of validated data; an empty nonce or time counts as missing."""
    return Scan(
        type=data["type"],
        source_type=data["source_type"],
        force=data["force"],
        ignore_unpaid=data["ignore_unpaid"],
        nonce=data.get("nonce") or None,
        datetime=data.get("datetime") or clock.now(),
        answers={key: text or "" for key, text in (data.get("answers") or {}).items()},
        questions_supported=data["questions_supported"],
        simulate=data["simulate"],
        **kwargs,
    )


def redeem(request: Request, scan: Scan, *, in_order_locale: bool, actor: Actor) -> Response:
    """Redeem, and respond in the time zone of the event and optionally the order's language."""
    language = _locale_of(scan) if in_order_locale else None
    with translation.override(language) if language else nullcontext():
        outcome = services.redeem(scan=scan, actor=actor)
        with timezone.override(outcome.list.event.tz):
            return _answer(request, outcome)


def _locale_of(scan: Scan) -> str | None:
    organizer = scan.lists[0].event.organizer_id
    tickets = OrderPosition.objects.filter(organizer=organizer, secret=scan.secret)
    return tickets.values_list("order__locale", flat=True).first()


def _answer(request: Request, outcome: Outcome) -> Response:
    body: dict[str, Any] = {"status": "ok"}
    code: int = status.HTTP_201_CREATED
    denial = outcome.denial
    if denial:
        code = status.HTTP_400_BAD_REQUEST
        body = {
            "status": "error",
            "reason": denial.reason.value,
            "reason_explanation": denial.explanation,
        }
        if denial.reason == Reason.INVALID:
            code = status.HTTP_404_NOT_FOUND
            body = {"detail": _("Not found."), **body}
    elif outcome.questions:
        code = status.HTTP_400_BAD_REQUEST
        body = {"status": "incomplete"}

    body |= _details(request, outcome)
    return Response(body, status=code)


def _details(request: Request, outcome: Outcome) -> dict[str, Any]:
    positions = [outcome.position] if outcome.position else []
    context = {"event": outcome.list.event, **serializer_context(request, positions)}
    details: dict[str, Any] = {"require_attention": False, "checkin_texts": []}
    for position in positions:
        prefetch_position(position)
        details = {
            "require_attention": require_attention(position),
            "checkin_texts": checkin_texts(position),
            "position": ScanPositionSerializer(position, context=context).data,
        }
    if outcome.questions:
        details["questions"] = [question_data(each, context) for each in outcome.questions]
    return {**details, "list": _list(outcome.list)}


def _list(checkin_list: CheckinList) -> dict[str, Any]:
    return {
        "id": checkin_list.pk,
        "name": checkin_list.name,
        "event": checkin_list.event.slug,
        "subevent": checkin_list.subevent_id,
        "include_pending": checkin_list.include_pending,
    }
