"""Dates of a series as choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from counterfoil.catalog.models import SubEvent
from counterfoil.web.framework.forms.translated import in_page_language


def date_label(subevent: SubEvent) -> str:
    """Name a date of a series as a choice: its day first, for there are many of one name."""
    when = date_format(timezone.localtime(subevent.date_from), "SHORT_DATETIME_FORMAT")
    return f"{when} · {in_page_language(subevent.name)}"


class DateField(forms.ModelChoiceField[SubEvent]):
    def label_from_instance(self, obj: Any) -> str:
        return date_label(obj)
