from __future__ import annotations

from django.apps import AppConfig

RESULTS = "results"


class JobsConfig(AppConfig):
    name = "counterfoil.jobs"
    label = "jobs"

    def ready(self) -> None:
        from counterfoil.files import file_registry
        from counterfoil.jobs import cleanup, queries  # noqa: F401 - the cleanup is a chore

        file_registry.register(RESULTS, queries.named_files)
