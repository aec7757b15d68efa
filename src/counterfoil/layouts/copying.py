"""What of an event's layouts a clone of the event gets: all of them, and what prints with which."""

from __future__ import annotations

import re
from typing import Any

from counterfoil.catalog.cloning import Clone
from counterfoil.catalog.models import Question
from counterfoil.core import clock
from counterfoil.layouts.models import Background, Picture, TicketLayout, TicketLayoutItem

#: A variable that names a question by its old number.
_QUESTION = re.compile(r"\bquestion_([0-9]+)\b")


def copy_layouts(clone: Clone) -> None:
    """Copy layouts with backgrounds, pictures and assignments. The stored files are the same."""
    source = clone.source
    used = Background.objects.filter(event=source, layouts__isnull=False).distinct().order_by("pk")
    clone.copy(used, last_used=clock.now())
    pictures = Picture.objects.filter(event=source).order_by("pk")
    clone.copy(pictures, last_used=clock.now())
    layouts = clone.copy(TicketLayout.objects.filter(event=source).order_by("pk"))
    clone.copy(TicketLayoutItem.objects.filter(layout__event=source).order_by("pk"))
    for layout in layouts:
        layout.layout = _about_copies(clone, layout.layout)
    TicketLayout.objects.bulk_update(layouts, ["layout"])


def _about_copies(clone: Clone, value: Any) -> Any:
    """Have variables name the clone's questions."""
    if isinstance(value, list):
        return [_about_copies(clone, each) for each in value]
    if isinstance(value, dict):
        return {key: _about_copies(clone, each) for key, each in value.items()}
    if isinstance(value, str):
        return _QUESTION.sub(
            lambda match: f"question_{clone.id_of(Question, match[1]) or match[1]}", value
        )
    return value
