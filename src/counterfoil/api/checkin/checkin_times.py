"""Times that scanners and lists give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.api.framework.fields import Moment

#: Within these a time can be shown in every zone, also after an event moved to another one.
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_LATEST = datetime(9998, 12, 31, tzinfo=UTC)


class CheckinDateTime(Moment):
    """A time at which a ticket can be scanned, however wrong the scanner's clock may be."""

    default_error_messages = {"range": _("This is no time at which a ticket can be scanned.")}

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not _EARLIEST <= moment <= _LATEST:
            self.fail("range")
        return moment
