from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path

import httpx
import psutil
import pytest

from servers import World, eventually, is_alive, post_job, stop

pytestmark = pytest.mark.slow


def _sentence(said: str) -> str:
    """Return what was said, which must be one line and no trace."""
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    return lines[0]


def test_one_command_serves_and_works(embedded: World) -> None:
    embedded.is_cold = True
    served = embedded.serve()

    assert httpx.get(f"{served.address}/ping/").text == "pong"
    job = post_job(served.address, "rig.rows", amount=10)

    assert embedded.wait_for(job, state="done")["attempt"] == 1
    assert embedded.entries(job) == 10
    assert served.address.startswith("http://127.0.0.1:")
    # Only prints give way: whoever makes a batch holds a lock that others wait for.
    assert served.child("worker").nice() == os.nice(0)


def test_the_first_account_is_made_by_a_link_that_the_start_prints(embedded: World) -> None:
    first = embedded.serve()
    assert first.address
    link = _start_link(first.said)
    assert link
    assert link not in str(embedded.rows("SELECT token_hash FROM accounts_onetimelink"))
    first.signal(signal.SIGTERM)
    first.wait()

    second = embedded.serve()
    assert second.address
    assert _start_link(second.said) not in ("", link)
    assert embedded.rows("SELECT count(*) FROM accounts_onetimelink") == [(1,)]


def test_who_has_an_account_gets_no_such_link(embedded: World) -> None:
    assert embedded.start("user", "add", "ada@example.org").wait() == 0

    served = embedded.serve()

    assert served.address
    assert _start_link(served.said) == ""


def _start_link(said: str) -> str:
    """Return the secret of the link that is printed in the line after the address."""
    found = re.search(r"serves http://\S+ .*\n.*http://\S+/start/(\S+)/", said)
    return found[1] if found else ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_signal_ends_everything(embedded: World, number: int) -> None:
    served = embedded.serve()
    assert served.address
    family = served.family()

    served.signal(number)

    assert served.wait() == 0
    assert len(family) == 3
    eventually(lambda: not any(map(is_alive, family)), "no process is left")
    assert "Traceback" not in served.said


def test_nothing_outlives_a_killed_supervisor(embedded: World) -> None:
    served = embedded.serve()
    assert served.address
    family = served.family()
    stop(served.child("worker"))

    served.process.kill()

    eventually(lambda: not any(map(is_alive, family)), "no process is left, stopped or not")


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_child_that_dies_is_started_again(embedded: World, role: str) -> None:
    served = embedded.serve()
    address = served.address
    first = served.child(role)

    first.kill()

    eventually(lambda: served.child(role).pid != first.pid, "there is another")
    assert httpx.get(f"{address}/ping/", timeout=30).text == "pong"
    job = post_job(address, "rig.rows", amount=2)
    embedded.wait_for(job, state="done")


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_child_that_falls_silent_is_replaced(embedded: World, role: str) -> None:
    served = embedded.serve()
    address = served.address
    first = served.child(role)

    stop(first)

    eventually(lambda: not is_alive(first), "it is ended")
    assert httpx.get(f"{address}/ping/", timeout=30).text == "pong"
    embedded.wait_for(post_job(address, "rig.rows", amount=2), state="done")


def test_a_job_that_is_not_done_within_the_grace_is_done_after_the_next_start(
    embedded: World,
) -> None:
    served = embedded.serve(COUNTERFOIL_STOP_GRACE="0.5")
    job = post_job(served.address, "rig.long", seconds=5)
    embedded.wait_for(job, state="running")
    eventually(lambda: embedded.starts(job), "the handler runs")

    served.signal(signal.SIGTERM)
    served.wait()
    assert embedded.job(job)["state"] == "running"
    embedded.serve()

    assert embedded.wait_for(job, state="done")["attempt"] == 2


def test_several_workers_can_be_asked_for(embedded: World) -> None:
    served = embedded.start("serve", "--port", "0", "--workers", "2")

    assert served.address

    assert len(served.family()) == 4


