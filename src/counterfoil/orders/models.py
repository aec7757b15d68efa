"""Orders and their positions: what was sold. A ticket is a position.

``organizer`` stands on both rows as well as on the event, since codes and secrets are unique per
organizer and a constraint cannot look through a join.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from counterfoil.catalog import money
from counterfoil.catalog.models import (
    Event,
    Item,
    ItemVariation,
    NumberSeries,
    Organizer,
    Question,
    QuestionOption,
    SalesChannel,
    SubEvent,
    TaxRule,
)
from counterfoil.core import clock
from counterfoil.orders.search_text import SearchText, name_texts


class Order(models.Model):
    class Status(models.TextChoices):
        PENDING = "n"
        PAID = "p"
        EXPIRED = "e"
        CANCELED = "c"

    # No index of their own for what begins another one: a batch inserts 10,000 entries into each.
    organizer = models.ForeignKey(
        Organizer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    code = models.CharField(max_length=16)
    status = models.CharField(max_length=1, choices=Status.choices, default=Status.PENDING)
    testmode = models.BooleanField(default=False)
    secret = models.CharField(max_length=64)
    sales_channel = models.ForeignKey(SalesChannel, on_delete=models.PROTECT, related_name="+")
    email = models.CharField(max_length=254, null=True, blank=True)
    phone = models.CharField(max_length=64, null=True, blank=True)
    locale = models.CharField(max_length=32, default="en")
    datetime = models.DateTimeField()
    expires = models.DateTimeField()
    cancellation_date = models.DateTimeField(null=True, blank=True)
    total = models.DecimalField(max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES)
    comment = models.TextField(blank=True, default="")
    custom_followup_at = models.DateField(null=True, blank=True)
    checkin_attention = models.BooleanField(default=False)
    checkin_text = models.TextField(null=True, blank=True)
    require_approval = models.BooleanField(default=False)
    valid_if_pending = models.BooleanField(default=False)
    invoice_address = models.JSONField(null=True, blank=True)
    api_meta = models.JSONField(default=dict)
    last_modified = models.DateTimeField()
    search_text = SearchText()

    class Meta:
        constraints = [
            # PostgreSQL's pattern classes let the one index also find by the beginning.
            models.UniqueConstraint(
                fields=["organizer", "code"],
                name="order_code_unique_in_organizer",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            models.CheckConstraint(
                condition=Q(status__in=["n", "p", "e", "c"]), name="order_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["event", "code"], name="order_by_code"),
            models.Index(fields=["event", "datetime", "id"], name="order_by_date"),
            models.Index(fields=["organizer", "datetime", "id"], name="order_of_organizer"),
            models.Index(fields=["event", "last_modified", "id"], name="order_by_change"),
            models.Index(fields=["event", "status", "datetime", "id"], name="order_by_status"),
            models.Index(fields=["event"], condition=Q(testmode=True), name="order_of_test"),
            models.Index(
                fields=["organizer", "search_text"],
                condition=Q(search_text__isnull=False),
                name="order_by_words",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def searched_by(self) -> tuple[Iterable[str], Iterable[str]]:
        """Return the names and the other search texts of the order."""
        invoice = self.invoice_address or {}
        names = [invoice.get("name") or "", *name_texts(invoice.get("name_parts"))]
        return names, [self.email or "", self.phone or "", invoice.get("company") or ""]


class OrderPosition(models.Model):
    """One ticket."""

    organizer = models.ForeignKey(
        Organizer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="positions", db_index=False
    )
    positionid = models.PositiveIntegerField(default=1)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="positions")
    variation = models.ForeignKey(
        ItemVariation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="positions",
        db_index=False,
    )
    subevent = models.ForeignKey(
        SubEvent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="positions",
        db_index=False,
    )
    price = models.DecimalField(max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES)
    tax_rule = models.ForeignKey(
        TaxRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tax_rate = models.DecimalField(max_digits=7, decimal_places=2)
    tax_value = models.DecimalField(
        max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES
    )
    tax_code = models.CharField(max_length=190, null=True, blank=True)
    secret = models.CharField(max_length=255)
    pseudonymization_id = models.CharField(max_length=16)
    attendee_name_parts = models.JSONField(default=dict)
    attendee_email = models.CharField(max_length=254, null=True, blank=True)
    company = models.CharField(max_length=255, null=True, blank=True)
    street = models.TextField(null=True, blank=True)
    zipcode = models.CharField(max_length=30, null=True, blank=True)
    city = models.CharField(max_length=255, null=True, blank=True)
    country = models.CharField(max_length=2, null=True, blank=True)
    state = models.CharField(max_length=255, null=True, blank=True)
    addon_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="addons",
        db_index=False,
    )
    is_bundled = models.BooleanField(default=False)
    canceled = models.BooleanField(default=False)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    blocked = models.JSONField(null=True, blank=True)
    #: The running number as it is printed; all three are null where no series numbers the product.
    serial = models.CharField(max_length=40, null=True, blank=True)
    serial_number = models.PositiveIntegerField(null=True, blank=True)
    number_series = models.ForeignKey(
        NumberSeries,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    search_text = SearchText()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "secret"],
                name="secret_unique_in_organizer",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            models.UniqueConstraint(
                fields=["order", "positionid"], name="positionid_unique_in_order"
            ),
            models.UniqueConstraint(
                fields=["organizer", "serial"],
                condition=Q(serial__isnull=False),
                name="serial_unique_in_organizer",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            models.UniqueConstraint(
                fields=["number_series", "serial_number"],
                condition=Q(number_series__isnull=False),
                name="serial_number_unique_in_series",
            ),
        ]
        indexes = [
            # Most tickets have none of these.
            *(
                models.Index(
                    fields=[name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"position_of_{name}",
                )
                for name in ("variation", "subevent", "tax_rule", "addon_to")
            ),
            models.Index(
                fields=["organizer", "pseudonymization_id"],
                name="position_by_lead_id",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            # Tickets of batches name nobody and have no place in it, however many there are.
            models.Index(
                fields=["organizer", "search_text", "order"],
                condition=Q(search_text__isnull=False),
                name="position_by_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order.code}-{self.positionid}"

    def searched_by(self) -> tuple[Iterable[str], Iterable[str]]:
        """Return the names and the other search texts of the ticket."""
        return name_texts(self.attendee_name_parts), [self.attendee_email or "", self.company or ""]


class TicketCount(models.Model):
    """So many tickets of a kind more, or fewer: see ``ticket_counts``. Only triggers write here.

    No constraints: what is deleted leaves a sum of nothing behind.
    """

    event_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    variation_id = models.BigIntegerField(null=True, blank=True)
    subevent_id = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=1)
    valid_if_pending = models.BooleanField()
    tickets = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["event_id", "item_id"], name="ticket_count_of_event")]

    def __str__(self) -> str:
        return f"{self.tickets:+} of {self.item_id}"


class OrderPayment(models.Model):
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="payments", db_index=False
    )
    local_id = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=32, default="confirmed")
    amount = models.DecimalField(max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES)
    created = models.DateTimeField()
    payment_date = models.DateTimeField(null=True, blank=True)
    provider = models.CharField(max_length=190, default="manual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "local_id"], name="payment_local_id_unique_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}-P-{self.local_id}"


class QuestionAnswer(models.Model):
    """What an order says to a question, for one position. ``file`` is a stored name."""

    position = models.ForeignKey(OrderPosition, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    answer = models.TextField()
    options = models.ManyToManyField(QuestionOption, blank=True, related_name="+")
    file = models.CharField(max_length=255, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position", "question"], name="one_answer_per_question"
            ),
        ]

    def __str__(self) -> str:
        return self.answer


class PrintLog(models.Model):
    """That a ticket or badge was printed, as a device or the printing room reports it."""

    position = models.ForeignKey(OrderPosition, on_delete=models.CASCADE, related_name="print_logs")
    datetime = models.DateTimeField()
    created = models.DateTimeField(default=clock.now, editable=False)
    source = models.CharField(max_length=255)
    type = models.CharField(max_length=255, default="badge")
    successful = models.BooleanField(default=True)
    info = models.JSONField(default=dict)
    device_id = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.type} {self.position_id}"


class NumberReport(models.Model):
    """The record of an event's numbered tickets: through which day it is closed, and its options.

    ``preset`` names the rules of a country that layouts are compared with, as advice.
    """

    class Preset(models.TextChoices):
        FRANCE = "FR"

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="number_report"
    )
    closed_through = models.DateField(null=True, blank=True)
    retention_years = models.PositiveSmallIntegerField(default=10)
    preset = models.CharField(max_length=2, choices=Preset.choices, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.event_id} through {self.closed_through}"


class NumberReportLine(models.Model):
    """A line of a closed day. What changed later is a line of the day of the change.

    ``day`` is the day of the record, ``made_on`` the day on which the tickets were created. They
    differ in corrections, whose sums are added to those of the earlier lines.
    """

    report = models.ForeignKey(NumberReport, on_delete=models.CASCADE, related_name="lines")
    day = models.DateField()
    made_on = models.DateField()
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="+")
    subevent = models.ForeignKey(
        SubEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    variation = models.ForeignKey(
        ItemVariation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tax_rate = models.DecimalField(max_digits=7, decimal_places=2)
    price = models.DecimalField(max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES)
    first = models.PositiveIntegerField(null=True, blank=True)
    last = models.PositiveIntegerField(null=True, blank=True)
    made = models.IntegerField()
    void = models.IntegerField()
    free = models.IntegerField()
    value = models.DecimalField(
        max_digits=money.COLUMN_DIGITS + 4, decimal_places=money.COLUMN_PLACES
    )

    class Meta:
        indexes = [models.Index(fields=["report", "day"], name="number_report_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.first}-{self.last}"
