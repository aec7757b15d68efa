"""Whose turn it is: lanes keep one customer's long queue from blocking everybody else.

A lane is an opaque text on a job; jobs of one lane are done in the order they came. Among lanes,
the one with the fewest running jobs is next, and of several the one that has waited longest since
its last claim. However long a lane's queue, another lane's job waits for what runs, not for it.

Jobs without a lane take turns with the lanes as if they were one, but any number of them may run.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import connection

from counterfoil.jobs import databaseclock
from counterfoil.jobs.models import Job


def due(limit: int) -> list[UUID]:
    """Return the jobs that anybody may start now, in the order in which their turns come.

    They wait, or were left by a worker that died; lanes that run all they may have none.
    """
    now = databaseclock.now()
    startable = "attempt < max_attempts AND NOT cancel_requested"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH free AS (
                SELECT id, lane, created FROM jobs_job
                WHERE state = 'waiting' AND {startable}
                  AND (lease_until IS NULL OR lease_until < {now})
                UNION ALL
                SELECT id, lane, created FROM jobs_job
                WHERE state = 'running' AND {startable} AND lease_until < {now}
            ), queued AS (
                SELECT id, lane, created,
                       row_number() OVER (PARTITION BY lane ORDER BY created, id) AS place
                FROM free
            ), busy AS (
                SELECT lane, count(*) AS jobs FROM jobs_job
                WHERE state = 'running' AND lease_until >= {now} GROUP BY lane
            ), open_lanes AS (
                SELECT queued.lane, COALESCE(busy.jobs, 0) AS jobs,
                       (SELECT max(job.claimed) FROM jobs_job AS job
                        WHERE job.lane = queued.lane) AS claimed
                FROM queued LEFT JOIN busy ON busy.lane = queued.lane
                WHERE queued.place = 1 AND (queued.lane = '' OR COALESCE(busy.jobs, 0) < %s)
            )
            SELECT queued.id
            FROM queued JOIN open_lanes ON open_lanes.lane = queued.lane
            ORDER BY queued.place + open_lanes.jobs,
                     open_lanes.claimed IS NOT NULL, open_lanes.claimed,
                     queued.created, queued.id
            LIMIT %s
            """,  # noqa: S608 - the fragments are constants
            [settings.JOBS_PER_LANE, limit],
        )
        return [Job._meta.pk.to_python(key) for (key,) in cursor.fetchall()]


def seconds_until_due() -> float | None:
    """Return in how many seconds the next job may be startable, at the earliest.

    This is the one question that an idle worker asks. Zero or less: now, or something stands in
    its way, such as a full lane. None: no job is waiting or running.
    """
    with connection.cursor() as cursor:
        # Two SELECTs, because each has an index of its own that the finished jobs are not in.
        cursor.execute(
            f"""
            SELECT min({databaseclock.seconds_until("moment")}) FROM (
                SELECT min(COALESCE(lease_until, created)) AS moment
                FROM jobs_job WHERE state = 'waiting'
                UNION ALL
                SELECT min(lease_until) FROM jobs_job WHERE state = 'running'
            ) AS unfinished
            """,  # noqa: S608 - the fragment is a constant
            [],
        )
        seconds = cursor.fetchone()[0]
    return None if seconds is None else float(seconds)


def free_slot() -> str:
    """Return SQL for the lowest slot that no other job of ``job``'s lane runs in, or NULL.

    ``job`` is the alias of the row in the statement around it. Without a lane it is always 0.
    """
    slots = ", ".join(f"({number})" for number in range(1, settings.JOBS_PER_LANE + 1))
    return f"""CASE WHEN job.lane = '' THEN 0 ELSE (
        SELECT min(slots.column1) FROM (VALUES {slots}) AS slots
        WHERE NOT EXISTS (
            SELECT 1 FROM jobs_job AS other
            WHERE other.lane = job.lane AND other.state = 'running' AND other.id <> job.id
              AND other.slot = slots.column1
        )
    ) END"""  # noqa: S608 - whole numbers only
