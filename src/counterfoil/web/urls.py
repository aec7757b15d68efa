"""Every route of the pages. Each module lists its own; here they are put together."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver

app_name = "web"

#: Modules of ``pages`` that hold ``routes``, one a line.
MODULES = [
    "signin",
    "firstrun",
    "account",
    "secondfactor",
    "teams",
    "invitations",
    "tokens",
    "devices",
    "organizers",
    "channels",
    "webhooks",
    "events",
    "subevents",
    "items",
    "taxrules",
    "quotas",
    "editor",
    "layouts",
    "checkinlists",
    "singletickets",
    "orders",
    "batches",
    "batchrequests",
    "batchtickets",
    "prints",
    "jobs",
]


def all_routes() -> list[URLPattern]:
    """Return the routes of every module, in order."""
    return [
        route for name in MODULES for route in import_module(f"counterfoil.web.pages.{name}").routes
    ]


urlpatterns: list[URLPattern | URLResolver] = [*all_routes()]
