from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "counterfoil.catalog"
    label = "catalog"
