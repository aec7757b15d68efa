from __future__ import annotations

from django.apps import AppConfig


class CheckinConfig(AppConfig):
    name = "counterfoil.checkin"
    label = "checkin"

    def ready(self) -> None:
        from counterfoil.catalog import cloning
        from counterfoil.checkin import copying

        cloning.register(copying.copy_lists)
