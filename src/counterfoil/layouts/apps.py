from __future__ import annotations

from django.apps import AppConfig


class LayoutsConfig(AppConfig):
    name = "counterfoil.layouts"
    label = "layouts"

    def ready(self) -> None:
        from counterfoil.files import folders
        from counterfoil.layouts import stored

        folders.register(stored.FOLDER, stored.named_files)
