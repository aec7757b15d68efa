"""Uploaded files: stored for a day, usable only by the actor who sent them."""

from __future__ import annotations

import uuid

from django.db import models

from counterfoil.core import clock


class Upload(models.Model):
    """A file that a client sent ahead of the request that will use it (``file:<id>``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(
        max_length=64, help_text="The credential that may use it, as accounts names it."
    )
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    stored_name = models.CharField(max_length=255, unique=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.filename
