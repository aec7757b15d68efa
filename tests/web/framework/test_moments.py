from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from counterfoil.catalog.models import Event

EVENING = datetime(2027, 6, 12, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "region", "shown"),
    [
        ("en", "", "Sat, 12 Jun 2027, 19:05"),
        ("en-US", "", "Sat, Jun 12, 2027, 7:05\u202fPM"),
        ("en-GB", "", "Sat, 12 Jun 2027, 19:05"),
        ("en-GB", "US", "Sat, Jun 12, 2027, 7:05\u202fPM"),
        ("de-DE", "", "Sa., 12. Juni 2027, 19:05"),
        ("de-DE", "US", "Sa., 12. Juni 2027, 19:05"),
    ],
)
def test_a_moment_is_written_as_where_the_event_or_else_the_reader_is(
    pages: Client, event: Event, base: str, language: str, region: str, shown: str
) -> None:
    event.date_from, event.timezone, event.region = EVENING, "Europe/Berlin", region
    event.date_to = None
    event.save()

    page = pages.get(base, headers={"Accept-Language": language})

    assert shown in page.text
