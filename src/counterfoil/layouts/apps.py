from __future__ import annotations

from django.apps import AppConfig


class LayoutsConfig(AppConfig):
    name = "counterfoil.layouts"
    label = "layouts"
