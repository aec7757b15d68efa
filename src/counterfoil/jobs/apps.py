from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "counterfoil.jobs"
    label = "jobs"

    def ready(self) -> None:
        from counterfoil.files import file_registry
        from counterfoil.jobs import queries
        from counterfoil.jobs.models import RESULTS

        file_registry.register(RESULTS, queries.referenced_files)
