from __future__ import annotations

from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from apiclient import Api, at
from counterfoil.audit.models import LogEntry
from counterfoil.cli.main import main
from counterfoil.jobs import services
from counterfoil.jobs.claims import Claim
from counterfoil.jobs.models import Job
from makers import make_event, make_item, make_order, make_team, make_token

pytestmark = pytest.mark.django_db


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["jobs", *arguments])


def _failed() -> Job:
    job = services.submit(kind="test.kind", payload={}, total=10)
    claim = Claim.take(job.pk)
    assert claim is not None
    claim.fail("The disk is full.")
    return job


def test_jobs_are_listed_with_what_became_of_them() -> None:
    failed, waiting = _failed(), services.submit(kind="test.kind", payload={})

    lines = _run("list").output.splitlines()

    assert len(lines) == 2
    assert str(waiting.pk) in lines[0]
    assert "waiting" in lines[0]
    assert str(failed.pk) in lines[1]
    assert lines[1].endswith("The disk is full.")


def test_a_list_can_be_of_one_state() -> None:
    failed = _failed()
    services.submit(kind="test.kind", payload={})

    [line] = _run("list", "--state", "failed").output.splitlines()

    assert str(failed.pk) in line


def test_a_failed_job_is_tried_again() -> None:
    job = _failed()

    ended = _run("retry", str(job.pk))

    assert (ended.exit_code, ended.output) == (0, f"Job {job.pk} is waiting for a worker.\n")
    job.refresh_from_db()
    assert job.state == Job.State.WAITING


def test_what_is_done_by_hand_is_written_down() -> None:
    failed, waiting = _failed(), services.submit(kind="test.kind", payload={})

    _run("retry", str(failed.pk))
    _run("cancel", str(waiting.pk))

    entries = LogEntry.objects.order_by("pk").values_list("action", "object_id", "actor", "data")
    by_hand = {"by": "command line"}
    assert list(entries) == [
        ("counterfoil.job.retried", str(failed.pk), "", by_hand),
        ("counterfoil.job.cancelled", str(waiting.pk), "", by_hand),
    ]


def test_what_is_done_by_hand_is_in_the_log_of_the_jobs_event() -> None:
    event = make_event()
    api = Api(make_token(make_team(event.organizer))[1])
    ticket = make_order(event, items=[make_item(event)]).positions.get().pk
    for path, wish in {
        "offlinesalesbatches/": {"item": make_item(event).pk, "amount": 1},
        "ticketpdfrenderer/render_batch/": {"parts": [{"orderposition": ticket}]},
    }.items():
        assert api.post(at(event, path), json=wish).status_code == 202
    jobs = {str(job.pk) for job in Job.objects.all()}

    for job in jobs:
        _run("cancel", job)

    log = f"/organizers/{event.organizer.slug}/auditlog/?action=counterfoil.job.cancelled"
    shown = api.get(log).json()["results"]
    assert len(jobs) == 2
    assert {entry["object_id"] for entry in shown} == jobs
    assert {entry["event"] for entry in shown} == {event.slug}


def test_a_job_that_did_not_fail_is_not_tried_again() -> None:
    job = services.submit(kind="test.kind", payload={})

    ended = _run("retry", str(job.pk))

    assert ended.exit_code == 1
    assert ended.output == "counterfoil: Only a job that failed can be tried again.\n"
    assert not LogEntry.objects.exists()


def test_a_waiting_job_is_cancelled() -> None:
    job = services.submit(kind="test.kind", payload={})

    ended = _run("cancel", str(job.pk))

    assert ended.output == f"Job {job.pk} is cancelled.\n"


def test_a_running_job_is_cancelled_when_it_can_stop() -> None:
    job = services.submit(kind="test.kind", payload={})
    Claim.take(job.pk)

    ended = _run("cancel", str(job.pk))

    assert ended.output == f"Job {job.pk} is cancelled as soon as it can stop.\n"


def test_an_unknown_job_is_told_in_a_sentence() -> None:
    job_id = uuid4()

    ended = _run("retry", str(job_id))

    assert (ended.exit_code, ended.output) == (1, f"counterfoil: There is no job {job_id}.\n")
