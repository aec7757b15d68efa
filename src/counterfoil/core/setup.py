"""Makes the application ready for a command that needs it."""

from __future__ import annotations

import os

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
