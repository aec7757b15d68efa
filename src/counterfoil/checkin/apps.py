from __future__ import annotations

from django.apps import AppConfig


class CheckinConfig(AppConfig):
    name = "counterfoil.checkin"
    label = "checkin"
