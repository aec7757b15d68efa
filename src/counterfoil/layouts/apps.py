from __future__ import annotations

from django.apps import AppConfig


class LayoutsConfig(AppConfig):
    name = "counterfoil.layouts"
    label = "layouts"

    def ready(self) -> None:
        from counterfoil.catalog import cloning
        from counterfoil.files import folders
        from counterfoil.layouts import copying, stored

        folders.register(stored.FOLDER, stored.named_files)
        cloning.register(copying.copy_layouts)
