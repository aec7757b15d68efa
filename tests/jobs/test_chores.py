from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError

from counterfoil.jobs import chores
from counterfoil.jobs.poller import Poller

pytestmark = pytest.mark.django_db


@pytest.fixture
def done() -> Iterator[list[str]]:
    """What a chore of the test's own has done: each time ``"done"``."""
    work: list[str] = []

    def do() -> None:
        work.append("done")

    yield from _registered(do, work)


def _registered(do: Callable[[], None], work: list[str]) -> Iterator[list[str]]:
    chores.chore(every_s=60)(do)
    yield work
    chores.forget(do)


def test_a_worker_does_its_chores_at_once_and_not_again_at_once(done: list[str]) -> None:
    poller = Poller(print)

    poller.turn()
    poller.turn()

    assert done == ["done"]


def test_every_worker_does_them(done: list[str]) -> None:
    Poller(print).turn()
    Poller(print).turn()

    assert done == ["done", "done"]


def test_a_chore_that_fails_is_logged_and_the_others_are_done(
    done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    for _ in _registered(fail, []):
        with caplog.at_level(logging.ERROR):
            Poller(print).turn()

    assert done == ["done"]
    assert "fail" in caplog.text


def test_a_database_that_is_away_is_left_to_the_poller() -> None:
    def fail() -> None:
        raise OperationalError

    for _ in _registered(fail, []):
        with pytest.raises(OperationalError):
            Poller(print).turn()
