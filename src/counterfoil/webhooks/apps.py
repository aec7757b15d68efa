from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "counterfoil.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from counterfoil.audit import services as audit
        from counterfoil.webhooks import outbox

        audit.follow(outbox.write)
