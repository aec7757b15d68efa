from __future__ import annotations

from django.apps import AppConfig

RESULTS = "results"


class JobsConfig(AppConfig):
    name = "counterfoil.jobs"
    label = "jobs"

    def ready(self) -> None:
        from counterfoil.files import folders
        from counterfoil.jobs import cleanup, queries  # noqa: F401 - the cleanup is a chore

        folders.register(RESULTS, queries.named_files)
