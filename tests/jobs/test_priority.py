from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest
from django.utils import translation

from counterfoil.jobs import priority, registry, runner
from counterfoil.jobs.claims import Claim
from counterfoil.printing.services import RENDER
from jobs.jobtools import again, ask, handling

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness elsewhere"),
]


@pytest.fixture(autouse=True)
def giving_way() -> Iterator[None]:
    priority.give_way(3)
    yield
    priority.give_way(0)


def niceness_of(kind: str, **how: bool) -> int:
    noted: list[int] = []

    def note(claimed: Claim) -> None:
        noted.append(os.getpriority(os.PRIO_PROCESS, 0))
        claimed.finish()

    with handling(kind, note, **how):
        job = ask(kind)
        runner.run(job.pk)
    assert again(job).state == "done"
    return noted[0]


def test_a_job_that_computes_gives_way_and_no_other_does() -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)

    assert niceness_of("test.prints", gives_way=True) == min(ours + 3, 19)
    assert niceness_of("test.locks") == ours
    assert os.getpriority(os.PRIO_PROCESS, 0) == ours


def test_prints_give_way_and_batches_do_not() -> None:
    assert registry.gives_way(RENDER)
    assert not registry.gives_way("batches.create")


def test_a_job_that_gives_way_speaks_the_language_of_whoever_asked() -> None:
    def say(claimed: Claim) -> None:
        claimed.finish({"language": translation.get_language()})

    with handling("test.says", say, gives_way=True, language=lambda _job: "de"):
        job = ask("test.says")
        runner.run(job.pk)

    assert again(job).result == {"language": "de"}


def test_a_job_that_gives_way_fails_like_others() -> None:
    def fail(claimed: Claim) -> None:
        raise RuntimeError("bug")

    with handling("test.fails", fail, gives_way=True):
        job = ask("test.fails")
        runner.run(job.pk)

    assert again(job).state == "failed"


def test_what_ends_a_thread_ends_the_one_that_waits_for_it() -> None:
    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        priority.run_giving_way(leave)
    assert not [thread for thread in threading.enumerate() if thread.name == "giving way"]


def test_where_nothing_gives_way_the_job_stays_in_its_thread() -> None:
    priority.give_way(0)
    threads: list[int] = []

    priority.run_giving_way(lambda: threads.append(threading.get_ident()))

    assert threads == [threading.get_ident()]
