"""Which door answers which path."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from counterfoil.ops.health import healthz, readyz
from counterfoil.ops.metrics import metrics
from counterfoil.web.framework.errors import failed

handler500 = failed

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/", include("counterfoil.api.urls")),
    path("", include("counterfoil.web.urls")),
]
