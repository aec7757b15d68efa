from __future__ import annotations

from django.apps import AppConfig


class LayoutsConfig(AppConfig):
    name = "counterfoil.layouts"
    label = "layouts"

    def ready(self) -> None:
        from counterfoil.catalog import cloning
        from counterfoil.files import file_registry
        from counterfoil.layouts import cleanup, copying

        file_registry.register(cleanup.FOLDER, cleanup.referenced_files)
        cloning.register(copying.copy_layouts)
