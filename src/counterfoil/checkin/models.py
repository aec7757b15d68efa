"""The gate: check-in lists, check-ins, revoked and blocked secrets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from counterfoil.accounts.models import Device
from counterfoil.catalog.models import Event, Item, ItemVariation, SubEvent
from counterfoil.core import clock
from counterfoil.core.modified import ModifiedField
from counterfoil.orders.models import OrderPosition


class CheckinList(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="checkin_lists")
    name = models.CharField(max_length=190)
    all_products = models.BooleanField(default=True)
    limit_products = models.ManyToManyField(Item, blank=True, related_name="+")
    subevent = models.ForeignKey(
        SubEvent, null=True, blank=True, on_delete=models.CASCADE, related_name="checkin_lists"
    )
    include_pending = models.BooleanField(default=False)
    allow_multiple_entries = models.BooleanField(default=False)
    allow_entry_after_exit = models.BooleanField(default=True)
    rules = models.JSONField(default=dict)
    exit_all_at = models.DateTimeField(null=True, blank=True)
    addon_match = models.BooleanField(default=False)
    ignore_in_statistics = models.BooleanField(default=False)
    consider_tickets_used = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class EventOfList(models.BigIntegerField):  # type: ignore[type-arg]
    """The event of a row's list, written whenever the row is saved: an index begins with it."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        event_id: int = model_instance.list.event_id  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, event_id)
        return event_id


class Checkin(models.Model):
    """An admitted or denied scan. A repeated nonce is the same scan, sent twice."""

    class Type(models.TextChoices):
        ENTRY = "entry"
        EXIT = "exit"

    position = models.ForeignKey(
        OrderPosition,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="all_checkins",
        db_index=False,
    )
    list = models.ForeignKey(
        CheckinList, on_delete=models.CASCADE, related_name="checkins", db_index=False
    )
    event_id = EventOfList(editable=False)
    type = models.CharField(max_length=16, choices=Type.choices, default=Type.ENTRY)
    datetime = models.DateTimeField()
    created = models.DateTimeField(default=clock.now, editable=False)
    successful = models.BooleanField(default=True)
    error_reason = models.CharField(max_length=64, null=True, blank=True)
    error_explanation = models.TextField(null=True, blank=True)
    nonce = models.CharField(max_length=190, null=True, blank=True)
    forced = models.BooleanField(default=False)
    auto_checked_in = models.BooleanField(default=False)
    raw_barcode = models.TextField(null=True, blank=True)
    raw_source_type = models.CharField(max_length=32, null=True, blank=True)
    raw_item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    raw_variation = models.ForeignKey(
        ItemVariation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    raw_subevent = models.ForeignKey(
        SubEvent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["list", "position", "datetime"], name="checkin_of_position"),
            models.Index(fields=["position", "datetime"], name="checkin_history"),
            models.Index(fields=["list", "datetime", "id"], name="checkin_by_time"),
            models.Index(fields=["event_id", "datetime", "id"], name="checkin_of_event"),
            models.Index(fields=["event_id", "created", "id"], name="checkin_by_change"),
            models.Index(
                fields=["list", "nonce"], condition=Q(nonce__isnull=False), name="checkin_by_nonce"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["position", "list", "nonce"],
                condition=Q(nonce__isnull=False, successful=True),
                name="one_successful_checkin_per_nonce",
            ),
            models.CheckConstraint(
                condition=Q(successful=False) | Q(position__isnull=False),
                name="successful_checkin_has_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.position_id} at {self.list_id}"


class TicketPresence(models.Model):
    """A ticket that has entered on a list: see ``entry_counts``. Only triggers write here."""

    list_id = models.BigIntegerField()
    position_id = models.BigIntegerField()
    inside = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_id", "position_id"], name="one_presence_per_list")
        ]
        indexes = [models.Index(fields=["position_id"], name="presence_of_position")]

    def __str__(self) -> str:
        return f"{self.position_id} on {self.list_id}"


class EntryCount(models.Model):
    """So many more or fewer of a kind have entered a list and are inside. See ``entry_counts``."""

    list_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    variation_id = models.BigIntegerField(null=True, blank=True)
    subevent_id = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=1)
    valid_if_pending = models.BooleanField()
    entered = models.IntegerField()
    inside = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["list_id", "event_id"], name="entry_count_of_list")]

    def __str__(self) -> str:
        return f"{self.entered:+} on {self.list_id}"


class RevokedSecret(models.Model):
    """A secret that must not be admitted any more, whatever an offline scanner remembers."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="revoked_secrets")
    position = models.ForeignKey(
        OrderPosition,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="revoked_secrets",
    )
    secret = models.CharField(max_length=255)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "secret"], name="secret_revoked_once")
        ]

    def __str__(self) -> str:
        return self.secret


class BlockedSecret(models.Model):
    """Whether a secret is blocked for now. Unblocking keeps the row: scanners must hear of it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="blocked_secrets")
    position = models.ForeignKey(
        OrderPosition,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="blocked_secrets",
    )
    secret = models.CharField(max_length=255)
    blocked = models.BooleanField()
    updated = ModifiedField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "secret"], name="secret_blocked_once")
        ]

    def __str__(self) -> str:
        return self.secret


class SecretListReading(models.Model):
    """How far a device knows one list of an event: see ``scanner_news``.

    ``begun`` and ``known`` are times of the event's clock: of when the device asked for the first
    page of a reading that may not have come to its end yet, and of the last one that has.
    """

    class List(models.TextChoices):
        REVOKED = "revoked"
        BLOCKED = "blocked"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    list = models.CharField(max_length=7, choices=List.choices)
    begun = models.DateTimeField()
    known = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "device", "list"], name="one_reading_per_list")
        ]

    def __str__(self) -> str:
        return f"{self.device_id} read {self.list} of {self.event_id}"


class ScanConflict(models.Model):
    """An admitted scan that today would be refused, and why: for people to look into."""

    class Kind(models.TextChoices):
        ENTERED_BEFORE_VOID = "entered_before_void"

    checkin = models.OneToOneField(Checkin, on_delete=models.CASCADE, related_name="conflict")
    kind = models.CharField(max_length=32, choices=Kind.choices)

    def __str__(self) -> str:
        return f"{self.kind}: {self.checkin_id}"
