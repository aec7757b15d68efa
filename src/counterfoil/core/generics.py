"""Lets classes of Django be written with a type, as ``ModelChoiceField[Event]``.

The type checker reads it there; at run time Django's class itself is meant. (``django-stubs-ext``
does this for all of Django; these are those that are written so here.)
"""

from __future__ import annotations

from typing import Any


def allow_subscripts() -> None:
    """Make the classes generic, as far as Django has not done so itself."""
    from django.core.paginator import Paginator
    from django.forms import BaseFormSet, BaseModelForm, ModelChoiceField
    from django.views.generic.base import View

    classes: list[Any] = [BaseFormSet, BaseModelForm, ModelChoiceField, Paginator, View]
    for each in classes:
        if not hasattr(each, "__class_getitem__"):
            each.__class_getitem__ = classmethod(_itself)


def _itself(cls: type[Any], *_types: object) -> type[Any]:
    return cls
