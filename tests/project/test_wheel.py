"""What `pip install` gives people: the wheel, in an environment that has nothing else of ours."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import counterfoil
from project.test_dev import ROOT, clean_environment

pytestmark = pytest.mark.slow

UV = str(Path(sysconfig.get_path("scripts")) / "uv")
SOURCES = ("src", "pyproject.toml", "README.md", "LICENSE", "NOTICE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: a build leaves its folders beside the sources."""
    folder = tmp_path_factory.mktemp("build")
    for name in SOURCES:
        subprocess.run(["cp", "-r", str(ROOT / name), str(folder)], check=True)
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    subprocess.run(
        [sys.executable, "-c", build], cwd=folder, check=True, capture_output=True, timeout=300
    )
    (made,) = (folder / "dist").glob("*.whl")
    return made


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_the_wheel_makes_prints_and_checks_tickets_in_a_clean_environment(
    wheel: Path, tmp_path: Path
) -> None:
    environment = clean_environment(tmp_path / "unused")
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [UV, "pip", "install", "--quiet", "--python", python, "--no-deps"]
    for command in (
        [UV, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")],
        [*install, "--require-hashes", "-r", str(ROOT / "requirements.lock")],
        [*install, str(wheel)],
        [UV, "pip", "check", "--quiet", "--python", python],
    ):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=900, check=False
        )
        assert done.returncode == 0, done.stderr

    installed = {re.sub(r"-[^-]*$", "", place.stem): place for place in _packages(tmp_path)}
    lean = installed.keys() - {"setuptools"}  # ours needs none; the lock names it for builds
    assert "counterfoil" in lean
    assert len(lean) <= 50
    assert not {"boto3", "celery", "psycopg", "redis", "django_storages"} & lean
    assert _size(tmp_path) <= 240 * 10**6

    demo = subprocess.run(
        [str(tmp_path / "venv" / "bin" / "counterfoil"), "demo", "--amount", "20"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "20 codes verified" in demo.stdout
    assert (tmp_path / "demo" / "tickets.pdf").read_bytes().startswith(b"%PDF")


def _packages(folder: Path) -> Iterator[Path]:
    return (folder / "venv" / "lib").glob("python*/site-packages/*.dist-info")


def _size(folder: Path) -> int:
    """Return the bytes of all files as their packages bring them, without byte code."""
    places = (folder / "venv" / "lib").rglob("*")
    return sum(place.stat().st_size for place in places if place.is_file())


def test_the_wheel_holds_the_package_its_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = ROOT / "src" / "counterfoil"
    files = {
        f"counterfoil/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert {name for name in names if name.startswith("counterfoil/")} == files
    assert {name.split("/")[0] for name in names} == {
        "counterfoil",
        f"counterfoil-{counterfoil.__version__}.dist-info",
    }


def test_its_version_is_the_same_wherever_it_is_said(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text()

    assert metadata(wheel)["Version"] == project["version"] == counterfoil.__version__
    assert f"\n## {counterfoil.__version__}" in changelog


def test_the_index_can_say_what_it_is_and_under_which_terms(wheel: Path) -> None:
    about = metadata(wheel)

    assert about["License-Expression"] == "Apache-2.0"
    assert about["Requires-Python"] == ">=3.11"
    assert about["Description-Content-Type"] == "text/markdown"
    assert "Framework :: Django :: 5.2" in about.get_all("Classifier", [])
