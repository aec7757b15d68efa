"""Periodic tasks of orders."""

from __future__ import annotations

from counterfoil.jobs.periodic import periodic
from counterfoil.orders import number_report


@periodic(every_s=600)
def close_days_of_number_reports() -> None:
    number_report.close_days()
