"""The ledger of paper tickets: one row for each action, chained by hashes, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from counterfoil.batches.models import OfflineSalesBatch, Then, TicketState
from counterfoil.catalog import money
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core import clock
from counterfoil.jobs.models import JobRequest
from counterfoil.orders.models import OrderPosition


class LedgerHead(models.Model):
    """The newest row of an organizer's ledger. Whoever adds a row locks it first."""

    organizer = models.OneToOneField(
        Organizer, primary_key=True, on_delete=models.PROTECT, related_name="ledger_head"
    )
    number = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.organizer_id}: {self.number}"


class StockEvent(models.Model):
    """One action on tickets of one batch, or on single tickets (then ``batch`` is null).

    ``ranges`` are numbers of the batch (``1-3,7``), or names of single tickets (``TSRNN-1``).
    ``activation`` is the batch's when it happened: what an action does depends on it.
    """

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="stock_events")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="stock_events")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=255, blank=True, default="")
    action = models.CharField(max_length=16)
    batch = models.ForeignKey(
        OfflineSalesBatch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stock_events",
    )
    ranges = models.TextField()
    count = models.PositiveIntegerField()
    value = models.DecimalField(
        max_digits=money.COLUMN_DIGITS + 4, decimal_places=money.COLUMN_PLACES
    )
    reason = models.CharField(max_length=190, blank=True, default="")
    note = models.TextField(blank=True, default="")
    document = models.CharField(max_length=64, blank=True, default="")
    seller = models.BigIntegerField(null=True, blank=True)
    activation = models.CharField(max_length=11)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "number"], name="stock_event_number_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["event", "number"], name="stock_event_of_event"),
            models.Index(fields=["batch", "number"], name="stock_event_of_batch"),
            models.Index(fields=["organizer", "hash"], name="stock_event_by_hash"),
            models.Index(
                fields=["seller", "number"],
                condition=Q(seller__isnull=False),
                name="stock_event_of_seller",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.ranges[:50]}"


class SingleTicket(TicketState):
    """The state of a ticket outside of batches; one that nothing happened to has no row."""

    position = models.OneToOneField(
        OrderPosition, on_delete=models.CASCADE, related_name="single_ticket"
    )
    replaces = models.OneToOneField(
        OrderPosition,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="replaced_by",
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["seller"], condition=Q(seller__isnull=False), name="single_ticket_of_seller"
            ),
        ]

    def __str__(self) -> str:
        return str(self.position_id)


class HandOut(models.Model):
    """Tickets that a seller got at once, and by when to bring them back.

    Without a day or a ``then`` of its own, those of the batch hold. ``due_since`` is the day for
    which ``then`` was done.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="hand_outs")
    batch = models.ForeignKey(OfflineSalesBatch, on_delete=models.PROTECT, related_name="hand_outs")
    seller = models.BigIntegerField()
    document = models.CharField(max_length=64, blank=True, default="")
    return_by = models.DateField(null=True, blank=True)
    then = models.CharField(max_length=5, choices=Then.choices, blank=True, default="")
    due_since = models.DateField(null=True, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["seller"], name="hand_out_of_seller")]

    def __str__(self) -> str:
        return f"{self.batch_id} to {self.seller}"


class ActionRequest(JobRequest):
    """A job that acts on many tickets, and what was refused."""

    refused = models.JSONField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["event", "created"], name="action_request_by_time")]


class StockDocument(models.Model):
    """What was done to a seller's tickets after their day of return, to be printed and filed.

    It is numbered without gaps in its organizer and year. ``day`` is the day of return, and
    ``head`` the ledger's newest hash when it was issued. ``paper`` is what it says, in words, and
    ``pdf`` the bytes that were made of it (see ``sellers.returns``).
    """

    organizer = models.ForeignKey(
        Organizer, on_delete=models.PROTECT, related_name="stock_documents"
    )
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="stock_documents")
    hand_out = models.ForeignKey(HandOut, on_delete=models.PROTECT, related_name="documents")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    day = models.DateField()
    issued = models.DateTimeField()
    action = models.CharField(max_length=16)
    ranges = models.TextField()
    count = models.PositiveIntegerField()
    value = models.DecimalField(
        max_digits=money.COLUMN_DIGITS + 4, decimal_places=money.COLUMN_PLACES
    )
    head = models.CharField(max_length=64, blank=True)
    paper = models.JSONField(null=True, blank=True)
    pdf = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "year", "sequence"], name="stock_document_number_unique"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"RB-{self.year}-{self.sequence:04}"
