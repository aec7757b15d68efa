from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from counterfoil.catalog.models import Organizer
from counterfoil.core.transactions import late_atomic
from makers import make_organizer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

DEADLINE_S = 60


@contextmanager
def _held() -> Iterator[Callable[[], None]]:
    """Hold the write lock; gives what ends that."""
    other = sqlite3.connect(
        connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    try:
        yield lambda: (other.execute("COMMIT"), None)[1]
    finally:
        other.close()


def _patience_ms() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("begin", [transaction.atomic, late_atomic])
def test_who_waits_for_the_write_lock_gets_it_when_it_is_free(begin: Callable[[], object]) -> None:
    organizer, patience_ms = make_organizer(name="Mill"), _patience_ms()
    with _held() as end:
        # Far longer than one try, and than SQLite's longest sleep.
        timer = threading.Event()
        thread = threading.Thread(target=lambda: (timer.wait(0.5), end()))
        thread.start()
        with begin():  # type: ignore[attr-defined]
            Organizer.objects.filter(pk=organizer.pk).update(name="Later")
        thread.join(DEADLINE_S)

    assert Organizer.objects.get().name == "Later"
    assert _patience_ms() == patience_ms


@pytest.mark.parametrize("begin", [transaction.atomic, late_atomic])
def test_nobody_waits_longer_than_they_want(begin: Callable[[], object]) -> None:
    make_organizer(name="Mill")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    try:
        with _held(), pytest.raises(OperationalError, match="locked"), begin():  # type: ignore[attr-defined]
            Organizer.objects.update(name="Never")
        left = _patience_ms()
    finally:
        connection.close()

    assert (left, Organizer.objects.get().name) == (50, "Mill")
