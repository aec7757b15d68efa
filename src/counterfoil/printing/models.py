"""Print requests with their tickets and layouts, sheets of organizers, and prints as pinned."""

from __future__ import annotations

import uuid

from django.db import models

from counterfoil.catalog.models import Organizer
from counterfoil.core import clock
from counterfoil.jobs.models import JobRequest
from counterfoil.render import Ink


class RenderRequest(JobRequest):
    """A request for one PDF.

    ``requested_by`` is the credential that may download it. ``parts`` lists the tickets in page
    order, each ``[order position id, index into layouts]``. ``layouts`` is a snapshot: the elements
    at the time of the request, and the id of a background, which never changes. ``printer_dpi`` is
    the resolution of the printer, None if it does not matter.
    ``content_version`` identifies the state of the tickets where one print serves many downloads.
    """

    file_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=32)
    content_version = models.CharField(max_length=64, blank=True, default="")
    parts = models.JSONField()
    layouts = models.JSONField()
    printer_dpi = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["event", "purpose", "created"], name="render_of_purpose"),
        ]


class OrganizerSheet(models.Model):
    """A sheet of an organizer. ``declaration`` is what ``render.sheets.read_sheet`` reads."""

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="sheets")
    name = models.CharField(max_length=190)
    declaration = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["organizer", "name", "id"], name="sheet_by_name")]

    def __str__(self) -> str:
        return self.name


class Print(models.Model):
    """A print as pinned: with its request it has all that drawing it again needs.

    ``sheet`` is a declaration, null for one ticket a page. ``tickets`` are the numbers that are
    printed and ``void`` those left out, as ranges. A print that ``repeats`` sheets of another one
    names them in ``sheets``; ``is_identical`` says whether their content is that of the original.

    ``locale`` replaces the language of the orders. ``title`` and ``language`` are the document's,
    and ``job_name`` stands in its slugs. ``reprints`` says how often tickets were printed before,
    as pairs of ranges and a number; ``marks_reprints`` whether that is written across them.

    ``file`` is the PDF, kept until ``file_until``. ``values_file`` holds the tickets with the
    values that were printed; it stays as long as the print.
    """

    request = models.OneToOneField(RenderRequest, on_delete=models.CASCADE, related_name="print")
    repeats = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="repetitions"
    )
    sheet = models.JSONField(null=True, blank=True)
    sheets = models.TextField(blank=True, default="")
    tickets = models.TextField()
    void = models.TextField(blank=True, default="")
    ink = models.CharField(
        max_length=16, choices=[(ink.value, ink.value) for ink in Ink], default=Ink.OFFICE.value
    )
    locale = models.CharField(max_length=32, blank=True, default="")
    title = models.TextField(blank=True, default="")
    language = models.CharField(max_length=32, default="en")
    job_name = models.CharField(max_length=100, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    is_proof = models.BooleanField(default=False)
    reprints = models.JSONField(default=list)
    marks_reprints = models.BooleanField(default=False)
    plan = models.JSONField()
    layout_version = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    file = models.CharField(max_length=255, null=True, blank=True)
    file_until = models.DateTimeField(null=True, blank=True)
    values_file = models.CharField(max_length=255, null=True, blank=True)
    is_identical = models.BooleanField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["file_until"],
                condition=models.Q(file__isnull=False),
                name="print_with_file",
            ),
        ]

    def __str__(self) -> str:
        return f"Print {self.pk}"


class HandOver(models.Model):
    """A link to a print for somebody without an account: the print shop.

    The link's token is not stored, only its hash. ``approved`` is when the other side approved the
    files, and ``approved_by`` the name that they gave.
    """

    print = models.ForeignKey(Print, on_delete=models.CASCADE, related_name="handovers")
    token_hash = models.CharField(max_length=64, unique=True)
    recipient = models.CharField(max_length=190)
    created = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.CharField(max_length=64)
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)
    approved = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=190, blank=True, default="")

    def __str__(self) -> str:
        return self.recipient
