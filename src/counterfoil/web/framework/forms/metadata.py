"""Properties of an organiser's own: one a line, as ``name = value``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class MetadataField(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 3, "class": "code"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{name} = {text}" for name, text in value.items())
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        lines = str(super().clean(value)).splitlines()
        return dict(_read(line) for line in lines if line.strip())


def _read(line: str) -> tuple[str, str]:
    name, equals, text = line.partition("=")
    if not (equals and name.strip()):
        raise ValidationError(
            _("Write “%(line)s” as name = value."), params={"line": line}, code="invalid"
        )
    return name.strip(), text.strip()
