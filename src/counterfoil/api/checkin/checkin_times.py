"""Times of scans and check-in lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.api.framework.fields import Moment

#: Times in this range can be converted to every time zone.
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_LATEST = datetime(9998, 12, 31, tzinfo=UTC)


class CheckinDateTime(Moment):
    """A time of a scan, within the range that every time zone can represent."""

    default_error_messages = {"range": _("This time is outside the supported range.")}

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not _EARLIEST <= moment <= _LATEST:
            self.fail("range")
        return moment
