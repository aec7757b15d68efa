"""Sellers who have tickets on consignment, and the account with each.

Amounts have the decimals of the account's currency, which the first document of a seller decides.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from counterfoil.batches.models import OfflineSalesBatch, Then
from counterfoil.catalog import money
from counterfoil.catalog.models import Event, Item, ItemVariation, Organizer
from counterfoil.core import clock


def _amount(**options: Any) -> Any:
    return models.DecimalField(
        max_digits=money.COLUMN_DIGITS + 4,
        decimal_places=money.COLUMN_PLACES,
        **options,
    )


class CommissionPlan(models.Model):
    """What sellers keep of what they sell."""

    organizer = models.ForeignKey(
        Organizer, on_delete=models.CASCADE, related_name="commission_plans"
    )
    name = models.CharField(max_length=190)

    def __str__(self) -> str:
        return self.name


class CommissionRule(models.Model):
    """A share of a ticket: a fixed amount and a percentage, together at most ``cap``.

    A rule for a variation goes before that for its item, and this before one for all items.
    """

    plan = models.ForeignKey(CommissionPlan, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField()
    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    variation = models.ForeignKey(
        ItemVariation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    fixed = _amount(default=Decimal(0))
    percent = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    cap = _amount(null=True, blank=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.fixed} + {self.percent} %"


class Seller(models.Model):
    """Somebody who sells paper tickets on consignment.

    ``currency`` is empty until the first consignment or payment. ``link_hash`` is that of the
    secret in the address of the seller's own page; each new link has a new one.
    """

    class Role(models.TextChoices):
        AGENT = "agent"
        OWN_NAME = "own_name"

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="sellers")
    name = models.CharField(max_length=190)
    address = models.TextField(blank=True, default="")
    contact = models.CharField(max_length=190, blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.AGENT)
    commission_plan = models.ForeignKey(
        CommissionPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="sellers"
    )
    credit_limit = _amount(null=True, blank=True)
    deposit = _amount(default=Decimal(0))
    needs_approval = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    link_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["organizer", "name"], name="seller_by_name")]

    def __str__(self) -> str:
        return self.name


class NumberedDocument(models.Model):
    """A document that is numbered without gaps in its organizer and year once it holds.

    ``paper`` is what it says then, in words, and ``pdf`` the bytes that were made of it; ``head``
    is the ledger's newest hash.
    """

    year = models.PositiveSmallIntegerField(null=True, blank=True)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    head = models.CharField(max_length=64, blank=True, default="")
    paper = models.JSONField(null=True, blank=True)
    pdf = models.BinaryField(null=True, blank=True)

    class Meta:
        abstract = True


class Consignment(NumberedDocument):
    """Tickets that go to a seller, come back, or pass on to another one."""

    class Kind(models.TextChoices):
        OUT = "out"
        BACK = "back"
        TRANSFER = "transfer"

    class State(models.TextChoices):
        DRAFT = "draft"
        ACCEPTED = "accepted"

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="consignments")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="consignments")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="consignments")
    to = models.ForeignKey(
        Seller, null=True, blank=True, on_delete=models.PROTECT, related_name="transfers_in"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    return_by = models.DateField(null=True, blank=True)
    then = models.CharField(max_length=5, choices=Then.choices, blank=True, default="")
    reason = models.CharField(max_length=190, blank=True, default="")
    accepted = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "year", "sequence"], name="consignment_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sequence=None) | Q(state="accepted", sequence__gte=1),
                name="consignment_numbered_once_accepted",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "id"], name="consignment_of_event"),
            models.Index(fields=["seller", "event", "state"], name="consignment_of_seller"),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def number(self) -> str | None:
        return f"{self.year}-{self.sequence:04}" if self.sequence else None


class ConsignmentLine(models.Model):
    """Tickets of one batch. ``way`` is how they were written: tickets, books or serials.

    ``ranges`` are their numbers in the batch.
    """

    consignment = models.ForeignKey(Consignment, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    batch = models.ForeignKey(OfflineSalesBatch, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=7)
    text = models.TextField()
    ranges = models.TextField()
    count = models.PositiveIntegerField()
    price = _amount(null=True, blank=True)
    value = _amount(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.ranges[:50]}"


class Statement(NumberedDocument):
    """What a seller sold at an event since the statement before, and what is owed then."""

    class Basis(models.TextChoices):
        DECLARED = "declared"
        NOT_RETURNED = "not_returned"
        GREATER = "greater_of_declared_and_scanned"

    class State(models.TextChoices):
        DRAFT = "draft"
        ISSUED = "issued"

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="statements")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="seller_statements")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="statements")
    basis = models.CharField(max_length=31, choices=Basis.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    opening = _amount(default=Decimal(0))
    handed_out = models.IntegerField(default=0)
    returned = models.IntegerField(default=0)
    void_and_lost = models.IntegerField(default=0)
    sold = models.IntegerField(default=0)
    gross = _amount(default=Decimal(0))
    commission = _amount(default=Decimal(0))
    paid = _amount(default=Decimal(0))
    due = _amount(default=Decimal(0))
    closing = _amount(default=Decimal(0))
    gate = models.JSONField(null=True, blank=True)
    issued = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "year", "sequence"], name="statement_number_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "issued"], name="statement_of_seller"),
            models.Index(fields=["event", "id"], name="statement_of_event"),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def number(self) -> str | None:
        return f"ST-{self.year}-{self.sequence:04}" if self.sequence else None


class StatementLine(models.Model):
    """Tickets that an issued statement charges, or credits where ``sign`` is -1.

    ``price`` and ``commission`` are those of each ticket.
    """

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lines")
    batch = models.ForeignKey(OfflineSalesBatch, on_delete=models.PROTECT, related_name="+")
    ranges = models.TextField()
    sign = models.SmallIntegerField(default=1)
    count = models.PositiveIntegerField()
    price = _amount()
    commission = _amount()

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.sign * self.count} x {self.price}"


class SellerPayment(models.Model):
    """Money from a seller; below zero, to a seller. It is corrected by another payment."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="payments")
    event = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.PROTECT, related_name="seller_payments"
    )
    amount = _amount()
    currency = models.CharField(max_length=3)
    note = models.TextField(blank=True, default="")
    created = models.DateTimeField(default=clock.now, editable=False)
    actor = models.CharField(max_length=255, blank=True, default="")
    statement = models.ForeignKey(
        Statement, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )

    class Meta:
        indexes = [models.Index(fields=["seller", "statement"], name="payment_of_seller")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class SellerNotice(models.Model):
    """What a seller wrote on their own page; it waits for a yes where the seller needs one."""

    class Kind(models.TextChoices):
        SOLD = "sold"
        RETURN = "return"

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="notices")
    batch = models.ForeignKey(OfflineSalesBatch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    ranges = models.TextField()
    count = models.PositiveIntegerField()
    note = models.CharField(max_length=190, blank=True, default="")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["seller", "state"], name="notice_of_seller")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ranges[:50]}"
