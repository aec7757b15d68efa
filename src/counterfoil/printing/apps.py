from __future__ import annotations

from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "counterfoil.printing"
    label = "printing"

    def ready(self) -> None:
        from counterfoil.files import file_registry
        from counterfoil.printing import prints

        file_registry.register(prints.FOLDER, prints.referenced_files)
