from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "counterfoil.audit"
    label = "audit"

    def ready(self) -> None:
        from counterfoil.audit import log_clock
        from counterfoil.core import triggers

        triggers.keep(self, [log_clock.STAMP])
