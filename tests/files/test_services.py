from __future__ import annotations

import errno
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import FileSystemStorage

from counterfoil.files import file_registry, services


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Path) -> Path:
    local = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": local}
    return tmp_path


class _PowerCut(Exception):
    pass


def _publish_half(name: str) -> None:
    with services.publish("results", name) as stream:
        stream.write(b"half")
        raise _PowerCut


def test_a_file_appears_when_it_is_whole(own_files: Path) -> None:
    with services.publish("results", "a.pdf") as stream:
        stream.write(b"one ")
        assert not (own_files / "results/a.pdf").exists()
        stream.write(b"two")

    assert (own_files / "results/a.pdf").read_bytes() == b"one two"
    assert services.size("results/a.pdf") == 7
    with services.open_stored("results/a.pdf") as stored:
        assert stored.read() == b"one two"


def test_nothing_is_left_of_a_file_that_was_not_finished(own_files: Path) -> None:
    with pytest.raises(_PowerCut):
        _publish_half("a.pdf")

    assert os.listdir(own_files / "results") == []


def test_a_stored_file_is_for_the_service_alone(own_files: Path) -> None:
    with services.publish("results", "a.pdf") as stream:
        stream.write(b"secret tickets")

    assert stat.S_IMODE((own_files / "results/a.pdf").stat().st_mode) == 0o600


def test_a_file_that_is_gone_is_gone_and_can_be_deleted_again() -> None:
    services.delete("results/a.pdf")

    with pytest.raises(FileNotFoundError):
        services.open_stored("results/a.pdf")
    with pytest.raises(FileNotFoundError):
        services.size("results/a.pdf")


def test_no_name_leads_out_of_the_folder_of_files() -> None:
    with pytest.raises(SuspiciousFileOperation), services.publish("..", "a.pdf"):
        pass


def test_a_storage_that_takes_files_is_found_to_be_writable(own_files: Path) -> None:
    services.check_writable()

    assert os.listdir(own_files / "checks") == []


def test_a_storage_that_takes_no_files_is_found_out_at_once(own_files: Path) -> None:
    (own_files / "checks").write_bytes(b"a file where a folder should be")

    with pytest.raises(OSError, match="checks"):
        services.check_writable()


class Dateless(FileSystemStorage):
    """A storage that takes files and does not tell since when."""

    def get_modified_time(self, name: str) -> datetime:
        raise OSError("no date")


def test_trying_out_a_storage_leaves_nothing_behind(
    settings: LazySettings, own_files: Path
) -> None:
    dateless = {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Dateless"}
    settings.STORAGES = {**settings.STORAGES, "default": dateless}

    with pytest.raises(OSError, match="no date"):
        services.check_writable()

    assert os.listdir(own_files / "checks") == []


@pytest.mark.django_db
def test_what_a_death_left_of_trying_out_is_deleted_when_it_is_old(own_files: Path) -> None:
    services.check_writable()
    (own_files / "checks/left.txt").touch()
    os.utime(own_files / "checks/left.txt", (0, 0))

    assert services.delete_unnamed(older_than=timedelta(hours=1)) == 1

    assert os.listdir(own_files / "checks") == []


@pytest.fixture
def keep(own_files: Path) -> set[str]:
    """A registered folder with an old file, whose name is told."""
    named = {"drawings/named.pdf"}
    file_registry.register("drawings", lambda: named)
    file_registry.register("missing", set)
    for name in ("named.pdf", "left.pdf"):
        with services.publish("drawings", name) as stream:
            stream.write(b"x")
        os.utime(own_files / "drawings" / name, (0, 0))
    with services.publish("elsewhere", "a.pdf") as stream:
        stream.write(b"x")
    os.utime(own_files / "elsewhere/a.pdf", (0, 0))
    return named


@pytest.mark.django_db
def test_only_old_files_of_registered_folders_that_nobody_names_are_deleted(
    keep: set[str], own_files: Path
) -> None:
    deleted = services.delete_unnamed(older_than=timedelta(hours=1))

    assert deleted == 1
    assert os.listdir(own_files / "drawings") == ["named.pdf"]
    assert os.listdir(own_files / "elsewhere") == ["a.pdf"]


class Full(FileSystemStorage):
    """A storage on a disk that is full."""

    def _save(self, name: str, content: File[Any]) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.django_db
def test_files_that_nobody_names_are_deleted_from_a_disk_that_they_fill(
    keep: set[str], own_files: Path, settings: LazySettings
) -> None:
    full = {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Full"}
    settings.STORAGES = {**settings.STORAGES, "default": full}

    assert services.delete_unnamed(older_than=timedelta(hours=1)) == 1

    assert os.listdir(own_files / "drawings") == ["named.pdf"]


@pytest.mark.django_db
def test_a_young_file_may_be_about_to_be_named(keep: set[str], own_files: Path) -> None:
    with services.publish("drawings", "young.pdf") as stream:
        stream.write(b"x")

    services.delete_unnamed(older_than=timedelta(hours=1))

    assert sorted(os.listdir(own_files / "drawings")) == ["named.pdf", "young.pdf"]


@pytest.mark.django_db
def test_a_file_that_another_cleaner_deletes_meanwhile_is_no_matter(own_files: Path) -> None:
    with services.publish("drawings", "left.pdf") as stream:
        stream.write(b"x")

    def delete_meanwhile() -> set[str]:
        services.delete("drawings/left.pdf")
        return set()

    file_registry.register("drawings", delete_meanwhile)

    assert services.delete_unnamed(older_than=timedelta(0)) == 0


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registrations of a test end with it."""
    monkeypatch.setattr(file_registry, "_folders", file_registry._folders.copy())
