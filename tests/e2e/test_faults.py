"""What goes away comes back: clear answers meanwhile, no restart afterwards, nothing lost."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image

from e2e import invariants
from e2e.boxoffice import BoxOffice, in_world, stock
from e2e.conftest import SETTINGS, kiosk_of
from e2e.fixtures import PRINTED
from e2e.outages import Disk, other_clock, own_postgres, small_disk
from servers import Running, World, eventually, world


def _upload(office: BoxOffice) -> httpx.Response:
    """Send a picture, which is stored before there is an answer."""
    picture = io.BytesIO()
    Image.effect_noise((400, 400), 100).save(picture, "PNG")
    headers = {
        "Content-Type": "image/png",
        "Content-Disposition": 'attachment; filename="noise.png"',
    }
    url = f"{office.address}/api/v1/upload"
    return office.send("POST", url, content=picture.getvalue(), headers=headers)


def _is_told_to_come_again(answer: httpx.Response) -> bool:
    assert answer.status_code == 503, answer.text
    assert "now" in answer.json()["detail"]
    return int(answer.headers["Retry-After"]) > 0


def _download(office: BoxOffice, accepted: httpx.Response) -> httpx.Response:
    return office.send("GET", accepted.json()["download"])


def _ask_for_print(office: BoxOffice) -> httpx.Response:
    return office.insist(f"offlinesalesbatches/{office.facts['batch']}/render/", {})


def _processes(served: Running) -> set[int]:
    return {process.pid for process in served.family()}


def test_a_disk_that_is_full_for_a_moment_costs_an_attempt_and_no_more(office: BoxOffice) -> None:
    served = office.serve(COUNTERFOIL_FAILPOINTS="files.half_written=raise")
    before = _processes(served)

    assert _is_told_to_come_again(_upload(office))
    assert _upload(office).status_code == 201
    assert office.done(office.print())["attempt"] == 2

    assert office.close().prints == 1
    assert _processes(served) == before


@pytest.fixture
def files_disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "data" / "files", megabytes=4) as disk:
        yield disk


OUTAGES: dict[str, tuple[Callable[[Disk], None], Callable[[Disk], None], str]] = {
    "full": (Disk.fill, Disk.empty, "No space left on device"),
    "read-only": (Disk.protect, Disk.release, "Read-only file system"),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_storage_that_takes_nothing_fails_prints_in_words_until_it_does(
    files_disk: Disk, kiosk: BoxOffice, outage: str
) -> None:
    begin, end, words = OUTAGES[outage]
    served = kiosk.serve()
    before = _processes(served)

    begin(files_disk)
    failed = _ask_for_print(kiosk)
    kiosk.world.rows("UPDATE jobs_job SET max_attempts = 2")  # five take as many seconds more
    assert _is_told_to_come_again(_upload(kiosk))
    batch = kiosk.batch(10)
    kiosk.done(batch)  # tickets are rows: they do not need this disk
    answer = eventually(
        lambda: (a := _download(kiosk, failed)).status_code != 409 and a, "it fails"
    )
    assert answer.status_code == 410
    assert words in answer.json()["message"]
    end(files_disk)

    kiosk.done(kiosk.print())
    assert _upload(kiosk).status_code == 201
    assert kiosk.close() == invariants.Totals(batches=2, tickets=PRINTED + 10, failed=0, prints=1)
    assert _processes(served) == before


@pytest.fixture
def temporary_disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "temporary", megabytes=4) as disk:
        yield disk


def test_a_disk_of_temporary_files_that_is_full_ends_no_process(
    temporary_disk: Disk, kiosk: BoxOffice
) -> None:
    served = kiosk.serve(TMPDIR=str(temporary_disk.place))
    before = _processes(served)

    temporary_disk.fill()
    for path in ("items/", "orders/", "quotas/", "checkinlists/", "subevents/", "questions/"):
        assert kiosk.send("GET", path).status_code == 200
    kiosk.done(kiosk.batch(10))

    assert _processes(served) == before


def test_a_full_disk_under_the_database_loses_nothing_that_was_accepted(
    tmp_path: Path, stocked_sqlite: tuple[Path, dict[str, Any]]
) -> None:
    with (
        small_disk(tmp_path / "data", megabytes=24) as disk,
        kiosk_of(tmp_path, stocked_sqlite) as kiosk,
    ):
        served = kiosk.serve()
        before = _processes(served)
        kiosk.done(kiosk.batch(100))

        disk.fill()
        jobs, refused = _ask_until_refused(kiosk)
        assert _is_told_to_come_again(refused)
        disk.empty()

        for job in [*jobs, kiosk.batch(10)]:
            kiosk.done(job)
        assert kiosk.close().batches == len(jobs) + 3
        assert _processes(served) == before


def _ask_until_refused(office: BoxOffice) -> tuple[list[str], httpx.Response]:
    """Ask for batches of three until there is no room for another wish."""
    jobs = []
    body = {"item": office.facts["items"]["plenty"], "amount": 3, "comment": "x" * 50_000}
    while True:
        answer = office.send("POST", "offlinesalesbatches/", json=body)
        if answer.status_code != 202:
            return jobs, answer
        jobs.append(answer.json()["check"].strip("/").split("/")[-1])


def test_a_database_that_goes_away_comes_back_to_all_it_had(tmp_path: Path) -> None:
    with own_postgres() as server:
        place = World(tmp_path, database_url=server.url, settings=SETTINGS)
        assert place.run("migrate").returncode == 0
        with world(tmp_path, database_url=server.url, settings=SETTINGS) as made:
            office = BoxOffice(made, stock(made))
            served = office.serve("--workers", "2")
            before = _processes(served)
            jobs = [office.batch(500) for _ in range(4)] + [office.print()]

            server.stop()
            for path in ("offlinesalesbatches/", "orders/", "items/"):
                assert _is_told_to_come_again(office.send("GET", path))
            assert _is_told_to_come_again(_upload(office))
            assert httpx.get(f"{office.address}/healthz").status_code == 200
            assert httpx.get(f"{office.address}/metrics").status_code == 200
            for answer in (_readiness(office), _sign_in_page(office)):
                assert answer.status_code == 503
                assert int(answer.headers["Retry-After"]) > 0
            server.start()

            jobs.append(office.batch(7))
            for job in jobs:
                office.done(job)
            assert _sign_in_page(office).status_code == 200
            assert office.close() == invariants.Totals(
                batches=6, tickets=PRINTED + 2007, failed=0, prints=1
            )
            assert _processes(served) == before


def _readiness(office: BoxOffice) -> httpx.Response:
    return httpx.get(f"{office.address}/readyz")


def _sign_in_page(office: BoxOffice) -> httpx.Response:
    """Open it in a browser that has been here: the database is asked who it is."""
    return httpx.get(f"{office.address}/signin/", cookies={"session": "a" * 32})


def test_connections_that_are_cut_cost_attempts_and_no_more(hall: BoxOffice) -> None:
    served = hall.serve("--workers", "2")
    before = _processes(served)
    jobs = []

    for _ in range(4):
        jobs += [hall.batch(300), hall.print()]
        _cut_all(hall.world)

    for job in jobs:
        hall.done(job)
    assert hall.close() == invariants.Totals(batches=5, tickets=PRINTED + 1200, failed=0, prints=4)
    assert _processes(served) == before


def _cut_all(place: World) -> None:
    with psycopg.connect(place.database_url, autocommit=True) as database:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("hours", [1, pytest.param(-1, marks=pytest.mark.endurance)])
def test_a_host_whose_clock_is_off_takes_nothing_from_the_others(
    hall: BoxOffice, hours: int
) -> None:
    off = other_clock(hours)
    hall.serve()
    hall.world.start("worker", "--concurrency", "1", **off)
    hall.wait_for_workers(2)

    jobs = [job for _ in range(6) for job in (hall.batch(100), hall.print())]

    assert [hall.done(job)["attempt"] for job in jobs] == [1] * 12
    assert hall.close() == invariants.Totals(batches=7, tickets=PRINTED + 600, failed=0, prints=6)
    young = hall.world.folder / "data" / "files" / "results" / "about-to-be-named.pdf"
    young.write_bytes(b"%PDF")
    in_world(hall.world, "e2e.cleanup", **off)
    assert young.exists()
    assert hall.close().prints == 6
