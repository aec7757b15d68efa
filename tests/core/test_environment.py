from __future__ import annotations

import os
import re
import resource
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from counterfoil.config.brokers import broker_url
from counterfoil.config.databases import database
from counterfoil.config.storages import storages
from counterfoil.core.environment import Environment, EnvironmentRefused, data_folder, secret_key
from counterfoil.ops.logs import logging_settings

ROOT = Path(__file__).parents[2]
NOBODY = 65534


def _names_in_source() -> set[str]:
    places = [*(ROOT / "src").rglob("*.py"), ROOT / "deploy" / "gunicorn.conf.py"]
    text = "\n".join(place.read_text() for place in places)
    return set(re.findall(r'"(COUNTERFOIL_[A-Z0-9_]+|DATABASE_URL)"', text))


def _names_in_table() -> list[str]:
    text = (ROOT / "docs" / "operations.md").read_text()
    return re.findall(r"^\| `(COUNTERFOIL_[A-Z0-9_]+|DATABASE_URL)` \|", text, re.MULTILINE)


def test_the_table_of_settings_lists_every_variable_once() -> None:
    assert sorted(_names_in_table()) == sorted(_names_in_source())


def test_an_empty_variable_is_as_good_as_none() -> None:
    environment = Environment({"A": " ", "B": ""})

    assert environment.text("A", "default") == "default"
    assert environment.integer("B", 5) == 5
    assert environment.seconds("C", 0.5) == 0.5
    assert environment.boolean("A", default=True)
    assert environment.words("A", ("x",)) == ["x"]
    assert environment.folders("A") == []


@pytest.mark.parametrize(
    ("value", "meant"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False)]
)
def test_booleans_are_read_as_people_write_them(value: str, meant: bool) -> None:
    assert Environment({"A": value}).boolean("A", default=not meant) is meant


def test_values_are_read(tmp_path: Path) -> None:
    environment = Environment(
        {"A": "7", "B": "2.5", "C": "x, y,", "D": f"{tmp_path}{os.pathsep}/", "E": "blue"}
    )

    assert environment.integer("A", 1) == 7
    assert environment.seconds("B", 1) == 2.5
    assert environment.words("C") == ["x", "y"]
    assert environment.folders("D") == [tmp_path, Path("/")]
    assert environment.choice("E", "red", ("red", "blue")) == "blue"
    assert Environment({"F": "360/min"}).rate("F") == "360/min"
    networks = Environment({"G": "10.1.0.0/16, fd12::7"}).networks("G")
    assert [str(network) for network in networks] == ["10.1.0.0/16", "fd12::7/128"]


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda e: e.networks("NAME"), "10.1.2.3/16"),
        (lambda e: e.networks("NAME"), "inside"),
        (lambda e: e.boolean("NAME", default=True), "maybe"),
        (lambda e: e.integer("NAME", 1), "1.5"),
        (lambda e: e.integer("NAME", 1, least=2), "1"),
        (lambda e: e.seconds("NAME", 1), "soon"),
        (lambda e: e.seconds("NAME", 1), "-1"),
        (lambda e: e.seconds("NAME", 1), "nan"),
        (lambda e: e.choice("NAME", "a", ("a", "b")), "c"),
        (lambda e: e.folders("NAME"), "/proc/nowhere"),
        (lambda e: e.rate("NAME"), "abc"),
        (lambda e: e.rate("NAME"), "0/min"),
        (lambda e: e.rate("NAME"), "360/fortnight"),
    ],
)
def test_an_odd_value_is_refused_by_the_name_of_its_variable(read: Any, value: str) -> None:
    with pytest.raises(EnvironmentRefused, match="NAME"):
        read(Environment({"NAME": value}))


def test_the_data_folder_is_made(tmp_path: Path) -> None:
    wanted = tmp_path / "a" / "b"

    assert data_folder(Environment({"COUNTERFOIL_DATA_DIR": str(wanted)})) == wanted
    assert wanted.is_dir()


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(EnvironmentRefused, match="cannot be made"):
        data_folder(Environment({"COUNTERFOIL_DATA_DIR": str(tmp_path / "file" / "data")}))