def test_a_port_in_use_is_told_in_a_sentence(embedded: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        ended = embedded.run("serve", "--port", str(port))

    assert ended.returncode == 1
    assert _sentence(ended.stderr) == (
        f"counterfoil: Port {port} of 127.0.0.1 is in use. Choose another with --port."
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("COUNTERFOIL_DATA_DIR", "/proc/nowhere", "cannot be made"),
        ("COUNTERFOIL_PORT", "http", "COUNTERFOIL_PORT must be a whole number, not 'http'."),
        ("COUNTERFOIL_PORT", "99999", "COUNTERFOIL_PORT must be between 0 and 65535"),
        ("COUNTERFOIL_JOB_LEASE", "soon", "COUNTERFOIL_JOB_LEASE must be a number of seconds"),
        ("COUNTERFOIL_HTTPS", "maybe", "COUNTERFOIL_HTTPS must be true or false"),
        ("COUNTERFOIL_BROKER_URL", "kafka://x", "COUNTERFOIL_BROKER_URL must begin with"),
        ("COUNTERFOIL_LOG_LEVEL", "LOUD", "COUNTERFOIL_LOG_LEVEL must be one of"),
        ("COUNTERFOIL_FONT_DIRS", "/proc/nowhere", "which is not a folder"),
        ("COUNTERFOIL_SECRET_KEY", "short", "at least 32 characters"),
        ("COUNTERFOIL_HOST", "nowhere.invalid", "Cannot listen on 'nowhere.invalid'"),
        ("COUNTERFOIL_HOST", "192.0.2.1", "Cannot listen on 192.0.2.1"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must begin with"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/x", "The database cannot be used"),
    ],
)
def test_an_odd_setting_is_told_in_a_sentence(
    embedded: World, name: str, value: str, told: str
) -> None:
    ended = embedded.run("serve", "--port", "0", **{name: value})

    assert ended.returncode == 1
    assert told in _sentence(ended.stderr)


def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(embedded: World) -> None:
    (embedded.folder / "data" / "counterfoil.sqlite3").mkdir(parents=True)

    ended = embedded.run("serve", "--port", "0")

    assert ended.returncode == 1
    assert _sentence(ended.stderr).startswith("counterfoil: The database cannot be used: ")


def test_files_that_cannot_be_written_are_told_in_a_sentence(embedded: World) -> None:
    (embedded.folder / "data").mkdir()
    (embedded.folder / "data" / "files").write_text("a file where a folder should be")

    ended = embedded.run("serve", "--port", "0")

    assert ended.returncode == 1
    assert "files" in _sentence(ended.stderr)


def test_a_database_of_a_newer_version_is_told_in_a_sentence(embedded: World) -> None:
    _come_from_the_future(embedded)

    ended = embedded.run("serve", "--port", "0")

    assert ended.returncode == 1
    assert "made by a newer version of Counterfoil (jobs.0999_later)" in _sentence(ended.stderr)


def test_a_server_whose_database_is_migrated_under_it_ends_in_words(embedded: World) -> None:
    served = embedded.serve()
    address = served.address
    family = served.family()

    _note_later_migration(embedded)

    answer = httpx.post(f"{address}/jobs/", json={"kind": "rig.rows", "payload": {}}, timeout=30)
    assert answer.status_code == 503
    assert "newer version" in answer.json()["detail"]
    assert served.wait() == 1
    assert "The worker does not start" in served.said
    eventually(lambda: not any(map(is_alive, family)), "no process is left")


def _come_from_the_future(place: World) -> None:
    place.begin()
    _note_later_migration(place)


def _note_later_migration(place: World) -> None:
    place.rows(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '0999_later', ?)",
        "2030-01-01 00:00:00",
    )


def test_only_the_loopback_is_bound(embedded: World) -> None:
    served = embedded.serve()
    assert served.address

    bound = psutil.Process(served.process.pid).net_connections(kind="inet")

    assert {connection.laddr.ip for connection in bound} == {"127.0.0.1"}


def test_the_key_that_signs_sessions_is_for_its_owner_alone(embedded: World) -> None:
    embedded.begin()
    assert embedded.run("migrate").returncode == 0

    key: Path = embedded.folder / "data" / "secret-key"

    assert key.stat().st_mode & 0o777 == 0o600
