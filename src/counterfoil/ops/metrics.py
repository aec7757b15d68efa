"""Figures for Prometheus.

Counters are kept by every process, and added up where PROMETHEUS_MULTIPROC_DIR names a folder
that they share (``serve`` makes one). How many jobs wait and run is read from their rows when
somebody asks, so that it is right whoever is asked.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from counterfoil.jobs.status import job_status

_REQUESTS = Counter("counterfoil_requests", "Requests answered.", ["method", "route", "status"])
_SECONDS = Histogram(
    "counterfoil_request_seconds",
    "Time until the answer began.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10),
)
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via")


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    _REQUESTS.labels(method, route, str(status)).inc()
    _SECONDS.labels(method, route).observe(seconds)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all figures, to those who may see them.

    With COUNTERFOIL_METRICS_TOKEN that is who sends it as a bearer token; without, who asks from
    this machine, and not through a proxy.
    """
    if settings.METRICS_TOKEN:
        if not _has_token(request):
            answer = JsonResponse({"detail": "A metrics token is needed."}, status=401)
            answer["WWW-Authenticate"] = "Bearer"
            return answer
    elif not _is_local(request):
        detail = "Metrics are shown on this machine only; set COUNTERFOIL_METRICS_TOKEN."
        return JsonResponse({"detail": detail}, status=403)
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)


def _is_local(request: HttpRequest) -> bool:
    """Behind a proxy on this machine everybody seems to ask from here."""
    if settings.BEHIND_PROXY or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:  # a Unix socket has no address; only a proxy asks there
        return False


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(_Jobs())
    return registry


class _Jobs(Collector):
    """How the jobs stand now, by their rows and the database's clock.

    While the database is away, the figures of processes are all there is.
    """

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            now = job_status()
        except DatabaseError:
            return
        yield self._by_kind("waiting", "Jobs that wait for a worker.", now.waiting)
        yield self._by_kind("running", "Jobs that are being done.", now.running)
        yield _gauge(
            "counterfoil_jobs_expired_leases",
            "Running jobs whose worker has been silent for a lease.",
            now.expired_leases,
        )
        yield _gauge(
            "counterfoil_jobs_oldest_wait_seconds",
            "How long the oldest waiting job has waited.",
            now.oldest_wait_s or 0,
        )
        yield _gauge("counterfoil_workers", "Workers that are alive.", now.workers)
        if now.heartbeat_age_s is not None:
            yield _gauge(
                "counterfoil_worker_heartbeat_age_seconds",
                "Time since a worker last said that it lives.",
                now.heartbeat_age_s,
            )

    def _by_kind(
        self, state: str, documentation: str, numbers: dict[str, int]
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"counterfoil_jobs_{state}", documentation, labels=["kind"])
        for kind, number in sorted(numbers.items()):
            family.add_metric([kind], number)
        return family


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, value=value)
