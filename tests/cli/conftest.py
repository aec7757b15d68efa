from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from counterfoil.jobs import schema


@pytest.fixture
def newer_database(transactional_db: None) -> Iterator[None]:
    """The database as a later version would have left it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["jobs", "0999_later", "2030-01-01 00:00:00"],
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = %s", ["0999_later"])
    schema.applied_count.cache_clear()
