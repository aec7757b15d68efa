"""Sends what waits, beside the jobs: a stranger's slow server must not hold up a print.

Each worker process sends a few messages at once, each in a thread of its own: one of a webhook, a
few of an organizer. Rows decide: a message is claimed by a conditional UPDATE, and whoever dies
while sending leaves it to others. So a message may arrive twice, and is never lost.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from counterfoil.audit import services as audit
from counterfoil.core import clock, failpoints
from counterfoil.jobs import wakeup
from counterfoil.webhooks import sending
from counterfoil.webhooks.models import Delivery, Notification, Webhook
from counterfoil.webhooks.schedule import rest_after, wait_after
from counterfoil.webhooks.sending import Answer

logger = logging.getLogger(__name__)

#: How many messages of one organizer a worker process sends at once.
PER_ORGANIZER = 2
#: How long a thread goes on with one webhook before others get their turn.
TURN_S = 5.0
#: So long what became of messages can be looked up.
RETENTION = timedelta(days=30)
#: Beyond the timeout: looking a name up has none of its own.
_GRACE = timedelta(seconds=60)
_HTTP_GONE = 410
_REMOVED_AT_ONCE = 5000


class Dispatcher:
    """Begins what is due, as far as threads are free."""

    def __init__(self) -> None:
        self._sending: dict[int, int] = {}  # webhook: organizer
        self._lock = threading.Lock()

    def turn(self) -> list[threading.Thread]:
        """Begin once; return the threads that were begun."""
        started = []
        for webhook, organizer in self._candidates():
            if not self._enter(webhook, organizer):
                continue
            thread = threading.Thread(
                target=self._send_for, args=[webhook], name="webhook", daemon=True
            )
            thread.start()
            started.append(thread)
        return started

    def _candidates(self) -> list[tuple[int, int]]:
        """Return the webhooks that something is due for, and their organizers.

        Whose message is due longest comes first.
        """
        with self._lock:
            busy = list(self._sending)
        oldest = due_for(OuterRef("pk")).order_by("due").values("due")[:1]
        waiting = awake().exclude(pk__in=busy).annotate(since=Subquery(oldest))
        due = waiting.filter(since__isnull=False).order_by("since", "pk")
        return list(due.values_list("pk", "organizer_id"))

    def _enter(self, webhook: int, organizer: int) -> bool:
        with self._lock:
            of_organizer = list(self._sending.values()).count(organizer)
            is_full = len(self._sending) >= settings.WEBHOOK_CONCURRENCY
            if is_full or of_organizer >= PER_ORGANIZER or webhook in self._sending:
                return False
            self._sending[webhook] = organizer
            return True

    def _send_for(self, webhook: int) -> None:
        """Send what is due for a webhook, for some seconds: others may wait for this thread."""
        until = time.monotonic() + TURN_S
        is_well = False
        try:
            while time.monotonic() < until and awake().filter(pk=webhook).exists():
                oldest = due_for(webhook).order_by("due").first()
                if oldest is None or not deliver(oldest.pk):
                    break
            is_well = True
        except (DatabaseError, InterfaceError) as problem:
            logger.warning("A webhook's message waits for its next time: %s", problem)
        except Exception:
            logger.exception("A webhook's message could not be sent.")
        finally:
            connection.close()
            with self._lock:
                del self._sending[webhook]
            if is_well:  # others waited for this thread, and some for this webhook
                wakeup.notify(wakeup.PERIODIC)


def awake() -> QuerySet[Webhook]:
    """Webhooks that do not rest after a failure."""
    return Webhook.objects.filter(Q(rests_until=None) | Q(rests_until__lte=clock.now()))


def due_for(webhook: Any) -> QuerySet[Delivery]:
    """Messages of a webhook that have waited long enough."""
    return Delivery.objects.filter(
        webhook=webhook, state=Delivery.State.WAITING, due__lte=clock.now()
    )


def deliver(delivery_id: UUID) -> bool:
    """Claim a message, send it and write down what came of it; False if it is another's."""
    delivery = (
        Delivery.objects.select_related("webhook__organizer", "notification")
        .filter(pk=delivery_id)
        .first()
    )
    if delivery is None or not _claim(delivery):
        return False
    webhook = delivery.webhook
    if not webhook.enabled:
        _close(delivery, Answer(problem=Delivery.Problem.SWITCHED_OFF), is_final=True)
        return True
    answer = sending.send(
        url=webhook.target_url,
        secret=webhook.secret,
        message_id=str(delivery.pk),
        payload=delivery.payload,
    )
    failpoints.reach("webhooks.sent")
    _write(delivery, answer)
    return True


def give_up_old() -> None:
    """End what could not be sent in time: its webhook rests again and again."""
    old = Delivery.objects.filter(state=Delivery.State.WAITING, give_up_at__lte=clock.now())
    old.filter(due__lte=clock.now()).update(state=Delivery.State.FAILED)


def forget_old() -> None:
    """Remove messages whose time is over, some thousands at a time."""
    old = Notification.objects.filter(created__lt=clock.now() - RETENTION)
    over = old.exclude(deliveries__state=Delivery.State.WAITING)
    pks = list(over.order_by("created").values_list("pk", flat=True)[:_REMOVED_AT_ONCE])
    Notification.objects.filter(pk__in=pks).delete()


def _claim(delivery: Delivery) -> bool:
    now = clock.now()
    lease = timedelta(seconds=settings.WEBHOOK_TIMEOUT_S) + _GRACE
    mine = Delivery.objects.filter(
        pk=delivery.pk, state=Delivery.State.WAITING, attempt=delivery.attempt, due__lte=now
    )
    if not mine.update(attempt=F("attempt") + 1, due=now + lease, last_attempt=now):
        return False
    delivery.attempt += 1
    return True


def _write(delivery: Delivery, answer: Answer) -> None:
    webhook = delivery.webhook
    with transaction.atomic():
        if answer.is_success:
            _close(delivery, answer, is_final=True)
            Webhook.objects.filter(pk=webhook.pk).exclude(failures=0).update(
                failures=0, rests_until=None
            )
            return
        _close(delivery, answer, is_final=delivery.give_up_at <= clock.now())
        failures = webhook.failures + 1
        rests_until = clock.now() + rest_after(failures)
        Webhook.objects.filter(pk=webhook.pk).update(failures=failures, rests_until=rests_until)
        if answer.status_code == _HTTP_GONE:
            _switch_off(webhook)


def _close(delivery: Delivery, answer: Answer, *, is_final: bool) -> None:
    """Write an attempt's end, unless the message is another's by now."""
    if answer.is_success:
        ending = {"state": Delivery.State.DELIVERED}
    elif is_final:
        ending = {"state": Delivery.State.FAILED}
    else:
        ending = {}
    Delivery.objects.filter(
        pk=delivery.pk, state=Delivery.State.WAITING, attempt=delivery.attempt
    ).update(
        due=clock.now() + wait_after(delivery.attempt),
        status_code=answer.status_code,
        response=answer.response,
        problem=answer.problem,
        problem_detail=answer.detail,
        duration_ms=answer.duration_ms,
        **ending,
    )


def _switch_off(webhook: Webhook) -> None:
    """Its server says that the address is gone for good."""
    if Webhook.objects.filter(pk=webhook.pk, enabled=True).update(enabled=False):
        audit.record(
            actor=None,
            action="counterfoil.webhook.changed",
            obj=webhook,
            organizer=webhook.organizer,
            data={"enabled": False, "answered": _HTTP_GONE},
        )
