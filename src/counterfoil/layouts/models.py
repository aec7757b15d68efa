"""Ticket layouts, their backgrounds, and which product prints with which."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from counterfoil.catalog.models import Event, Item, SalesChannel
from counterfoil.core import clock


class Background(models.Model):
    """A PDF under the elements. Never changed: a new upload is a new row.

    ``compiled`` names what printing reads. When the PDF cannot be used, it is empty and
    ``refusal`` is the message that says why (``Message.to_json``); printing with it is refused
    with the same.

    ``compiler`` is the version of the engine that compiled it, or refused it.

    ``last_used`` is when it was last uploaded, or a layout let go of it. One that nothing needs
    any more is deleted some time after that.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="backgrounds")
    sha256 = models.CharField(max_length=64)
    original = models.CharField(max_length=255)
    compiled = models.CharField(max_length=255, blank=True, default="")
    refusal = models.JSONField(null=True, blank=True)
    compiler = models.PositiveSmallIntegerField(default=0)
    last_used = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(compiled="") ^ Q(refusal__isnull=True),
                name="background_is_compiled_or_refused",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Picture(models.Model):
    """A picture that layouts of an event print as ``picture:KEY``. Never changed.

    ``key`` is the beginning of the SHA-256 of the file, ``stored`` the name of the stored file,
    which clones of the event share. ``last_used`` is as that of ``Background``.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="layout_pictures")
    key = models.CharField(max_length=32)
    name = models.CharField(max_length=190)
    stored = models.CharField(max_length=255)
    last_used = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="one_picture_by_key"),
        ]

    def __str__(self) -> str:
        return self.name


class TicketLayout(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="ticket_layouts")
    name = models.CharField(max_length=190)
    default = models.BooleanField(default=False)
    layout = models.JSONField(default=list)
    background = models.ForeignKey(
        Background, null=True, blank=True, on_delete=models.SET_NULL, related_name="layouts"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=Q(default=True), name="one_default_layout"
            ),
        ]
        indexes = [models.Index(fields=["event", "name", "id"], name="layout_by_name")]

    def __str__(self) -> str:
        return self.name


class TicketLayoutItem(models.Model):
    """This product, sold through this channel, prints with this layout."""

    layout = models.ForeignKey(
        TicketLayout, on_delete=models.CASCADE, related_name="item_assignments"
    )
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="layout_assignments")
    sales_channel = models.ForeignKey(SalesChannel, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "sales_channel"], name="one_layout_per_item_and_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} by {self.sales_channel_id}: {self.layout_id}"
