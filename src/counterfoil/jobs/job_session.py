"""What earlier attempts of a job left behind in PostgreSQL: sessions that hold locks.

A worker that stops while it copies rows does not idle in its transaction, so that no timeout of the
server's ends it, and a quota would stay locked until its machine is gone. Each attempt therefore
names its session after the job, and first ends those that bear the name already. SQLite's one lock
is freed by the supervisor, which ends a silent worker.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, connection

from counterfoil.jobs.claims import Claim

_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = %s AND pid <> pg_backend_pid()
      AND datname = current_database() AND usename = current_user
      AND EXISTS (SELECT 1 FROM jobs_job WHERE id = %s AND attempt = %s)
"""


@contextlib.contextmanager
def job_session(claim: Claim) -> Iterator[None]:
    """Work on a job in a session of its name, the only one."""
    if connection.vendor != "postgresql":
        yield
        return
    name = f"counterfoil job {claim.job_id}"
    with connection.cursor() as cursor:
        cursor.execute(_END_OTHERS, [name, claim.job_id, claim.attempt])
        cursor.execute("SELECT set_config('application_name', %s, false)", [name])
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("RESET application_name")
