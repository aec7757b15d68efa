from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "counterfoil.accounts"
    label = "accounts"
