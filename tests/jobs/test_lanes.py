from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from counterfoil.core.refusals import Conflict
from counterfoil.jobs import lanes, runner, services
from counterfoil.jobs.claims import Cancelled, Claim, Lost
from counterfoil.jobs.models import Job
from counterfoil.jobs.wakeup import JOBS, Wakeup
from jobs.jobtools import again, ask, claim, handling, let_lease_end

pytestmark = pytest.mark.django_db


def ask_in(lane: str, kind: str = "test.nothing") -> Job:
    job = ask(kind)
    Job.objects.filter(pk=job.pk).update(lane=lane)
    return job


def lanes_due() -> list[str]:
    by_id = Job.objects.in_bulk(lanes.due(50))
    return [by_id[key].lane for key in lanes.due(50)]


def test_lanes_take_turns_however_many_jobs_each_has() -> None:
    for lane in "aaaabbc":
        ask_in(lane)

    assert lanes_due() == ["a", "b", "c", "a", "b", "a", "a"]


def test_jobs_of_a_lane_are_done_in_the_order_they_came() -> None:
    jobs = [ask_in("a").pk for _ in range(3)]

    assert lanes.due(50) == jobs


def test_a_lane_that_was_just_served_comes_after_one_that_waits() -> None:
    first, *_others = [ask_in("a") for _ in range(20)]
    claim(first).finish()
    ask_in("b")

    assert lanes_due()[:3] == ["b", "a", "a"]


def test_the_lane_served_longest_ago_is_next() -> None:
    for lane in ("a", "b"):
        claim(ask_in(lane)).finish()
    for lane in ("b", "a"):
        ask_in(lane)

    assert lanes_due() == ["a", "b"]


def test_a_lane_with_fewer_running_jobs_is_next() -> None:
    for lane in ("a", "b", "a"):
        claim(ask_in(lane))
    for lane in ("a", "b"):
        ask_in(lane)

    assert lanes_due() == ["b", "a"]


def test_a_lane_runs_no_more_jobs_than_it_may(settings: LazySettings) -> None:
    settings.JOBS_PER_LANE = 2
    first, second, third = (ask_in("a") for _ in range(3))
    running = claim(first)
    claim(second)

    assert Claim.take(third.pk) is None
    assert lanes.due(50) == []
    running.finish()
    assert lanes.due(50) == [third.pk]
    assert claim(third)


def test_a_full_lane_holds_no_other_back(settings: LazySettings) -> None:
    settings.JOBS_PER_LANE = 1
    claim(ask_in("a"))
    ask_in("a")

    assert claim(ask_in("b"))


def test_jobs_without_a_lane_are_not_limited(settings: LazySettings) -> None:
    settings.JOBS_PER_LANE = 1
    claim(ask_in(""))
    waiting = ask_in("")

    assert lanes.due(50) == [waiting.pk]
    assert claim(waiting)


def test_a_lane_without_a_place_runs_nothing(settings: LazySettings) -> None:
    settings.JOBS_PER_LANE = 0

    assert Claim.take(ask_in("a").pk) is None


def test_a_job_put_off_gives_its_place_to_another(settings: LazySettings) -> None:
    settings.JOBS_PER_LANE = 1
    claim(ask_in("a")).reschedule(60)

    assert claim(ask_in("a"))


def test_a_job_whose_worker_died_is_claimed_again_though_its_lane_is_full(
    settings: LazySettings,
) -> None:
    settings.JOBS_PER_LANE = 1
    job = ask_in("a")
    ask_in("a")
    claim(job)
    let_lease_end(job)

    assert lanes.due(1) == [job.pk]
    assert claim(job).attempt == 2


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_keep_to_the_limit(settings: LazySettings) -> None:
    settings.JOBS_PER_LANE = 3
    jobs = [ask_in("a") for _ in range(8)]
    start, claims = threading.Barrier(8), list[Claim | None]()

    def take(job: Job) -> None:
        start.wait()
        claims.append(Claim.take(job.pk))
        connection.close()

    threads = [threading.Thread(target=take, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([each for each in claims if each]) == 3
    slots = Job.objects.filter(state="running").values_list("slot", flat=True)
    assert sorted(slots) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_a_long_queue_delays_another_lane_by_the_job_that_runs_only() -> None:
    finished: list[str] = []

    def note(claimed: Claim) -> None:
        lane = Job.objects.get(pk=claimed.job_id).lane
        if not finished:  # while the first of twenty runs, somebody else asks for one
            ask_in("small", "test.notes")
        finished.append(lane)
        claimed.finish()

    with handling("test.notes", note):
        for _ in range(20):
            ask_in("large", "test.notes")
        while runner.run_next():
            pass

    assert finished == ["large", "small", *["large"] * 19]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_begins_a_job_wakes_another_for_the_next(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    other = Wakeup(JOBS)
    woken: list[bool] = []

    def look(claimed: Claim) -> None:
        woken.append(other.wait(0))
        claimed.finish()

    with handling("test.look", look):
        ask("test.look")
        ask("test.look")
        other.wait(0)
        assert runner.run_next()
        assert runner.run_next()

    assert woken == [True, False]
    other.close()


@pytest.mark.django_db(transaction=True)
def test_where_nothing_waits_nothing_is_done() -> None:
    assert runner.run_next() is False


def test_a_job_that_was_cancelled_cannot_finish() -> None:
    job = ask()
    claimed = claim(job)
    services.cancel(job)

    with pytest.raises(Cancelled):
        claimed.finish()
    claimed.stop()

    assert again(job).state == Job.State.CANCELLED


def test_a_job_that_was_cancelled_is_neither_failed_nor_put_off() -> None:
    job = ask()
    claimed = claim(job)
    services.cancel(job)

    with pytest.raises(Cancelled):
        claimed.fail("It did not work.")
    with pytest.raises(Cancelled):
        claimed.reschedule(60)

    assert again(job).state == Job.State.RUNNING


def test_a_claim_that_was_lost_learns_so_though_the_job_was_cancelled() -> None:
    job = ask()
    claimed = claim(job)
    let_lease_end(job)
    claim(job)
    services.cancel(job)

    with pytest.raises(Lost):
        claimed.finish()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("problem", [None, OSError("disk"), RuntimeError("bug")])
def test_a_job_cancelled_at_its_last_moment_ends_as_cancelled(problem: Exception | None) -> None:
    def work(claimed: Claim) -> None:
        services.cancel(Job.objects.get(pk=claimed.job_id))
        if problem:
            raise problem
        claimed.finish()

    with handling("test.late", work):
        job = ask("test.late")
        runner.run(job.pk)

    assert again(job).state == Job.State.CANCELLED


def test_a_job_that_is_over_cannot_be_cancelled() -> None:
    job = ask()
    claim(job).finish()

    with pytest.raises(Conflict):
        services.cancel(job)
    assert again(job).state == Job.State.DONE
    assert job.cancel_requested is False
