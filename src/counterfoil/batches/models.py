"""Offline sales batches: anonymous tickets, created together to be sold on paper."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from counterfoil.catalog.models import Event, Item, ItemVariation, SalesChannel, SubEvent
from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.models import RenderRequest

MAX_AMOUNT = 10_000


class OfflineSalesBatch(models.Model):
    """A batch of tickets. It is inserted in the same transaction as all of its tickets."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="offline_sales_batches")
    creation = models.DateTimeField()
    testmode = models.BooleanField(default=False)
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
    amount = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MAX_AMOUNT)]
    )
    comment = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "offline sales batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=1, amount__lte=MAX_AMOUNT), name="batch_amount_within_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"Batch {self.pk}"


class BatchTicket(models.Model):
    """A ticket's number in its batch, from 1: the order of creation, of lists and of pages."""

    batch = models.ForeignKey(
        OfflineSalesBatch, on_delete=models.CASCADE, related_name="tickets", db_index=False
    )
    number = models.PositiveIntegerField()
    position = models.OneToOneField(
        OrderPosition, on_delete=models.CASCADE, related_name="batch_ticket"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="number_unique_in_batch")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class BatchRequest(models.Model):
    """A request for a batch: who may see the job that creates it, and the batch it created.

    ``idempotency_key`` identifies one submission of a form, so that sending it twice creates one
    batch. It is null for requests of the API.
    """

    job = models.OneToOneField(
        Job, primary_key=True, on_delete=models.CASCADE, related_name="batch_request"
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="batch_requests")
    requested_by = models.CharField(max_length=64)
    batch = models.OneToOneField(
        OfflineSalesBatch, null=True, blank=True, on_delete=models.CASCADE, related_name="request"
    )
    idempotency_key = models.CharField(max_length=64, null=True, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "requested_by", "idempotency_key"],
                name="batch_request_idempotency_key",
            ),
        ]
        indexes = [models.Index(fields=["event", "created"], name="batch_request_by_time")]

    def __str__(self) -> str:
        return str(self.job_id)


class BatchPrint(models.Model):
    """A request to print a batch."""

    batch = models.ForeignKey(OfflineSalesBatch, on_delete=models.CASCADE, related_name="prints")
    request = models.OneToOneField(
        RenderRequest, on_delete=models.CASCADE, related_name="batch_print"
    )

    def __str__(self) -> str:
        return f"{self.batch_id} by {self.request_id}"
