"""Forms with rows, to which a row can be added before anything is sent for good.

``more_rows`` is what the button “One more” sends: the form comes back as it was typed, with an
empty row more, and without a word on what is missing yet.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict

MORE = "more_rows"
MOST_ROWS = 200


class Row(forms.Form):
    """A form that may be a draft: shown as it was typed, and not judged."""

    is_draft = False

    def full_clean(self) -> None:
        if self.is_draft:
            self._errors = ErrorDict(renderer=self.renderer)
        else:
            super().full_clean()


def wants_more(data: Any) -> bool:
    return bool(data) and MORE in data


def with_one_more(data: Any, prefix: str, **begins_with: str) -> Any:
    """Return what was sent, with one row more below a formset's prefix, and what it begins with.

    A box that nobody has sent counts as not ticked, whatever its form says it begins with.
    """
    changed = data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    try:
        total = int(changed.get(name, 0))
    except ValueError:
        total = 0
    number = max(total, 0)
    changed[name] = str(min(number + 1, MOST_ROWS))
    for field, value in begins_with.items():
        changed[f"{prefix}-{number}-{field}"] = value
    return changed
