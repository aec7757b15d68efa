"""Makes the application ready for a command that needs it."""

from __future__ import annotations

import os

SETTINGS = "counterfoil.config.settings"


def set_up() -> None:
    """Read the settings and load the rooms.

    Raises:
        ImproperlyConfigured: the environment holds a value that cannot be used.
    """
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
