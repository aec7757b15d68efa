from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "counterfoil.files"
    label = "files"

    def ready(self) -> None:
        from counterfoil.files import folders, pictures, services, uploads

        folders.register(uploads.FOLDER, uploads.named_files)
        folders.register(pictures.FOLDER, pictures.named_files)
        folders.register(services.CHECKS, set)
