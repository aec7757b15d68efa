"""What is sold: organizers, sales channels, events and their dates, products, quotas.

Words are pretix's. Many documented attributes (memberships, waiting lists, seat plans) have no rule
here: they are carried for the clients that set them, in one JSON column named ``extra``, so that
what a client wrote it reads back.
"""

from __future__ import annotations

import zoneinfo
from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog import money
from counterfoil.core.modified import ModifiedField
from counterfoil.core.translated import TranslatedField, resolve

SLUG = RegexValidator(
    r"^[a-zA-Z0-9.-]+$", _("The slug may only contain letters, numbers, dots and dashes.")
)
CURRENCY = RegexValidator(
    r"^[A-Z]{3}$", _("A currency is written as three capital letters, like EUR.")
)


class Organizer(models.Model):
    slug = models.CharField(max_length=50, unique=True, validators=[SLUG])
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name

    @property
    def job_lane(self) -> str:
        """The lane of all jobs for this organizer, so that organizers' jobs take turns."""
        return f"organizer:{self.pk}"


class SalesChannel(models.Model):
    """Where tickets are sold: ``web`` in every organizer, and the organizer's own ``api.…``."""

    organizer = models.ForeignKey(
        Organizer, on_delete=models.CASCADE, related_name="sales_channels"
    )
    identifier = models.CharField(max_length=200)
    type = models.CharField(max_length=200, default="api")
    label = TranslatedField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "identifier"], name="channel_unique_in_organizer"
            ),
        ]

    def __str__(self) -> str:
        return self.identifier


#: The highest number of a series, and the most digits that one can be padded to.
MAX_NUMBER = 999_999_999
MAX_WIDTH = 9
#: Numbers of test tickets begin with it, before the prefix of the series.
TEST_PREFIX = "TEST-"
SERIES_PREFIX = RegexValidator(
    r"^(?!\s)[A-Za-z0-9 ./_-]+$",
    _("The prefix may only contain letters without accents, digits, spaces and the signs . / - _"),
)


class NumberSeries(models.Model):
    """Running numbers of tickets: a prefix, then a number with leading zeros.

    ``next`` is the next number and only ever grows once one was taken. Test tickets count in rows
    of their own, ``is_test``, one for each prefix: they are made when the first test ticket is.
    """

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="number_series")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=25, blank=True, default="", validators=[SERIES_PREFIX])
    width = models.PositiveSmallIntegerField(default=5)
    first = models.PositiveIntegerField(default=1)
    next = models.PositiveIntegerField(default=1)
    is_test = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "is_test", "prefix"], name="series_prefix_unique_in_organizer"
            ),
            models.CheckConstraint(
                condition=Q(width__gte=1, width__lte=MAX_WIDTH), name="series_width_within_limit"
            ),
            models.CheckConstraint(
                condition=Q(first__gte=1, next__gte=F("first"), next__lte=MAX_NUMBER + 1),
                name="series_next_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_used(self) -> bool:
        return self.next > self.first

    def serial(self, number: int) -> str:
        """Return a number as it is printed."""
        return f"{self.prefix}{number:0{self.width}}"

    def number_in(self, serial: str) -> int | None:
        """Return the number in a serial, however many zeros it has; None if it is another's."""
        prefix, digits = serial[: len(self.prefix)], serial[len(self.prefix) :]
        is_number = digits.isascii() and digits.isdecimal() and len(digits) <= MAX_WIDTH
        return int(digits) if is_number and prefix.upper() == self.prefix.upper() else None


class Event(models.Model):
    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="events")
    slug = models.CharField(max_length=50, validators=[SLUG])
    name = TranslatedField()
    live = models.BooleanField(default=False)
    testmode = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, default="EUR", validators=[CURRENCY])
    timezone = models.CharField(max_length=100, default="UTC")
    locale = models.CharField(max_length=50, default="en")
    locales = models.JSONField(default=list)
    region = models.CharField(max_length=2, blank=True, default="")
    date_from = models.DateTimeField()
    date_to = models.DateTimeField(null=True, blank=True)
    date_admission = models.DateTimeField(null=True, blank=True)
    presale_start = models.DateTimeField(null=True, blank=True)
    presale_end = models.DateTimeField(null=True, blank=True)
    is_public = models.BooleanField(default=True)
    location = models.JSONField(null=True, blank=True)
    geo_lat = models.FloatField(null=True, blank=True)
    geo_lon = models.FloatField(null=True, blank=True)
    has_subevents = models.BooleanField(default=False)
    meta_data = models.JSONField(default=dict)
    item_meta_properties = models.JSONField(default=dict)
    plugins = models.JSONField(default=list)
    all_sales_channels = models.BooleanField(default=True)
    limit_sales_channels = models.ManyToManyField(SalesChannel, blank=True, related_name="+")
    settings = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organizer", "slug"], name="event_slug_unique_in_organizer"
            ),
            models.CheckConstraint(
                condition=Q(date_to=None) | Q(date_to__gte=F("date_from")),
                name="event_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return resolve(self.name, self.locale)

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


class ChangeClock(models.Model):
    """The latest time that a change in an event was stamped with: see ``catalog.changeclock``."""

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    latest = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.event_id} {self.latest:%Y-%m-%d %H:%M:%S}"


