from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

import counterfoil
from counterfoil.cli.main import main


def _modules_after(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ended.stdout.split())


def test_help_names_every_command() -> None:
    said = CliRunner().invoke(main, ["--help"]).output

    for command in (
        "apply",
        "backup",
        "check",
        "demo",
        "jobs",
        "migrate",
        "restore",
        "user",
        "worker",
    ):
        assert command in said


def test_the_version_is_told() -> None:
    assert counterfoil.__version__ in CliRunner().invoke(main, ["--version"]).output


def test_an_unknown_command_is_refused() -> None:
    ended = CliRunner().invoke(main, ["srve"])

    assert ended.exit_code == 2
    assert "No such command 'srve'" in ended.output


@pytest.mark.parametrize(
    "command",
    [
        "apply",
        "backup",
        "check",
        "demo",
        "jobs",
        "migrate",
        "render",
        "restore",
        "serve",
        "user",
        "worker",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    ended = CliRunner().invoke(main, [command, "--help"])

    assert ended.exit_code == 0
    assert ended.output.startswith("Usage: main ")


def test_help_loads_no_framework() -> None:
    loaded = _modules_after(
        "from counterfoil.cli.main import main\nmain(['--help'], standalone_mode=False)"
    )

    assert "counterfoil.cli.main" in loaded
    assert not {"django", "celery", "counterfoil.render"} & loaded
