"""What workers do for the pages beside the jobs."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

from counterfoil.jobs.periodic import periodic


@periodic(every_s=3600)
def forget_ended_sessions() -> None:
    SessionStore.clear_expired()
