"""Periodic work of the room."""

from __future__ import annotations

import logging

from django.db import connection

from counterfoil.core import clock, summaries
from counterfoil.jobs.periodic import periodic
from counterfoil.orders import number_report

logger = logging.getLogger(__name__)

#: The hour of the day, UTC, in which little else happens.
_HOUR = 3


@periodic(every_s=60)
def compact_counts() -> None:
    """Keep the counts of tickets and entries short, so that adding them up takes no time."""
    for summary in summaries.registered():
        summary.compact()


@periodic(every_s=3600)
def check_counts() -> None:
    """Count everything once a night; what is wrong is reported and repaired."""
    if clock.now().hour == _HOUR:
        repair_counts()


def repair_counts() -> None:
    for summary in summaries.registered():
        if wrong := summary.differences():  # read first: counting must not hold a lock
            logger.error("%d counts in %s were wrong.", len(wrong), summary.table)
            summary.repair()


@periodic(every_s=3600)
def keep_plans() -> None:
    """Let SQLite look at tables that have grown, a sample of each; PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("PRAGMA optimize=0x10002")


@periodic(every_s=600)
def close_days_of_number_reports() -> None:
    number_report.close_days()
