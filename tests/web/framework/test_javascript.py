"""The pages' JavaScript: its own tests, its types, and how much of it there is."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.templatetags.static import static
from django.test import Client

from node import ROOT, installed, program, run

STATIC = ROOT / "src/counterfoil/web/static"

JAVASCRIPT_BYTES = 165_000
CSS_BYTES = 60_000

# Parses each module without running it.
PARSE = """
import { readFileSync } from "node:fs";
import { SourceTextModule } from "node:vm";
for (const file of process.argv.slice(1)) {
  new SourceTextModule(readFileSync(file, "utf8"), { identifier: file });
}
"""


@pytest.fixture(scope="module")
def node() -> str:
    found = program("node")
    if not found:
        pytest.skip("There is no Node here.")
    return found[0]


@pytest.fixture(scope="module")
def sent() -> Mapping[str, bytes]:
    """All static files of the pages as browsers get them."""
    paths = [path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.*")]
    browser = Client()
    return {path: bytes(browser.get(static(path)).getvalue()) for path in paths}


@pytest.fixture
def sent_modules(sent: Mapping[str, bytes], tmp_path: Path) -> list[Path]:
    """The modules as browsers get them, in a tree like that of the project."""
    for path, content in sent.items():
        if path.endswith(".js"):
            place = tmp_path / "src/counterfoil/web/static" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return sorted(tmp_path.rglob("*.js"))


def size_of(sent: Mapping[str, bytes], suffix: str) -> int:
    return sum(len(content) for path, content in sent.items() if path.endswith(suffix))


def test_pure_modules_do_what_their_tests_say(
    node: str, sent_modules: list[Path], tmp_path: Path
) -> None:
    """As they are sent, so that nothing gets lost with the comments."""
    shutil.copytree(ROOT / "tests/web/js", tmp_path / "tests/web/js")
    for needed in ("tests/render", "src/counterfoil/layouts"):
        (tmp_path / needed).symlink_to(ROOT / needed)
    tests = sorted(map(str, tmp_path.glob("tests/web/js/*.test.js")))

    done = run(node, "--test", *tests, where=tmp_path)

    assert len(tests) > 10
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_is_still_javascript_as_it_is_sent(
    node: str, sent_modules: list[Path]
) -> None:
    command = [node, "--experimental-vm-modules", "--input-type=module", "--eval", PARSE]

    done = run(*command, *map(str, sent_modules))

    assert len(sent_modules) > 20
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("project", [".", "tests/web/js"])
def test_types_are_right(node: str, project: str) -> None:
    typescript = installed("typescript")
    if typescript is None:
        pytest.skip("TypeScript is not installed: npm could not reach its registry.")

    done = run(node, str(typescript / "bin/tsc"), "--project", project)

    assert done.returncode == 0, done.stdout


def test_there_is_little_of_it(sent: Mapping[str, bytes]) -> None:
    """As it is sent, not deflated yet; htmx included."""
    assert 0 < size_of(sent, ".js") <= JAVASCRIPT_BYTES
    assert 0 < size_of(sent, ".css") <= CSS_BYTES


def test_modules_import_each_other_by_plain_relative_paths() -> None:
    """No import map and no build is needed: see ``counterfoil.web.framework.static_version``."""
    imports = [
        (path.name, line)
        for path in STATIC.rglob("*.js")
        if path.parent.name != "vendor"
        for line in re.findall(r"^(?:import|export)\b[^;]*?\bfrom\s.*", path.read_text(), re.M)
    ]

    assert len(imports) > 20
    assert [
        each for each in imports if not re.search(r'from "\.{1,2}/[\w./]+\.js";$', each[1])
    ] == []
