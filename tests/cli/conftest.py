from __future__ import annotations

from collections.abc import Iterator

import pytest
from coverage import Coverage
from django.db import connection

from counterfoil.jobs import migration_check
from servers import World


@pytest.fixture
def embedded(embedded: World) -> World:
    """A world whose commands count for the coverage.

    Elsewhere they are killed before they could write down what they did, and being traced would
    only make them slow.
    """
    _traced(embedded)
    return embedded


@pytest.fixture
def distributed(distributed: World) -> World:
    """Such a world with PostgreSQL and a broker."""
    _traced(distributed)
    return distributed


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
    migration_check.applied_count.cache_clear()


def _traced(world: World) -> None:
    """Have its commands traced, which takes processes that start as a user's do."""
    world.is_traced = True
    world.is_cold = Coverage.current() is not None
