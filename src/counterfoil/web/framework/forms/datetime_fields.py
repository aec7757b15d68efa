"""Days and times, entered in the time zone that is active: on an event's pages, the event's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Outside of these, moving a moment to another time zone may leave what a clock can show.
_YEARS = range(1900, 3000)


class MomentInput(forms.DateTimeInput):
    """The browser's own picker; a text in its form where it has none."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        if not isinstance(value, datetime):
            return super().format_value(value)
        clock = value.replace(tzinfo=None)
        return clock.isoformat(timespec="seconds" if clock.second else "minutes")


class MomentField(forms.DateTimeField):
    widget = MomentInput

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        if moment is not None and moment.year not in _YEARS:
            raise ValidationError(_("This date is too far from today."), code="invalid")
        return moment
