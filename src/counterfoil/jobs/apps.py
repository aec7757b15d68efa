from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "counterfoil.jobs"
    label = "jobs"
