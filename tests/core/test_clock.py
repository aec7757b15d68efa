from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from counterfoil.core import clock

pytestmark = pytest.mark.django_db(transaction=True)

AHEAD = timedelta(hours=1)


def _connect_anew() -> None:
    connection.close()
    connection.ensure_connection()


def test_a_host_whose_clock_is_ahead_goes_by_the_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    right = timezone.now
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: right() + AHEAD)
        _connect_anew()

        wrong_by = clock.now() - right()

    _connect_anew()
    hosts_own = connection.vendor == "sqlite"  # it has no clock but the host's
    assert abs(wrong_by - AHEAD * hosts_own) < timedelta(minutes=5)
    assert abs(clock.now() - right()) < timedelta(minutes=5)
