"""Replays answers recorded from pretix against a real server with a real worker.

There is a file for each group, and a line in it for each case. The cases build on each other, also
across groups, so they run in the order of their ids against one server; where a seed document
contradicts pretix, the seed's answer is expected.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from conformance.replayer import Runner
from postgres import new_database
from servers import World

HERE = Path(__file__).parent
FIXTURE = HERE / "fixture.json"

pytestmark = pytest.mark.database


def _read(line: str) -> dict[str, Any]:
    case = json.loads(line)
    return {**case, **case.get("seed_expect", {})}


def _lines() -> Iterator[str]:
    for file in HERE.glob("cases/*.jsonl"):
        yield from file.read_text(encoding="utf-8").splitlines()


#: All cases by their ids, which begin with their number in the order of the recording.
READ = {case["id"]: case for case in sorted(map(_read, _lines()), key=itemgetter("id"))}
CASES = {name: case for name, case in READ.items() if case.get("replay") is not False}


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[World]:
    """A server with the data that the cases speak of, on the database that tests run on."""
    with contextlib.ExitStack() as stack:
        start: dict[str, Any] = {}
        if os.environ.get("DATABASE_URL", "").startswith("postgres"):
            template = request.getfixturevalue("migrated_postgres")
            start["database_url"] = stack.enter_context(new_database(postgres_url, template))
        else:
            start["template"] = request.getfixturevalue("migrated_sqlite")
        folder = request.getfixturevalue("tmp_path_factory").mktemp("conformance")
        world = World(folder, settings="counterfoil.config.settings", **start)
        stack.callback(world.end)
        yield world


@pytest.fixture(scope="module")
def runner(world: World) -> Runner:
    tokens = world.folder / "tokens.json"
    world.begin()
    done = world.run("apply", str(FIXTURE), "--tokens", str(tokens))
    assert done.returncode == 0, done.stderr
    runner = Runner(
        world.serve().address, json.loads(tokens.read_text()), json.loads(FIXTURE.read_text())
    )
    runner.build_map()
    return runner


def test_every_case_is_in_the_file_of_its_group() -> None:
    assert [file.name for file in HERE.glob("cases/*") if file.suffix != ".jsonl"] == []
    for file in HERE.glob("cases/*.jsonl"):
        cases = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert {case["group"] for case in cases} == {file.stem}
        assert [case["id"] for case in cases] == sorted({case["id"] for case in cases})


def test_clients_get_the_recorded_answers(runner: Runner, subtests: pytest.Subtests) -> None:
    assert not runner.lookup_errors
    for name, case in CASES.items():
        with subtests.test(name):
            got, _ = runner.execute(case)

            assert runner.compare(case, got) == []
