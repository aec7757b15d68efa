from __future__ import annotations

import json
import os
import shutil
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest

from servers import World, eventually

SETTINGS = "counterfoil.config.settings"


@pytest.fixture
def here(embedded: World) -> World:
    """A place with a database and one file."""
    embedded.settings = SETTINGS
    data = embedded.folder / "data"
    (data / "files" / "results").mkdir(parents=True)
    shutil.copy(embedded.template or "", data / "counterfoil.sqlite3")
    (data / "files" / "results" / "a.pdf").write_bytes(b"tickets")
    return embedded


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("empty"), settings=SETTINGS)


def _said(place: World, *arguments: str) -> tuple[int, str]:
    ended = place.run(*arguments)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("name", ["copy", "copy.tar", "copy.tar.gz"])
def test_a_backup_is_a_folder_or_a_file_for_its_owner_alone(
    here: World, empty: World, tmp_path: Path, name: str
) -> None:
    target = tmp_path / name

    code, said = _said(here, "backup", str(target))
    assert (code, "the database and 1 files" in said) == (0, True), said
    assert target.stat().st_mode & 0o077 == 0
    code, said = _said(empty, "restore", str(target))

    assert code == 0, said
    assert "Jobs that were running start again" in said
    data = empty.folder / "data"
    assert (data / "files" / "results" / "a.pdf").read_bytes() == b"tickets"
    assert (data / "counterfoil.sqlite3").stat().st_mode & 0o077 == 0
    assert empty.rows("SELECT count(*) FROM django_migrations")[0][0] > 10


def test_nothing_is_overwritten(here: World, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()

    backed_up = _said(here, "backup", str(tmp_path / "copy"))
    assert backed_up[0] == 1
    assert "something of that name already" in backed_up[1]

    _said(here, "backup", str(tmp_path / "other.tar"))
    code, said = _said(here, "restore", str(tmp_path / "other.tar"))
    assert (code, "Restore into an empty database." in said) == (1, True)


def test_files_can_be_left_out(here: World, empty: World, tmp_path: Path) -> None:
    _said(here, "backup", "--without-files", str(tmp_path / "copy"))

    assert _said(empty, "restore", str(tmp_path / "copy"))[0] == 0
    assert not (empty.folder / "data" / "files" / "results").exists()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda copy: (copy / "files/results/a.pdf").write_bytes(b"tickete"), "is damaged"),
        (lambda copy: (copy / "files/results/a.pdf").unlink(), "is missing"),
        (lambda copy: (copy / "database.sqlite3").write_bytes(b""), "is damaged"),
        (lambda copy: (copy / "manifest.json").unlink(), "manifest.json is missing"),
        (lambda copy: (copy / "manifest.json").write_text("[]"), "cannot be read"),
        (lambda copy: _rewrite(copy, format=99), "unknown format"),
        (lambda copy: _rewrite(copy, database="postgresql"), "is from a postgresql database"),
        (lambda copy: _rewrite(copy, migrations=["jobs.0999_later"]), "newer version"),
        (lambda copy: _rewrite(copy, pieces={}), "holds no database"),
        (lambda copy: _smuggle(copy, "../../evil"), "is not a valid file name"),
        (lambda copy: _smuggle(copy, "elsewhere/evil"), "is not a valid file name"),
    ],
)
def test_what_is_no_whole_backup_changes_nothing(
    here: World, empty: World, tmp_path: Path, spoil: object, told: str
) -> None:
    copy = tmp_path / "copy"
    _said(here, "backup", str(copy))
    spoil(copy)  # type: ignore[operator]

    code, said = _said(empty, "restore", str(copy))

    assert (code, told in said, "Traceback" in said) == (1, True, False), said
    assert not (empty.folder / "data" / "files").exists()


def test_a_database_that_is_begun_while_files_are_brought_back_is_kept(
    here: World, empty: World, tmp_path: Path
) -> None:
    _said(here, "backup", str(tmp_path / "copy"))
    file = tmp_path / "copy" / "files" / "results" / "a.pdf"
    file.unlink()
    os.mkfifo(file)
    restoring = empty.start("restore", str(tmp_path / "copy"))

    checked = _opened(file)
    file.unlink()
    os.mkfifo(file)
    _fill(checked)
    brought_back = _opened(file)  # that the database is empty was seen by now
    empty.rows("CREATE TABLE meanwhile (number integer)")
    _fill(brought_back)

    assert restoring.wait() == 1
    assert "Restore into an empty database." in restoring.said
    assert empty.rows("SELECT name FROM sqlite_master") == [("meanwhile",)]


def _opened(pipe: Path) -> int:
    """Wait until somebody reads a pipe, and return the end to write to."""

    def look() -> int | None:
        with suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        return None

    return eventually(look, "the file is read")


def _fill(pipe: int) -> None:
    os.write(pipe, b"tickets")
    os.close(pipe)


def test_what_is_no_backup_at_all_is_told_so(empty: World, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"no archive")

    for name, told in (("x.tar", "cannot be read"), ("y.tar", "This backup does not exist")):
        code, said = _said(empty, "restore", str(tmp_path / name))
        assert (code, told in said) == (1, True), said


def test_an_archive_is_one_that_any_tar_can_read(here: World, tmp_path: Path) -> None:
    _said(here, "backup", str(tmp_path / "copy.tar"))

    with tarfile.open(tmp_path / "copy.tar") as archive:
        names = archive.getnames()

    assert names == ["files/results/a.pdf", "database.sqlite3", "manifest.json"]


def _rewrite(copy: Path, **changes: object) -> None:
    place = copy / "manifest.json"
    place.write_text(json.dumps({**json.loads(place.read_text()), **changes}))


def _smuggle(copy: Path, name: str) -> None:
    """Let the manifest name a file that shall be written elsewhere."""
    told = json.loads((copy / "manifest.json").read_text())
    piece = told["pieces"].pop("files/results/a.pdf")
    told["pieces"][f"files/{name}"] = piece
    _rewrite(copy, pieces=told["pieces"])
    target = copy / "files" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    (copy / "files/results/a.pdf").rename(target)
