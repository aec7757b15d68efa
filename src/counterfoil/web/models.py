"""Requests of the pages for long work."""

from __future__ import annotations

from counterfoil.jobs.models import JobRequest


class ExportRequest(JobRequest):
    """A request for the file of an export: the job's payload names export, format and filters."""
