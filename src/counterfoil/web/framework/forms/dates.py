"""Dates of a series as choices."""

from __future__ import annotations

from typing import Any

from django import forms

from counterfoil.catalog.models import SubEvent
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.moments import moment


def date_label(subevent: SubEvent) -> str:
    """Name a date of a series as a choice: its day first, for there are many of one name."""
    when = moment(subevent.date_from, weekday=True)
    return f"{when} · {in_page_language(subevent.name)}"


class DateField(forms.ModelChoiceField[SubEvent]):
    def label_from_instance(self, obj: Any) -> str:
        return date_label(obj)
