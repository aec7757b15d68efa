"""Print requests: the credential, the tickets, and a snapshot of the layouts."""

from __future__ import annotations

import uuid

from django.db import models

from counterfoil.jobs.models import JobRequest


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
