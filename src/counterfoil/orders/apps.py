from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "counterfoil.orders"
    label = "orders"

    def ready(self) -> None:
        from counterfoil.core import summaries, triggers
        from counterfoil.orders import ticket_counts

        summaries.register(ticket_counts.SUMMARY)
        triggers.keep(self, ticket_counts.TRIGGERS, then=ticket_counts.SUMMARY.repair)
