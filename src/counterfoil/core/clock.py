"""The host's clock. Leases never read it: those are compared by the database's own clock."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return the time as an aware UTC datetime."""
    return timezone.now()