class SubEvent(models.Model):
    """One date of an event series."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="subevents")
    name = TranslatedField()
    active = models.BooleanField(default=False)
    date_from = models.DateTimeField()
    date_to = models.DateTimeField(null=True, blank=True)
    date_admission = models.DateTimeField(null=True, blank=True)
    presale_start = models.DateTimeField(null=True, blank=True)
    presale_end = models.DateTimeField(null=True, blank=True)
    is_public = models.BooleanField(default=True)
    location = models.JSONField(null=True, blank=True)
    geo_lat = models.FloatField(null=True, blank=True)
    geo_lon = models.FloatField(null=True, blank=True)
    frontpage_text = TranslatedField()
    comment = models.TextField(blank=True, default="")
    meta_data = models.JSONField(default=dict)
    last_modified = ModifiedField()

    class Meta:
        indexes = [models.Index(fields=["event", "date_from", "id"], name="subevent_by_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_to=None) | Q(date_to__gte=F("date_from")),
                name="subevent_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return resolve(self.name, self.event.locale)


class TaxRule(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tax_rules")
    name = TranslatedField()
    internal_name = models.CharField(max_length=190, null=True, blank=True)
    default = models.BooleanField(default=False)
    rate = models.DecimalField(
        max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    code = models.CharField(max_length=190, null=True, blank=True)
    price_includes_tax = models.BooleanField(default=True)
    eu_reverse_charge = models.BooleanField(default=False)
    home_country = models.CharField(max_length=2, blank=True, default="")
    keep_gross_if_rate_changes = models.BooleanField(default=False)
    custom_rules = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0), name="tax_rate_not_negative"),
            models.UniqueConstraint(
                fields=["event"], condition=Q(default=True), name="one_default_tax_rule"
            ),
        ]

    def __str__(self) -> str:
        return resolve(self.name, self.event.locale)


class ItemCategory(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="categories")
    name = TranslatedField()
    internal_name = models.CharField(max_length=255, null=True, blank=True)
    description = TranslatedField()
    position = models.IntegerField(default=0)
    is_addon = models.BooleanField(default=False)
    extra = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "item categories"

    def __str__(self) -> str:
        return resolve(self.name, self.event.locale)


class Item(models.Model):
    """A product."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="items")
    category = models.ForeignKey(
        ItemCategory, null=True, blank=True, on_delete=models.SET_NULL, related_name="items"
    )
    name = TranslatedField()
    internal_name = models.CharField(max_length=255, null=True, blank=True)
    description = models.JSONField(null=True, blank=True)
    active = models.BooleanField(default=True)
    default_price = models.DecimalField(
        max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES
    )
    tax_rule = models.ForeignKey(
        TaxRule, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    admission = models.BooleanField(default=False)
    personalized = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    picture = models.CharField(max_length=255, null=True, blank=True)
    all_sales_channels = models.BooleanField(default=True)
    limit_sales_channels = models.ManyToManyField(SalesChannel, blank=True, related_name="+")
    available_from = models.DateTimeField(null=True, blank=True)
    available_until = models.DateTimeField(null=True, blank=True)
    generate_tickets = models.BooleanField(null=True, blank=True)
    checkin_attention = models.BooleanField(default=False)
    checkin_text = models.TextField(null=True, blank=True)
    original_price = models.DecimalField(
        max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES, null=True, blank=True
    )
    meta_data = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["event", "position", "id"], name="item_in_order")]

    def __str__(self) -> str:
        return resolve(self.name, self.event.locale)


