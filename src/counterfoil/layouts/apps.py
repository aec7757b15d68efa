from __future__ import annotations

from django.apps import AppConfig


class LayoutsConfig(AppConfig):
    name = "counterfoil.layouts"
    label = "layouts"

    def ready(self) -> None:
        from counterfoil.catalog import cloning
        from counterfoil.files import file_registry
        from counterfoil.layouts import copying, files

        file_registry.register(files.FOLDER, files.referenced_files)
        file_registry.register(files.PICTURES, files.referenced_pictures)
        cloning.register(copying.copy_layouts)
