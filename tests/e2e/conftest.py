"""Box offices on either database, stocked alike."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

from broker import broker_server
from e2e.boxoffice import BoxOffice, stock
from postgres import new_database
from servers import World, world

SETTINGS = "counterfoil.config.settings"


@pytest.fixture(scope="session")
def stocked_sqlite(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> tuple[Path, dict[str, Any]]:
    """A SQLite database with an event, to be copied, and what is in it."""
    folder = tmp_path_factory.mktemp("stocked")
    place = folder / "data" / "counterfoil.sqlite3"
    place.parent.mkdir()
    shutil.copy(migrated_sqlite, place)
    with world(folder, settings=SETTINGS) as made:
        return place, stock(made)


@pytest.fixture(scope="session")
def stocked_postgres(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, migrated_postgres: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A PostgreSQL database with an event, to be copied, and what is in it."""
    folder = tmp_path_factory.mktemp("stocked")
    with (
        new_database(postgres_url, migrated_postgres) as database_url,
        world(folder, database_url=database_url, settings=SETTINGS) as made,
    ):
        yield database_url, stock(made)


@contextmanager
def kiosk_of(folder: Path, stocked: tuple[Path, dict[str, Any]]) -> Iterator[BoxOffice]:
    """Open a box office on one machine: SQLite, no broker."""
    template, facts = stocked
    with world(folder, template=template, settings=SETTINGS) as made:
        yield BoxOffice(made, facts)


@contextmanager
def hall_of(
    folder: Path, server_url: str, stocked: tuple[str, dict[str, Any]]
) -> Iterator[BoxOffice]:
    """Open a box office as several hosts have it: PostgreSQL and a broker."""
    template, facts = stocked
    with (
        broker_server() as broker,
        new_database(server_url, template) as database_url,
        world(
            folder, database_url=database_url, broker_url=broker.connection_url, settings=SETTINGS
        ) as made,
    ):
        yield BoxOffice(made, facts)


@pytest.fixture
def kiosk(tmp_path: Path, stocked_sqlite: tuple[Path, dict[str, Any]]) -> Iterator[BoxOffice]:
    with kiosk_of(tmp_path, stocked_sqlite) as made:
        yield made


@pytest.fixture
def hall(
    tmp_path: Path, postgres_url: str, stocked_postgres: tuple[str, dict[str, Any]]
) -> Iterator[BoxOffice]:
    with hall_of(tmp_path, postgres_url, stocked_postgres) as made:
        yield made


@pytest.fixture(params=["kiosk", "hall"])
def office(request: pytest.FixtureRequest) -> BoxOffice:
    """Either box office: what must hold, must hold in both."""
    made: BoxOffice = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def embedded(embedded: World) -> World:
    """A world whose commands count for the coverage."""
    _traced(embedded)
    return embedded


@pytest.fixture
def distributed(distributed: World) -> World:
    """Such a world with PostgreSQL and a broker."""
    _traced(distributed)
    return distributed


def _traced(world: World) -> None:
    """Have its commands traced, which takes processes that start as a user's do."""
    world.is_traced = True
    world.is_cold = Coverage.current() is not None
