"""Offline sales batches: anonymous tickets, created together to be sold on paper."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from counterfoil.catalog.models import Event, Item, ItemVariation, SalesChannel, SubEvent
from counterfoil.jobs.models import JobRequest
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.models import RenderRequest

MAX_AMOUNT = 10_000


class Activation(models.TextChoices):
    """When the tickets of a batch become valid."""

    AT_ONCE = "at_once"
    ON_HANDOVER = "on_handover"
    ON_SALE = "on_sale"


class Then(models.TextChoices):
    """What happens after the day of return to tickets that sellers still have."""

    SOLD = "sold"
    VOID = "void"
    BLOCK = "block"
    ASK = "ask"


class Validity(models.TextChoices):
    """Whether a ticket is admitted. ``void`` is final."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    VOID = "void"


class Place(models.TextChoices):
    """Where a paper ticket is."""

    STOCK = "stock"
    WITH_SELLER = "with_seller"
    SOLD = "sold"
    RETURNED = "returned"
    LOST = "lost"
    SPOILED = "spoiled"


class BatchOptions(models.Model):
    """The columns that a request for a batch and the batch itself share.

    They have the names of the fields of ``BatchSpec``. So do the foreign keys, which each model
    declares itself, because the deletion of what they reference does not mean the same for both.
    """

    amount = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MAX_AMOUNT)]
    )
    testmode = models.BooleanField(default=False)
    comment = models.TextField(blank=True, default="")
    activation = models.CharField(
        max_length=11, choices=Activation.choices, default=Activation.AT_ONCE
    )
    return_by = models.DateField(null=True, blank=True)
    then = models.CharField(max_length=5, choices=Then.choices, default=Then.ASK)
    #: Tickets of a book, the last of which may have fewer; null: the batch has no books.
    book_size = models.PositiveIntegerField(null=True, blank=True)
    #: The language of the tickets; empty: that of the event.
    locale = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        abstract = True


class TicketState(models.Model):
    """The state of a paper ticket: a projection of the ledger in ``stock``, which alone writes it.

    ``place_before`` is where a sold or lost ticket was. ``seller`` and ``handed_out`` are ids of
    rows of rooms above: who has the ticket, and by which hand-out.
    """

    validity = models.CharField(max_length=8, choices=Validity.choices, default=Validity.ACTIVE)
    place = models.CharField(max_length=11, choices=Place.choices, default=Place.STOCK)
    place_before = models.CharField(max_length=11, choices=Place.choices, null=True, blank=True)
    seller = models.BigIntegerField(null=True, blank=True)
    handed_out = models.BigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class OfflineSalesBatch(BatchOptions):
    """A batch of tickets. It is inserted in the same transaction as all of its tickets.

    ``data_columns`` are the names of the columns of its table, whose rows its tickets have.
    ``starts_inactive`` is how its tickets were made, whatever ``activation`` is today.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="offline_sales_batches")
    creation = models.DateTimeField()
    starts_inactive = models.BooleanField(default=False)
    sales_channel = models.ForeignKey(SalesChannel, on_delete=models.PROTECT, related_name="+")
    layout = models.ForeignKey(
        TicketLayout, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subevent = models.ForeignKey(
        SubEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    variation = models.ForeignKey(
        ItemVariation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    data_columns = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "offline sales batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=1, amount__lte=MAX_AMOUNT), name="batch_amount_within_limit"
            ),
            models.CheckConstraint(
                condition=Q(book_size=None) | Q(book_size__gte=1, book_size__lte=F("amount")),
                name="batch_book_size_within_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"Batch {self.pk}"

    def book_of(self, number: int) -> int | None:
        """Return the book of a ticket by its number in the batch; None if there are no books."""
        return (number - 1) // self.book_size + 1 if self.book_size else None


class BatchTicket(TicketState):
    """A ticket's number in its batch, from 1: the order of creation, of lists and of pages."""

    batch = models.ForeignKey(
        OfflineSalesBatch, on_delete=models.CASCADE, related_name="tickets", db_index=False
    )
    number = models.PositiveIntegerField()
    position = models.OneToOneField(
        OrderPosition, on_delete=models.CASCADE, related_name="batch_ticket"
    )
    #: The ticket's row of the batch's table: texts by column.
    data = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="number_unique_in_batch")
        ]
        indexes = [
            models.Index(
                fields=["seller", "batch"],
                condition=Q(seller__isnull=False),
                name="batch_ticket_of_seller",
            ),
            models.Index(
                fields=["handed_out"],
                condition=Q(handed_out__isnull=False),
                name="batch_ticket_of_hand_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


def _requested(model: type[models.Model]) -> Any:
    """Return a foreign key that keeps its value when the referenced row is deleted.

    A deleted row reads as None, so the column is nullable. Nothing looks up requests by it alone.
    """
    return models.ForeignKey(
        model,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )


class BatchRequest(BatchOptions, JobRequest):  # noqa: DJ008 - it inherits one
    """A request for a batch, and the batch it created.

    A request does not keep products, dates, channels or layouts from being deleted. It fails then
    (``BatchSpec.of``), and its list still shows that there was one.

    ``idempotency_key`` identifies one submission of a form, so that sending it twice creates one
    batch. It is null for requests of the API.
    """

    item = _requested(Item)
    variation = _requested(ItemVariation)
    subevent = _requested(SubEvent)
    sales_channel = _requested(SalesChannel)
    layout = _requested(TicketLayout)
    batch = models.OneToOneField(
        OfflineSalesBatch, null=True, blank=True, on_delete=models.CASCADE, related_name="request"
    )
    idempotency_key = models.CharField(max_length=64, null=True, blank=True)
    #: The table of the batch until that is created: ``{"columns": [...], "rows": [[...]]}``.
    table = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "requested_by", "idempotency_key"],
                name="batch_request_idempotency_key",
            ),
        ]
        indexes = [models.Index(fields=["event", "created"], name="batch_request_by_time")]


class BatchPrint(models.Model):
    """A request to print a batch.

    Of a print with one ticket a page, ``reason`` is why tickets were printed again, and ``void``
    are the tickets that were left out, as ranges; those on sheets have these in ``Print``.
    """

    batch = models.ForeignKey(OfflineSalesBatch, on_delete=models.CASCADE, related_name="prints")
    request = models.OneToOneField(
        RenderRequest, on_delete=models.CASCADE, related_name="batch_print"
    )
    reason = models.TextField(blank=True, default="")
    void = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.batch_id} by {self.request_id}"
