from __future__ import annotations

from django.apps import AppConfig


class CheckinConfig(AppConfig):
    name = "counterfoil.checkin"
    label = "checkin"

    def ready(self) -> None:
        from counterfoil.catalog import cloning
        from counterfoil.checkin import copying, entry_counts
        from counterfoil.core import summaries, triggers

        cloning.register(copying.copy_lists)
        summaries.register(entry_counts.SUMMARY)
        triggers.keep(self, entry_counts.TRIGGERS, then=entry_counts.rebuild)
