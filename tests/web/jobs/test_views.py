from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from batches.making import ask, make, work
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.batches.services import request_print
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.jobs.models import Job, WorkerHeartbeat
from makers import make_event, make_item, make_user
from pageclient import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(transactional_db: None) -> Event:
    return make_event()


def shown(pages: Client, base: str, **asked: Any) -> str:
    answer = pages.get(f"{base}jobs/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_making_and_printing_and_why_something_failed(
    pages: Client, user: User, event: Event, base: str
) -> None:
    item = make_item(event, quota=3)
    request_print(actor=UserActor(user), batch=make(item, 2))
    work(ask(item, 9))

    page = shown(pages, base)

    assert "Create 2 tickets" in page
    assert "Print 2 tickets" in page
    assert "Create 9 tickets" in page
    assert "has 1 left, but 9 are needed" in page
    assert 'hx-trigger="every 2s"' in page
    failed = shown(pages, base, state="failed")
    assert "Create 9 tickets" in failed
    assert "Print 2 tickets" not in failed
    assert "hx-trigger" not in failed


def test_without_a_worker_the_list_says_so(pages: Client, event: Event, base: str) -> None:
    ask(make_item(event))
    assert "No worker is running" in shown(pages, base)

    WorkerHeartbeat.objects.create(worker="here:1", seen=clock.now())

    assert "No worker is running" not in shown(pages, base)


def test_jobs_of_another_event_are_not_there(pages: Client, event: Event, base: str) -> None:
    ask(make_item(make_event(event.organizer)), 7)

    assert "No jobs yet" in shown(pages, base)


def test_what_failed_is_tried_again(pages: Client, user: User, event: Event, base: str) -> None:
    item = make_item(event, quota=3)
    asked = work(ask(item, 9))
    item.quotas.update(size=20)

    answer = pages.post(f"{base}jobs/{asked.pk}/retry/", follow=True)

    assert "The job will run again." in answer.content.decode()
    assert work(asked).batch is not None
    entry = LogEntry.objects.get(action="counterfoil.job.retried")
    assert (entry.user, entry.event, entry.object_id) == (user, event, str(asked.pk))


def test_only_what_failed_is_tried_again(pages: Client, event: Event, base: str) -> None:
    asked = ask(make_item(event))

    answer = pages.post(f"{base}jobs/{asked.pk}/retry/", follow=True)

    assert "Only a job that failed can be tried again." in answer.content.decode()
    assert not LogEntry.objects.filter(action="counterfoil.job.retried").exists()


def test_a_batch_and_a_print_of_anybody_are_called_off(
    pages: Client, user: User, event: Event, base: str
) -> None:
    item = make_item(event)
    somebody = UserActor(make_user(event.organizer))
    printing = request_print(actor=somebody, batch=make(item))
    making = ask(item)

    for asked in (printing, making):
        assert pages.post(f"{base}jobs/{asked.pk}/cancel/").status_code == 302

    states = Job.objects.filter(pk__in=[printing.pk, making.pk]).values_list("state", flat=True)
    assert set(states) == {Job.State.CANCELLED}
    told = LogEntry.objects.filter(user=user).values_list("action", flat=True)
    assert set(told) == {"counterfoil.renderjob.cancelled", "counterfoil.batchrequest.cancelled"}
    again = pages.post(f"{base}jobs/{making.pk}/cancel/", follow=True)
    assert "can no longer be cancelled" in again.content.decode()


def test_who_only_reads_changes_nothing(event: Event, base: str) -> None:
    pages = signed_in(make_user(event.organizer, permissions=["event.orders:read"]))
    asked = ask(make_item(event))

    assert "cancel/" not in shown(pages, base)
    assert pages.post(f"{base}jobs/{asked.pk}/cancel/").status_code == 403


def test_a_job_of_nothing_does_not_exist(pages: Client, base: str) -> None:
    assert pages.post(f"{base}jobs/{uuid.uuid4()}/cancel/").status_code == 404


def test_more_jobs_take_no_more_queries(pages: Client, event: Event, base: str) -> None:
    item = make_item(event)
    ask(item)
    with CaptureQueriesContext(connection) as few:
        shown(pages, base)

    for _ in range(5):
        ask(item)

    with CaptureQueriesContext(connection) as many:
        shown(pages, base)
    assert len(many) == len(few)
