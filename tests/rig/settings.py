"""The real settings, with the rig's jobs and its door."""

from __future__ import annotations

from counterfoil.config.settings import *  # noqa: F403
from counterfoil.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "rig"]
ROOT_URLCONF = "rig.urls"
