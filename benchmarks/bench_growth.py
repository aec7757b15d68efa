"""What one ticket, one page and one scan cost with many tickets, against what they cost with few.

    python benchmarks/bench_growth.py [--database postgresql] [--few 10000] [--many 1000000]

An organizer with five events and four fifths of its tickets in one of them is filled by the
database itself, once with few tickets and once with many. Everything is done in this process, as
requests; told is processor time (on PostgreSQL the backend's too), and how much work the database
had: steps of SQLite's machine, rows that PostgreSQL's plans looked at. The quickest of some rounds
counts, since other work on the machine only ever adds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import httpx
import psutil

MOST = {"constant": 1.5, "slower": 5.0, "sync": 1.5, "batch": 1.2}
MOST_MIB = 250
#: Of what is done in so little time the clock of the processor says nothing.
NOISE_MS = 5.0
PAGES = 20


def measure(tickets: int, rounds: int) -> dict[str, dict[str, Any]]:
    """Fill the database that the environment names; return what everything costs."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from batches.making import make
    from large_organizer import LargeOrganizer

    house = LargeOrganizer(tickets)
    results: dict[str, dict[str, Any]] = {}
    for kind, operations in (("constant", house.constant()), ("slower", house.slower())):
        for name, run in operations.items():
            results[name] = {"kind": kind, **_cost(run, rounds)}
    for name, start in (("sync of orders: from the start", 1), ("sync of orders: to the end", 0)):
        results[name] = {"kind": "sync", **_walk(house, start)}
    make(house.item, 1000)
    results["create a batch of 10,000"] = {
        "kind": "batch",
        "ms": min(_cpu_ms(lambda: make(house.item, 10_000)) for _ in range(3)),
    }
    if rounds > 1:
        results["MiB of serve after heavy lists"] = {"kind": "memory", "ms": _memory_after(house)}
    return results


def _cost(run: Callable[[], Any], rounds: int) -> dict[str, Any]:
    from query_cost import measured

    run()
    with measured() as effort:
        run()
    times = [_cpu_ms(run) for _ in range(rounds)]
    return {"ms": min(times), "work": effort.work(), "statements": len(effort.statements)}


def _walk(house: Any, start: int) -> dict[str, Any]:
    """Follow ``next`` for some pages, from the first or to the last."""
    path = _at(house.event, "orders/")
    if not start:
        count = house.api.get(path).json()["count"]
        path = f"{path}?page={count // 50 - PAGES}"

    def walk() -> None:
        link = path
        for _page in range(PAGES):
            link = house.api.get(link.removeprefix("http://testserver")).json()["next"]
            assert link

    return {"ms": _cpu_ms(walk) / PAGES}


def _at(event: Any, path: str) -> str:
    from apiclient import at

    return at(event, path)


def _cpu_ms(run: Callable[[], Any]) -> float:
    start = _spent()
    run()
    return (_spent() - start) * 1000


def _spent() -> float:
    """Return the processor time of this process and of the database's, in seconds."""
    from django.db import connection

    spent = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        backend = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text("ascii")
        fields = backend.rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def _memory_after(house: Any) -> float:
    """Have a real ``serve`` answer many heavy lists at once; return what its processes hold."""
    heavy = [
        *("orders/?page=last", "orders/?page=300", "orders/?search=jane", "orders/?status=p"),
        *("orders/?ordering=status", "orderpositions/?page=last", "orderpositions/?search=jane1"),
        *("orderpositions/?attendee_name=jane", "checkins/?page=last"),
        f"checkinlists/{house.gate.list.pk}/positions/?ordering=order__email",
    ]
    command = [sys.executable, "-m", "counterfoil", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout is not None
            address = ""
            while not address:
                address = next(iter(re.findall(r"http://[\w.:]+", served.stdout.readline())), "")
            base = address + _at(house.event, "")

            def ask(path: str) -> int:
                headers = {"Authorization": str(house.api.token)}
                return httpx.get(base + path, headers=headers, timeout=300).status_code

            with ThreadPoolExecutor(8) as pool:
                assert set(pool.map(ask, heavy * 4)) == {200}
            processes = psutil.Process(served.pid).children(recursive=True)
            return sum(_memory_mib(each.pid) for each in processes)
        finally:
            served.terminate()


def _memory_mib(pid: int) -> float:
    """Return what a process holds without pages of files: SQLite maps its database."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def measured_in_a_process(database: str, tickets: int, rounds: int) -> dict[str, dict[str, Any]]:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="counterfoil-bench-"))
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "counterfoil.config.settings",
            "COUNTERFOIL_DATA_DIR": folder,
            "COUNTERFOIL_ALLOWED_HOSTS": "testserver,127.0.0.1",
            "COUNTERFOIL_LOG_LEVEL": "ERROR",
        }
        if database == "postgresql":
            from postgres import new_database, postgres_server

            server = stack.enter_context(postgres_server())
            environment["DATABASE_URL"] = stack.enter_context(new_database(server))
        command = [sys.executable, __file__, "--measure", str(tickets), "--into", f"{folder}/told"]
        command += ["--rounds", str(rounds)]
        subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
        told: dict[str, dict[str, Any]] = json.loads(Path(f"{folder}/told").read_text("utf-8"))
        return told


def compare(few: dict[str, dict[str, Any]], many: dict[str, dict[str, Any]]) -> bool:
    """Print a row for each operation; return whether all goals are met."""
    is_good = True
    print(f"{'':40} {'statements':>10} {'ms':>8} {'':>8} {'ratio':>6}  {'database':>19}")
    for name, before in few.items():
        after, kind = many[name], before["kind"]
        ratio = after["ms"] / before["ms"]
        is_missed = ratio > MOST.get(kind, 99) and after["ms"] - before["ms"] > NOISE_MS
        is_missed = is_missed or (kind == "memory" and after["ms"] > MOST_MIB)
        is_good = is_good and not is_missed
        print(
            f"{name:40} {after.get('statements', ''):>10} {before['ms']:8.1f} {after['ms']:8.1f} "
            f"{ratio:6.2f}  {before.get('work', ''):>9} {after.get('work', ''):>9}"
            f"{'  missed' if is_missed else ''}",
            flush=True,
        )
    return is_good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5, help="1 leaves the memory out")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        options.into.write_text(
            json.dumps(measure(options.measure, options.rounds)), encoding="utf-8"
        )
        return 0
    few = measured_in_a_process(options.database, options.few, options.rounds)
    many = measured_in_a_process(options.database, options.many, options.rounds)
    print(f"{options.database}: {options.few:,} and {options.many:,} tickets")
    return 0 if compare(few, many) else 1


if __name__ == "__main__":
    sys.exit(main())
