"""What happens when the day of return is over to tickets that a seller still has and has not sold.

The day and what to do are the hand-out's, or else the batch's. It ends by the event's calendar.
Periodic work finds what is due and submits a job; the row of the hand-out says for which day that
was done, so it happens once, and again only if somebody sets another day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from counterfoil.batches.models import BatchTicket, Place, Then, Validity
from counterfoil.core import clock, failpoints
from counterfoil.core.ranges import ranges_of
from counterfoil.jobs import services as jobs
from counterfoil.jobs.claims import Claim
from counterfoil.stock import ledger
from counterfoil.stock.execution import Context, carry_out
from counterfoil.stock.models import HandOut, StockDocument
from counterfoil.stock.moves import Action
from counterfoil.stock.planning import Plan, Request, plan
from counterfoil.stock.selection import Selection

RETURN_BY = "stock.return_by"
REASON = "return_by"

_ACTIONS = {Then.SOLD: Action.SOLD, Then.VOID: Action.VOID, Then.BLOCK: Action.DEACTIVATE}
#: A day has ended everywhere that much after it has in UTC, and before.
_ANYWHERE = timedelta(hours=14)


def submit_due(now: datetime) -> int:
    """Submit a job for each hand-out whose day of return is over; return how many were due."""
    return sum(_submit(hand_out, now) for hand_out in _candidates(now))


def _candidates(now: datetime) -> QuerySet[HandOut]:
    day = Coalesce("return_by", "batch__return_by")
    rows = HandOut.objects.annotate(day=day).filter(day__lt=(now + _ANYWHERE).date())
    undone = rows.filter(Q(due_since__isnull=True) | ~Q(due_since=F("day")))
    return undone.select_related("batch", "event__organizer").order_by("pk")


def return_day(hand_out: HandOut) -> date | None:
    """Return the day until which the tickets of a hand-out can be brought back."""
    return hand_out.return_by or hand_out.batch.return_by


def _submit(hand_out: HandOut, now: datetime) -> bool:
    day = return_day(hand_out)
    if day is None or now.astimezone(hand_out.event.tz).date() <= day:
        return False
    with transaction.atomic():
        same = HandOut.objects.filter(pk=hand_out.pk)
        if not same.filter(Q(due_since__isnull=True) | ~Q(due_since=day)).update(due_since=day):
            return False  # another worker was faster
        if _then(hand_out) != Then.ASK:
            jobs.submit(
                kind=RETURN_BY,
                payload={"hand_out": hand_out.pk, "then": _then(hand_out)},
                total=1,
                lane=hand_out.event.organizer.job_lane,
            )
    return True


def _then(hand_out: HandOut) -> str:
    return hand_out.then or hand_out.batch.then


def perform(claim: Claim) -> None:
    """Do what was to be done to the tickets that are still out, and issue the document."""
    hand_out = HandOut.objects.select_related("batch", "event__organizer").get(
        pk=claim.payload["hand_out"]
    )
    hand_out.batch.event = hand_out.event
    action = _ACTIONS[Then(claim.payload["then"])]
    planned = _plan(hand_out, action)
    claim.check()
    with transaction.atomic():
        if planned is not None and planned.count:
            _carry_out(hand_out, planned)
        claim.progress(1)
        claim.finish()
    failpoints.reach("stock.committed")


def _plan(hand_out: HandOut, action: Action) -> Plan | None:
    numbers = still_out(hand_out).values_list("number", flat=True)
    ranges = ranges_of(numbers)
    if not ranges:
        return None
    selection = Selection.of_batch(hand_out.batch, ranges)
    return plan(Request(action=action, selection=selection, owner=hand_out.seller))


def still_out(hand_out: HandOut) -> QuerySet[BatchTicket]:
    """Return the tickets of a hand-out that the seller neither brought back nor sold."""
    rows = hand_out.batch.tickets.filter(handed_out=hand_out.pk, place=Place.WITH_SELLER)
    return rows.exclude(validity=Validity.VOID)


def _carry_out(hand_out: HandOut, planned: Plan) -> None:
    event = hand_out.event
    ledger.lock(event.organizer)
    document = _new_document(hand_out, planned)
    context = Context(event=event, document=document.number, reason=REASON, skip=True)
    outcome = carry_out([planned], context)
    document.count, document.value = outcome.count, outcome.value
    if outcome.events:
        document.ranges, document.head = outcome.events[-1].ranges, outcome.events[-1].hash
    if outcome.count:
        document.save()


def _new_document(hand_out: HandOut, planned: Plan) -> StockDocument:
    """Return a document with the next number; the ledger's lock is held."""
    now = clock.now()
    year = now.astimezone(hand_out.event.tz).year
    organizer = hand_out.event.organizer
    issued = StockDocument.objects.filter(organizer=organizer, year=year)
    last = issued.aggregate(last=Max("sequence"))["last"] or 0
    return StockDocument(
        organizer=organizer,
        event=hand_out.event,
        hand_out=hand_out,
        year=year,
        sequence=last + 1,
        day=hand_out.due_since or now.astimezone(hand_out.event.tz).date(),
        issued=now,
        action=planned.request.action.in_ledger,
        ranges=planned.ranges,
        head=ledger.head_hash(organizer),
    )


def undecided(event_id: int) -> QuerySet[HandOut]:
    """Return the hand-outs whose day is over and of which somebody has to decide."""
    rows = HandOut.objects.filter(event=event_id, due_since__isnull=False)
    asked = rows.filter(Q(then=Then.ASK) | Q(then="", batch__then=Then.ASK))
    return asked.select_related("batch").order_by("due_since", "pk")
