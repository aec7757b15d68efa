from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from django.conf import LazySettings

from counterfoil.jobs.wakeup import JOBS, PERIODIC, Wakeup, notify


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_all_workers_that_wait_are_woken_and_those_that_wait_for_others_are_not() -> None:
    first, second, other = Wakeup(JOBS), Wakeup(JOBS), Wakeup(PERIODIC)
    woken: list[bool] = []
    waiting = [
        threading.Thread(target=lambda w=w: woken.append(w.wait(60))) for w in (first, second)
    ]
    for thread in waiting:
        thread.start()

    while any(thread.is_alive() for thread in waiting):  # one of them may not have waited yet
        assert notify(JOBS)

    assert woken == [True, True]
    assert not other.wait(0)
    for wakeup in (first, second, other):
        wakeup.close()


def test_a_notification_outlives_whoever_sent_it_and_wakes_once() -> None:
    wakeup = Wakeup(JOBS)

    for _ in range(100_000):  # more than a pipe holds
        assert notify(JOBS)

    while wakeup.wait(0):
        pass
    assert not wakeup.wait(0)
    assert notify(JOBS)
    assert wakeup.wait(0)
    wakeup.close()


def test_one_worker_alone_can_be_woken() -> None:
    mine, other = Wakeup(JOBS), Wakeup(JOBS)

    mine.wake()

    assert mine.wait(60)
    assert not other.wait(0)
    mine.close()
    other.close()


def test_nobody_is_notified_where_no_worker_runs(folder: Path) -> None:
    assert not notify(JOBS)
    Wakeup(JOBS).close()
    assert not notify(JOBS)


def test_only_the_owner_can_reach_the_workers(folder: Path) -> None:
    wakeup = Wakeup(JOBS)

    assert {place.stat().st_mode & 0o777 for place in folder.iterdir()} == {0o600}
    wakeup.close()


@pytest.mark.parametrize("what", ["file", "link", "folder"])
def test_what_is_no_pipe_is_neither_waited_for_nor_written_to(
    folder: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    place, elsewhere = folder / "wakeup-jobs", folder / "elsewhere"
    elsewhere.write_text("mine")
    match what:
        case "file":
            place.write_text("mine")
        case "link":
            place.symlink_to(elsewhere)
        case _:
            place.mkdir()

    wakeup = Wakeup(JOBS)

    assert not wakeup.is_connected
    assert not notify(JOBS)
    assert not wakeup.wait(0)
    assert elsewhere.read_text() == "mine"
    assert what != "file" or place.read_text() == "mine"
    assert "cannot be woken" in caplog.text
    wakeup.close()


def test_a_folder_that_is_gone_costs_no_more_than_the_notification(
    settings: LazySettings, folder: Path
) -> None:
    settings.DATA_DIR = folder / "gone"
    wakeup = Wakeup(JOBS)

    assert not wakeup.is_connected
    assert not notify(JOBS)
    wakeup.close()


def test_two_workers_that_hear_one_notification_do_not_wait_for_each_other(folder: Path) -> None:
    wakeup = Wakeup(JOBS)
    assert notify(JOBS)
    faster = os.open(folder / "wakeup-jobs", os.O_RDONLY | os.O_NONBLOCK)
    ready = wakeup._poll.poll(0)

    os.read(faster, 100)

    assert wakeup._drain(ready)
    os.close(faster)
    wakeup.close()