@contextmanager
def _without_privileges() -> Iterator[None]:
    """Root may write anywhere: be somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_data_folder_that_cannot_be_written_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:  # tmp_path lies where only its owner may look
        os.chmod(folder, 0o555)

        with _without_privileges(), pytest.raises(EnvironmentRefused, match="is not writable"):
            data_folder(Environment({"COUNTERFOIL_DATA_DIR": folder}))


def test_the_secret_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = secret_key(Environment({}), tmp_path)

    assert secret_key(Environment({}), tmp_path) == first
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["secret-key"]


def test_what_a_start_that_was_killed_left_of_a_secret_key_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / f"secret-key.{os.getpid()}").touch()  # in a container each start has this number

    made = secret_key(Environment({}), tmp_path)

    assert (tmp_path / "secret-key").read_text() == made + "\n"


def test_a_secret_key_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with _full_disk(), pytest.raises(OSError, match="File too large"):
        secret_key(Environment({}), tmp_path)

    assert os.listdir(tmp_path) == []


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let this process write nothing into files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_given_secret_key_is_used_and_not_stored(tmp_path: Path) -> None:
    given = "k" * 32

    assert secret_key(Environment({"COUNTERFOIL_SECRET_KEY": given}), tmp_path) == given
    assert os.listdir(tmp_path) == []
    with pytest.raises(EnvironmentRefused, match="32 characters"):
        secret_key(Environment({"COUNTERFOIL_SECRET_KEY": "short"}), tmp_path)


def test_sqlite_takes_the_write_lock_first_and_survives_power_loss(tmp_path: Path) -> None:
    default = database(Environment({}), tmp_path)
    elsewhere = database(Environment({"DATABASE_URL": "sqlite:////srv/a.sqlite3"}), tmp_path)

    assert default["NAME"] == str(tmp_path / "counterfoil.sqlite3")
    assert default["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "PRAGMA synchronous=FULL;" in default["OPTIONS"]["init_command"]
    assert elsewhere["NAME"] == "/srv/a.sqlite3"


def test_postgresql_ends_sessions_that_are_stopped_inside_their_transaction(
    tmp_path: Path,
) -> None:
    url = "postgres://me:secret@db.example.org/tickets?sslmode=require"

    default = database(Environment({"DATABASE_URL": url}), tmp_path)

    assert (default["HOST"], default["NAME"], default["USER"]) == (
        "db.example.org",
        "tickets",
        "me",
    )
    assert default["OPTIONS"]["sslmode"] == "require"
    assert "idle_in_transaction_session_timeout=12000" in default["OPTIONS"]["options"]


def test_another_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentRefused, match="DATABASE_URL must begin with"):
        database(Environment({"DATABASE_URL": "mysql://x"}), tmp_path)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("", ""),
        ("redis://h:1/0", "redis://h:1/0"),
        ("valkey://h:1/0", "redis://h:1/0"),
        ("valkeys://h", "rediss://h"),
        ("amqp://u:p@h//", "amqp://u:p@h//"),
    ],
)
def test_brokers_are_named_as_celery_knows_them(given: str, meant: str) -> None:
    assert broker_url(Environment({"COUNTERFOIL_BROKER_URL": given})) == meant


@pytest.mark.parametrize("given", ["localhost", "kafka://h", "memory://", "sentinel://h"])
def test_another_broker_is_refused_without_repeating_its_password(given: str) -> None:
    with pytest.raises(EnvironmentRefused, match="must begin with") as caught:
        broker_url(Environment({"COUNTERFOIL_BROKER_URL": given}))

    assert given not in str(caught.value)


def test_files_lie_in_the_data_folder_or_in_a_bucket(tmp_path: Path) -> None:
    local = storages(Environment({}), tmp_path)["default"]
    remote = storages(Environment({"COUNTERFOIL_S3_BUCKET": "box"}), tmp_path)["default"]

    assert local["OPTIONS"]["location"] == str(tmp_path / "files")
    assert remote["OPTIONS"]["bucket_name"] == "box"


def test_a_bucket_that_swallows_packets_is_given_up_on_before_a_proxy_does(tmp_path: Path) -> None:
    options = storages(Environment({"COUNTERFOIL_S3_BUCKET": "box"}), tmp_path)["default"][
        "OPTIONS"
    ]
    allowed = re.search(r"proxy_read_timeout (\d+)s", (ROOT / "deploy" / "nginx.conf").read_text())

    config = options["client_config"]
    once = config.connect_timeout + config.read_timeout

    assert allowed
    assert once * config.retries["total_max_attempts"] < int(allowed[1]) / 2
    assert config.signature_version == "s3v4"


def test_our_own_messages_are_logged_at_the_level_asked_for() -> None:
    settings = logging_settings(Environment({"COUNTERFOIL_LOG_LEVEL": "DEBUG"}))

    assert settings["loggers"]["counterfoil"]["level"] == "DEBUG"
    assert settings["root"]["level"] == "WARNING"
