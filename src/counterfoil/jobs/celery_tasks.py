"""The one Celery task. Its name is a promise: messages of other versions carry it."""

from __future__ import annotations

from celery import shared_task

from counterfoil.jobs import notifications, runner


@shared_task(name=notifications.TASK, ignore_result=True)
def run(job_id: str) -> None:
    """Do the job whose turn it is. The hint says that there is one, not which."""
    runner.run_next()
