from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import counterfoil
from counterfoil.cli.main import main

EXTRAS = [
    "boto3",
    "botocore",
    "celery",
    "dj_database_url",
    "gunicorn",
    "psycopg",
    "redis",
    "storages",
]


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


def test_serving_on_one_machine_needs_none_of_the_extras(tmp_path: Path) -> None:
    loaded = _modules_after(
        "import os, sys\n"
        f"os.environ['COUNTERFOIL_DATA_DIR'] = {str(tmp_path)!r}\n"
        "for name in ('DATABASE_URL', 'COUNTERFOIL_BROKER_URL', 'COUNTERFOIL_S3_BUCKET'):\n"
        "    os.environ.pop(name, None)\n"
        f"for name in {EXTRAS}: sys.modules[name] = None\n"  # whoever imports one fails
        "from counterfoil.core.setup import set_up; set_up()\n"
        "from counterfoil.cli import demo, serve, worker\n"
        "from counterfoil.jobs import notifications, registry, worker_loop\n"
        "from counterfoil.ops import checks\n"
        "serve._load_web(); serve._check_files(); registry.discover(); notifications.send('x')"
    )

    assert {"counterfoil.web.urls", "waitress"} <= loaded


def test_help_loads_no_framework() -> None:
    loaded = _modules_after(
        "from counterfoil.cli.main import main\nmain(['--help'], standalone_mode=False)"
    )

    assert "counterfoil.cli.main" in loaded
    assert not {"django", "celery", "counterfoil.render"} & loaded
