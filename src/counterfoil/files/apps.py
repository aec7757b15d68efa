from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "counterfoil.files"
    label = "files"

    def ready(self) -> None:
        from counterfoil.files import file_registry, pictures, services, uploads

        file_registry.register(uploads.FOLDER, uploads.referenced_files)
        file_registry.register(pictures.FOLDER, pictures.referenced_files)
        file_registry.register(services.CHECKS, set)