class ItemVariation(models.Model):
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="variations")
    value = TranslatedField()
    active = models.BooleanField(default=True)
    description = models.JSONField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    default_price = models.DecimalField(
        max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES, null=True, blank=True
    )
    original_price = models.DecimalField(
        max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES, null=True, blank=True
    )
    checkin_attention = models.BooleanField(default=False)
    checkin_text = models.TextField(null=True, blank=True)
    all_sales_channels = models.BooleanField(default=True)
    limit_sales_channels = models.ManyToManyField(SalesChannel, blank=True, related_name="+")
    available_from = models.DateTimeField(null=True, blank=True)
    available_until = models.DateTimeField(null=True, blank=True)
    meta_data = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)

    def __str__(self) -> str:
        return resolve(self.value, self.item.event.locale)

    @property
    def price(self) -> Decimal:
        return self.item.default_price if self.default_price is None else self.default_price


class NumberAssignment(models.Model):
    """The series that numbers the tickets of a product; a variation's own goes first."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="number_assignments")
    variation = models.ForeignKey(
        ItemVariation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="number_assignments",
    )
    series = models.ForeignKey(NumberSeries, on_delete=models.CASCADE, related_name="assignments")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(variation=None), name="one_series_of_item"
            ),
            models.UniqueConstraint(fields=["variation"], name="one_series_of_variation"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.variation_id}: {self.series_id}"


class SubEventItem(models.Model):
    """A product's own price (or absence) on one date."""

    subevent = models.ForeignKey(SubEvent, on_delete=models.CASCADE, related_name="item_overrides")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    price = models.DecimalField(
        max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES, null=True, blank=True
    )
    disabled = models.BooleanField(default=False)
    available_from = models.DateTimeField(null=True, blank=True)
    available_until = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subevent", "item"], name="one_item_override_per_date")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} on {self.subevent_id}: {self.price}"


class SubEventItemVariation(models.Model):
    """A variation's own price (or absence) on one date."""

    subevent = models.ForeignKey(
        SubEvent, on_delete=models.CASCADE, related_name="variation_overrides"
    )
    variation = models.ForeignKey(ItemVariation, on_delete=models.CASCADE, related_name="+")
    price = models.DecimalField(
        max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES, null=True, blank=True
    )
    disabled = models.BooleanField(default=False)
    available_from = models.DateTimeField(null=True, blank=True)
    available_until = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subevent", "variation"], name="one_variation_override_per_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variation_id} on {self.subevent_id}: {self.price}"


class Quota(models.Model):
    """How many positions of its items and variations may exist. ``size`` None is unlimited."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="quotas")
    subevent = models.ForeignKey(
        SubEvent, null=True, blank=True, on_delete=models.CASCADE, related_name="quotas"
    )
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(null=True, blank=True)
    items = models.ManyToManyField(Item, related_name="quotas", blank=True)
    variations = models.ManyToManyField(ItemVariation, related_name="quotas", blank=True)
    closed = models.BooleanField(default=False)
    close_when_sold_out = models.BooleanField(default=False)
    release_after_exit = models.BooleanField(default=False)
    ignore_for_event_availability = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """A question that orders may carry answers to."""

    class Type(models.TextChoices):
        NUMBER = "N"
        STRING = "S"
        TEXT = "T"
        BOOLEAN = "B"
        CHOICE = "C"
        CHOICES = "M"
        FILE = "F"
        DATE = "D"
        TIME = "H"
        DATETIME = "W"
        COUNTRY = "CC"
        PHONE = "TEL"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="questions")
    identifier = models.CharField(max_length=190)
    question = TranslatedField()
    help_text = models.JSONField(null=True, blank=True)
    type = models.CharField(max_length=5, choices=Type.choices, default=Type.STRING)
    required = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    items = models.ManyToManyField(Item, related_name="questions", blank=True)
    ask_during_checkin = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "identifier"], name="question_identifier_unique_in_event"
            ),
        ]

    def __str__(self) -> str:
        return resolve(self.question, self.event.locale)


class QuestionOption(models.Model):
    """One of the answers that a choice question offers."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="options")
    identifier = models.CharField(max_length=190)
    answer = TranslatedField()
    position = models.IntegerField(default=0)

    def __str__(self) -> str:
        return resolve(self.answer, self.question.event.locale)
