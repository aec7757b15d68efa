"""A shell in which somebody works on another Django project: its settings are not ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from servers import World

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {"DJANGO_SETTINGS_MODULE": "elsewhere.settings"}
OURS = "counterfoil.config.settings"


def _ended(world: World, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=world.environment(**ELSEWHERE),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def ours(embedded: World) -> World:
    embedded.settings = ""
    embedded.begin()
    return embedded


@pytest.mark.parametrize(
    ("command", "code"),
    [(["migrate"], 0), (["check"], 1), (["jobs", "list"], 0)],  # `check` dislikes the short lease
    ids=["migrate", "check", "jobs"],
)
def test_another_projects_settings_stop_no_command(
    ours: World, command: list[str], code: int
) -> None:
    ended = _ended(ours, "counterfoil", *command)

    assert ended.returncode == code, ended.stderr
    assert not ended.stderr


def test_another_projects_settings_do_not_stop_the_server(ours: World) -> None:
    server = ours.serve(**ELSEWHERE)

    assert httpx.get(f"{server.address}/readyz", timeout=30).status_code == 200
    assert server.child("worker")


@pytest.mark.parametrize(
    "command",
    [
        ["gunicorn", "--check-config", "counterfoil.config.wsgi"],
        ["celery", "-A", "counterfoil.jobs.celery_app", "report"],
    ],
    ids=["gunicorn", "celery"],
)
def test_another_projects_settings_stop_no_server_of_others(
    ours: World, command: list[str]
) -> None:
    ended = _ended(ours, *command)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "elsewhere" not in ended.stdout + ended.stderr


def test_another_projects_settings_do_not_stop_the_tests(ours: World) -> None:
    ended = _ended(
        ours, "pytest", "--quiet", "-p", "no:cacheprovider", "tests/jobs/test_celery_app.py"
    )

    assert ended.returncode == 0, ended.stdout


def test_settings_of_ones_own_are_named_in_a_variable_of_ours(ours: World) -> None:
    program = (
        "from counterfoil.core.setup import set_up; set_up();"
        " from django.conf import settings; print(settings.SETTINGS_MODULE)"
    )
    said = {ours.python(program).stdout.strip()}
    ours.settings = "rig.settings"
    said.add(ours.python(program).stdout.strip())

    assert said == {OURS, "rig.settings"}
