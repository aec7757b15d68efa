"""Makes Django ready: its settings, its classes, and the rooms."""

from __future__ import annotations

import os
from typing import Any

SETTINGS = "counterfoil.config.settings"


def choose_settings() -> None:
    """Have Django read our settings, whatever the environment says of another project's.

    A shell in which somebody works on another Django project exports ``DJANGO_SETTINGS_MODULE``.
    Who wants settings of their own names their module in ``COUNTERFOIL_SETTINGS_MODULE``.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = (
        os.environ.get("COUNTERFOIL_SETTINGS_MODULE", "").strip() or SETTINGS
    )


def set_up() -> None:
    """Read the settings and load the rooms.

    Raises:
        ImproperlyConfigured: the environment holds a value that cannot be used.
    """
    import django

    choose_settings()
    django.setup()


def allow_subscripts() -> None:
    """Let classes of Django be written with a type, as ``ModelChoiceField[Event]``.

    Only the type checker reads the type. (``django-stubs-ext`` does this for all of Django; these
    are the classes that we need.)
    """
    from django.core.paginator import Paginator
    from django.forms import BaseFormSet, BaseModelForm, ModelChoiceField
    from django.views.generic.base import View

    classes: list[Any] = [BaseFormSet, BaseModelForm, ModelChoiceField, Paginator, View]
    for each in classes:
        if not hasattr(each, "__class_getitem__"):
            each.__class_getitem__ = classmethod(lambda cls, *_types: cls)
