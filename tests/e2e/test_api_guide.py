"""docs/api.md is run as it stands: its commands by bash, its Python by Python."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from samplepdfs import pdf_of
from servers import World

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DEADLINE_S = 120

pytestmark = pytest.mark.slow


def blocks(language: str) -> list[str]:
    """Return the guide's examples in a language, in their order."""
    return [
        code for found, _, code in _BLOCK.findall(GUIDE.read_text("utf-8")) if found == language
    ]


def run(command: list[str], world: World, script: str, **more: str) -> str:
    """Run a script where the guide's reader would sit."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        input=script,
        cwd=world.folder,
        env=world.environment(PATH=path, **more),
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def reader(embedded: World) -> World:
    """Somebody who follows the guide: with its event, and a PDF to print on."""
    embedded.settings = "counterfoil.config.settings"
    for _, name, content in _BLOCK.findall(GUIDE.read_text("utf-8")):
        if name:
            (embedded.folder / name).write_text(content, "utf-8")
    (embedded.folder / "background.pdf").write_bytes(pdf_of((298, 420)))
    return embedded


@pytest.fixture
def address(reader: World) -> str:
    return reader.serve().address


def pages(pdf: Path) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def test_the_guides_commands_work(reader: World, address: str) -> None:
    missing = [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"there is no {' and no '.join(missing)} here")
    script = "\n".join(["set -euo pipefail", *blocks("bash")])

    run(["bash", "-s"], reader, script, SERVER=address)

    assert pages(reader.folder / "tickets.pdf") == 20
    assert len((reader.folder / "tickets.csv").read_text().splitlines()) == 21
    assert (reader.folder / "tickets.xlsx").read_bytes().startswith(b"PK")
    assert (reader.folder / "preview.png").read_bytes().startswith(b"\x89PNG")


def test_the_guides_python_works(reader: World, address: str) -> None:
    applied = reader.run("apply", *_in(reader.folder, "event.json", "--tokens", "tokens.json"))
    assert applied.returncode == 0, applied.stderr

    run([sys.executable, "-W", "error", "-"], reader, "\n".join(blocks("python")), SERVER=address)

    assert pages(reader.folder / "tickets.pdf") == 20


def test_every_example_of_the_guide_is_run() -> None:
    languages = {found for found, _, _ in _BLOCK.findall(GUIDE.read_text("utf-8"))}

    # What is written for sh is run by the trials of generated clients, with their packages.
    assert languages == {"json", "bash", "python", "sh"}


def _in(folder: Path, *arguments: str) -> list[str]:
    return [word if word.startswith("--") else str(folder / word) for word in arguments]
