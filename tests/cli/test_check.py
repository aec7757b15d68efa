from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.ops.checks.filesystem import filesystem_of
from servers import World

SETTINGS = "counterfoil.config.settings"


@pytest.fixture
def place(embedded: World) -> World:
    embedded.settings = SETTINGS
    (embedded.folder / "data").mkdir(mode=0o700)
    embedded.begin()
    return embedded


def _check(place: World, **environment: str) -> tuple[int, str]:
    ended = place.run("check", **{"COUNTERFOIL_JOB_LEASE": "10", **environment})
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.returncode, ended.stdout + ended.stderr


def test_one_machine_for_itself_has_no_problem(place: World) -> None:
    code, said = _check(place)

    assert code == 0, said
    assert "\nproblem" not in f"\n{said}"
    assert "note     No worker is running" in said


def test_what_would_bite_is_said_and_makes_the_exit_code(place: World) -> None:
    data = place.folder / "data"
    place.run("migrate")  # which makes the key
    data.chmod(0o755)
    (data / "secret-key").chmod(0o644)

    code, said = _check(
        place,
        COUNTERFOIL_ALLOWED_HOSTS="*",
        COUNTERFOIL_PUBLIC_URL="tickets.example.org",
        COUNTERFOIL_TRUSTED_ORIGINS="tickets.example.org",
        COUNTERFOIL_BROKER_URL="redis://:broker-password@127.0.0.1:1",
        COUNTERFOIL_FAILPOINTS="x=kill",
    )

    assert code == 1
    for told in (
        "Other users of this machine can read",
        "is readable by other users, who could forge sessions",
        "accepts any host name",
        "must look like https://tickets.example.org",
        "must begin with https://",
        "COUNTERFOIL_HTTPS is off, but other machines can reach this server",
        "but the database is SQLite",
        "The broker does not respond",
        "kills processes on purpose",
    ):
        assert told in said
    assert "broker-password" not in said


def test_fonts_that_cannot_be_used_are_named(place: World) -> None:
    fonts = place.folder / "fonts"
    fonts.mkdir()
    (fonts / "Corporate.woff2").write_bytes(b"wOF2 and no more")

    code, said = _check(place, COUNTERFOIL_FONT_DIRS=str(fonts))

    assert code == 0, said
    assert "Corporate.woff2 is not used" in said
    assert "which contains no fonts" not in said


def test_https_needs_a_proxy_and_fitting_names(place: World) -> None:
    code, said = _check(
        place,
        COUNTERFOIL_HTTPS="true",
        COUNTERFOIL_ALLOWED_HOSTS="localhost",
        COUNTERFOIL_HOST="0.0.0.0",
        COUNTERFOIL_PUBLIC_URL="http://tickets.example.org",
    )

    assert code == 1
    assert "every request is redirected endlessly" in said
    assert "begins with http:// although" in said
    assert "lacks tickets.example.org" in said
    assert "Requests from other machines get a 400" in said


def test_a_database_that_is_not_ready_is_told_in_words(embedded: World) -> None:
    embedded.settings = SETTINGS

    code, said = _check(embedded)

    assert code == 1
    assert "Run `counterfoil migrate`" in said


def test_notes_count_when_asked_to(place: World) -> None:
    assert place.run("check", "--strict").returncode == 1


def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/a / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\n/dev/b /srv/in xfs rw 0 0\n"
    )

    assert filesystem_of(Path("/srv/data"), mounts) == "nfs4"
    assert filesystem_of(Path("/srv/in/data"), mounts) == "xfs"
    assert filesystem_of(Path("/home"), mounts) == "ext4"
    assert filesystem_of(Path("/home"), tmp_path / "none") == ""
