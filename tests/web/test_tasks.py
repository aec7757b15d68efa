"""What workers do for the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from counterfoil.core import clock
from counterfoil.jobs.periodic import Scheduler


@pytest.mark.django_db
def test_a_worker_forgets_sessions_that_have_ended() -> None:
    hour = timedelta(hours=1)
    Session.objects.create(session_key="ended", expire_date=clock.now() - hour)
    Session.objects.create(session_key="lasting", expire_date=clock.now() + hour)

    Scheduler().turn()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["lasting"]
