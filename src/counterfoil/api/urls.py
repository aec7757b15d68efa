"""Every route of the API. Each module lists its own; here they are put together."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

#: Modules of this room that hold ``routes``, one a line.
MODULES = [
    "organizers",
    "saleschannels",
    "auditlog",
    "events",
    "eventsettings",
    "subevents",
    "items",
    "variations",
    "categories",
    "taxrules",
    "quotas",
    "questions",
    "orders",
    "orderpositions",
    "offlinesalesbatches",
    "batchtickets",
    "batchjobs",
    "ticketlayouts",
    "layoutassignments",
    "layoutelements",
    "ticketpdfrenderer",
    "renderjobs",
    "ticketdownloads",
    "checkinlists",
    "checkinlistpositions",
    "checkinrpc",
    "checkins",
    "devices",
    "device",
    "webhooks",
    "secretlists",
    "emptylists",
    "printlog",
    "upload",
    "service",
    "documentation",
]


def all_routes() -> list[URLPattern]:
    """Return the routes of every module, in order."""
    return [route for name in MODULES for route in import_module(f"counterfoil.api.{name}").routes]


urlpatterns: list[URLPattern | URLResolver] = [path("v1/", include(all_routes()))]
