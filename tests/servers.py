"""Real processes for the tests: servers and workers that can be killed, stopped and outlived.

A ``World`` is a data folder, a database and perhaps a broker; it starts commands of ours in it,
asks its database, and ends everything it started.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, TypeVar

import httpx
import psutil
import psycopg

from forkserver import ForkedProcess, ForkServer, Request

TESTS = Path(__file__).parent
LEASE_S = 2.0
DEADLINE_S = 60.0  # generous: two processors may be shared by many


T = TypeVar("T")


def eventually(look: Callable[[], T], what: str, otherwise: Callable[[], str] = str) -> T:
    """Look until something is found, and give it; ``otherwise`` tells what there is instead."""
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        with contextlib.suppress(sqlite3.OperationalError, psycopg.OperationalError):
            if found := look():
                return found
        time.sleep(0.05)
    raise AssertionError(f"It did not come true in {DEADLINE_S} s: {what}\n{otherwise()}")


class Running:
    """One command of ours that runs."""

    def __init__(self, process: subprocess.Popen[bytes] | ForkedProcess, log: Path) -> None:
        self.log = log
        self.process = process
        self._seen: dict[int, psutil.Process] = {}

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def address(self) -> str:
        """Where it serves, as soon as it says so."""
        found = eventually(self._announced, "it serves", lambda: self.said)
        return found[1]

    def family(self) -> list[psutil.Process]:
        """All of its processes, itself first; also those it has left behind."""
        with contextlib.suppress(psutil.NoSuchProcess):
            me = psutil.Process(self.process.pid)
            for process in [me, *me.children(recursive=True)]:
                self._seen[process.pid] = process
        return [process for process in self._seen.values() if is_alive(process)]

    def child(self, role: str) -> psutil.Process:
        """Return its living child process that is the ``web`` or the ``worker``."""
        return eventually(lambda: self._child(role), f"there is a {role}")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        return self.process.wait(timeout=DEADLINE_S)

    def end(self) -> None:
        """End it and all of its processes, stopped or not."""
        family = self.family()
        self.process.kill()
        self.process.wait(timeout=DEADLINE_S)
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def _announced(self) -> re.Match[str] | None:
        if self.process.poll() is not None:
            raise AssertionError(f"It ended with {self.process.returncode}:\n{self.said}")
        return re.search(r"serves (http://\S+)", self.said)

    def _child(self, role: str) -> psutil.Process | None:
        for process in self.family()[1:]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if process.name() == f"counterf-{role}":
                    return process
        return None


def is_alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@dataclass
class World:
    """A place where commands run: its folder, its database, its broker."""

    folder: Path
    database_url: str = ""
    broker_url: str = ""
    settings: str = "rig.settings"
    template: Path | None = None  # a SQLite database to begin with
    is_traced: bool = False  # whether its processes count for the coverage
    is_cold: bool = False  # whether they start as a user's do, and not from a warm parent
    running: list[Running] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not self._drops(name)}
        return {
            **kept,
            "PYTHONPATH": str(TESTS),
            "PYTHONWARNINGS": "default",
            "DJANGO_SETTINGS_MODULE": self.settings,  # for programs; commands want their own
            "COUNTERFOIL_SETTINGS_MODULE": self.settings,
            "COUNTERFOIL_DATA_DIR": str(self.folder / "data"),
            "COUNTERFOIL_JOB_LEASE": str(LEASE_S),
            "COUNTERFOIL_JOB_POLL": "0.5",  # many tests write jobs down and tell nobody
            "COUNTERFOIL_DB_IDLE_IN_TRANSACTION": "3",
            "DATABASE_URL": self.database_url,
            "COUNTERFOIL_BROKER_URL": self.broker_url,
            **more,
        }

    def _drops(self, name: str) -> bool:
        return _ours(name) or (name.startswith("COVERAGE_PROCESS_") and not self.is_traced)

    def start(self, *arguments: str, **environment: str) -> Running:
        self.begin()
        log = self.folder / f"{len(self.running)}-{arguments[0]}.log"
        request = Request(list(arguments), self.environment(**environment))
        with log.open("ab") as output:
            running = Running(self._process(request, output, output), log)
        self.running.append(running)
        return running

    def serve(self, **environment: str) -> Running:
        return self.start("serve", "--port", "0", **environment)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return self._ended(Request(list(arguments), self.environment(**environment)))

    def python(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a few lines of Python in this world, to bring about what no command does."""
        return self._ended(Request(list(arguments), self.environment(), program))

    def _ended(self, request: Request) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = self._process(request, output, errors)
            try:
                code = process.wait(4 * DEADLINE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            return subprocess.CompletedProcess(
                request.arguments, code, _text(output), _text(errors)
            )

    def _process(
        self, request: Request, output: IO[bytes], errors: IO[bytes]
    ) -> subprocess.Popen[bytes] | ForkedProcess:
        if not self.is_cold and sys.platform == "linux":
            parent = _warm_parent()
            if parent.fits(request.environment):
                with open(os.devnull, "rb") as nothing:
                    files = [file.fileno() for file in (nothing, output, errors)]
                    return parent.start(request, files)
        code = ["-c", request.program] if request.program else ["-m", "counterfoil"]
        return subprocess.Popen(
            [sys.executable, *code, *request.arguments],
            env=request.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )

    def end(self) -> None:
        for running in self.running:
            running.end()

    # --- What its database says ---------------------------------------------------------------

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database, or tell it something; ``?`` stands for a value."""
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as database:
                cursor = database.execute(sql.replace("?", "%s"), values)
                return cursor.fetchall() if cursor.description else []
        place = self.folder / "data" / "counterfoil.sqlite3"
        with contextlib.closing(sqlite3.connect(place, timeout=1)) as database:
            found = database.execute(sql, values).fetchall()
            database.commit()
            return found

    def insert_job(self, kind: str, **payload: Any) -> str:
        """Write a job down as a web process does that dies before it can hint."""
        job_id = uuid.uuid4()
        self.rows(
            "INSERT INTO jobs_job (id, kind, lane, payload, state, attempt, max_attempts, worker,"
            " cancel_requested, progress_done, progress_total, created, message)"
            " VALUES (?, ?, '', ?, 'waiting', 0, 5, '', ?, 0, 10, CURRENT_TIMESTAMP, '')",
            self.key(job_id.hex),
            kind,
            json.dumps(payload),
            False,
        )
        return job_id.hex

    def key(self, job_id: str) -> str:
        """Return a job's id as the database keeps it."""
        return str(uuid.UUID(job_id)) if self.database_url else uuid.UUID(job_id).hex

    def job(self, job_id: str) -> dict[str, Any]:
        columns = ("state", "attempt", "worker", "progress_done", "result_file", "message")
        sql = f"SELECT {', '.join(columns)} FROM jobs_job WHERE id = ?"
        return dict(zip(columns, self.rows(sql, self.key(job_id))[0], strict=True))

    def wait_for(self, job_id: str, **wanted: Any) -> dict[str, Any]:
        """Wait until a job's columns are as wanted."""

        def look() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if wanted.items() <= job.items() else None

        return eventually(look, f"job {job_id} has {wanted}", lambda: self._now(job_id))

    def entries(self, job_id: str) -> int:
        """Return how many rows the rig's job has made."""
        return self.rows("SELECT count(*) FROM rig_entry WHERE job = ?", self.key(job_id))[0][0]

    def starts(self, job_id: str) -> list[int]:
        """Return the attempts in which the handler was called."""
        sql = "SELECT attempt FROM rig_start WHERE job = ? ORDER BY id"
        return [row[0] for row in self.rows(sql, self.key(job_id))]

    def files(self) -> list[str]:
        """Return the names of all files of results, finished or not."""
        folder = self.folder / "data" / "files" / "results"
        return sorted(place.name for place in folder.iterdir()) if folder.exists() else []

    def begin(self) -> None:
        """Spare the migrations where they are not what the test is about."""
        place = self.folder / "data" / "counterfoil.sqlite3"
        if self.template and not place.exists():
            place.parent.mkdir(exist_ok=True)
            shutil.copy(self.template, place)

    def _now(self, job_id: str) -> str:
        said = "\n".join(running.said for running in self.running)
        with contextlib.suppress(sqlite3.Error, psycopg.Error):
            return f"It is {self.job(job_id)}\n{said}"
        return f"It is not to be seen.\n{said}"


def post_job(address: str, kind: str, **payload: Any) -> str:
    """Ask a served rig for a job, as its clients do."""
    answer = httpx.post(f"{address}/jobs/", json={"kind": kind, "payload": payload}, timeout=30)
    assert answer.status_code == 202, answer.text
    return str(uuid.UUID(answer.json()["id"]).hex)


@contextlib.contextmanager
def world(folder: Path, **given: Any) -> Iterator[World]:
    """Make a world, and leave nothing of it running."""
    made = World(folder, **given)
    try:
        yield made
    finally:
        made.end()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@cache
def _warm_parent() -> ForkServer:
    """Return this process's parent of others, started when it is first needed."""
    parent = ForkServer(World(Path()).environment())
    atexit.register(parent.end)
    return parent


def stop(process: psutil.Process) -> None:
    process.send_signal(signal.SIGSTOP)


def _ours(name: str) -> bool:
    return name.startswith("COUNTERFOIL_") or name in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
