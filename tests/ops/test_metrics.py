from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from apiclient import Api
from counterfoil.catalog.models import Event
from counterfoil.jobs import runner, services
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job, WorkerHeartbeat
from jobs.jobtools import handling
from makers import make_event, make_team, make_token
from servers import World, eventually, post_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def api(event: Event) -> Api:
    return Api(make_token(make_team(event.organizer))[1])


def _scrape(**given: Any) -> dict[tuple[str, ...], float]:
    """Return each figure by its name and the values of its labels, in the order of their names."""
    answer = Client().get("/metrics", **given)
    assert answer.status_code == 200
    return _read(answer.content.decode())


def _read(text: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_requests_are_counted_by_route_and_not_by_path(api: Api, event: Event) -> None:
    route = "api/v1/organizers/<str:organizer>/events/<str:event>/items/"
    path = f"/organizers/{event.organizer.slug}/events/{event.slug}/items/"
    before = _scrape().get(("counterfoil_requests_total", "GET", route, "200"), 0)

    api.get(path)
    api.get("/nowhere/secret-of-a-ticket")
    figures = _scrape()

    assert figures["counterfoil_requests_total", "GET", route, "200"] == before + 1
    assert figures["counterfoil_request_seconds_count", "GET", route] >= 1
    assert figures["counterfoil_requests_total", "GET", "unmatched", "404"] >= 1
    assert not any("secret-of-a-ticket" in str(name) for name in figures)


def test_an_invented_method_makes_no_series_of_its_own() -> None:
    Client().generic("BREW", "/healthz")

    figures = _scrape()

    assert any(name[0] == "counterfoil_requests_total" and "other" in name for name in figures)
    assert not any("BREW" in name for name in figures)


def test_how_jobs_stand_is_read_from_their_rows() -> None:
    services.submit(kind="test.kind", payload={})
    waiting = services.submit(kind="test.kind", payload={})
    running = services.submit(kind="test.other", payload={})
    long_ago = timezone.now() - timedelta(seconds=100)
    Job.objects.filter(pk=waiting.pk).update(created=long_ago)
    Job.objects.filter(pk=running.pk).update(state="running", lease_until=long_ago)
    WorkerHeartbeat.objects.create(worker="host:1", seen=timezone.now())

    figures = _scrape()

    assert figures["counterfoil_jobs_waiting", "test.kind"] == 2
    assert figures["counterfoil_jobs_running", "test.other"] == 1
    assert figures[("counterfoil_jobs_expired_leases",)] == 1
    assert 99 < figures[("counterfoil_jobs_oldest_wait_seconds",)] < 200
    assert figures[("counterfoil_workers",)] == 1
    assert ("counterfoil_worker_heartbeat_age_seconds",) in figures


def test_without_the_database_the_figures_of_processes_are_shown() -> None:
    def execute(*given: Any) -> Any:
        raise OperationalError("gone")

    Client().get("/healthz")
    with connection.execute_wrapper(execute):
        figures = _scrape()

    assert figures["counterfoil_requests_total", "GET", "healthz", "200"] >= 1
    assert ("counterfoil_workers",) not in figures


def test_attempts_and_pieces_are_counted_by_kind_and_end() -> None:
    def do(claim: Claim) -> None:
        claim.finish()

    job = services.submit(kind="test.counted", payload={}, total=7)
    with handling("test.counted", do):
        runner.run(job.pk)

    figures = _scrape()
    assert figures["counterfoil_job_attempts_total", "done", "test.counted"] == 1
    assert figures["counterfoil_job_pieces_total", "test.counted"] == 7
    assert figures["counterfoil_job_seconds_count", "test.counted"] == 1


@pytest.mark.parametrize(
    "given",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"headers": {"X-Forwarded-For": "192.0.2.7"}},
        {"headers": {"Forwarded": "for=192.0.2.7"}},
    ],
)
def test_figures_are_for_this_machine_alone(given: Any) -> None:
    answer = Client().get("/metrics", **given)

    assert answer.status_code == 403
    assert b"counterfoil_requests" not in answer.content


def test_behind_a_proxy_everybody_seems_local_and_nobody_is(settings: LazySettings) -> None:
    settings.BEHIND_PROXY = True

    assert Client().get("/metrics").status_code == 403


def test_with_a_token_whoever_has_it_sees_the_figures(settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "prometheus-may-look"
    far = {"REMOTE_ADDR": "192.0.2.7"}

    without = Client().get("/metrics")
    wrong = Client().get("/metrics", headers={"Authorization": "Bearer prometheus-may-not"})

    assert (without.status_code, without["WWW-Authenticate"]) == (401, "Bearer")
    assert wrong.status_code == 401
    assert _scrape(headers={"Authorization": "Bearer prometheus-may-look"}, **far)


@pytest.mark.slow
def test_the_figures_of_all_processes_are_added_up(embedded: World) -> None:
    served = embedded.start("serve", "--port", "0")
    job = post_job(served.address, "rig.rows", amount=10)
    embedded.wait_for(job, state="done")

    def look() -> dict[tuple[str, ...], float] | None:
        figures = _read(httpx.get(f"{served.address}/metrics", timeout=30).text)
        done = ("counterfoil_job_attempts_total", "done", "rig.rows")
        return figures if figures.get(done) == 1 else None

    figures = eventually(look, "the web process tells what the worker did")
    assert figures["counterfoil_job_pieces_total", "rig.rows"] == 10
    assert figures["counterfoil_requests_total", "POST", "jobs/", "202"] == 1
    assert figures[("counterfoil_workers",)] == 1


@pytest.mark.slow
def test_a_worker_host_shows_its_own_figures(distributed: World) -> None:
    port = _free_port()
    distributed.start("worker", "--concurrency", "2", "--metrics-port", str(port))
    job = distributed.insert_job("rig.rows", amount=10)
    distributed.wait_for(job, state="done")

    def look() -> bool:
        figures = _read(httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text)
        return figures.get(("counterfoil_job_pieces_total", "rig.rows")) == 10

    assert eventually(look, "the parent tells what its pool did")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
