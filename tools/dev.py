"""Serves Counterfoil for whoever works on it; `make dev` calls this.

It has the demo's event and an account, shows the traceback of what fails in the browser, and starts
again when a file changes. Everything is kept in data/dev; delete that to begin anew.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WATCHED = (ROOT / "src", ROOT / "tools")
SUFFIXES = {".py", ".html", ".css", ".js", ".json", ".mo"}
EVENT = ROOT / "src" / "counterfoil" / "cli" / "demo" / "event.json"
EMAIL, PASSWORD = "dev@example.org", "only on this machine"
LOOK_S = 0.5
STOP_S = 10.0
_ACCOUNT = """
import sys, django
django.setup()
from counterfoil.accounts.models import Team, User
email, password = sys.argv[1:]
user = User.objects.filter(email=email).first() or User.objects.create_user(email, password)
Team.objects.get(organizer__slug="demo", name="Box office").members.add(user)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", default="8000")
    port = parser.parse_args().port
    # A shell's background jobs begin with Ctrl-C ignored, and so would this.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    folder = Path(os.environ.get("COUNTERFOIL_DATA_DIR") or ROOT / "data" / "dev")
    environment = {
        **os.environ,
        "COUNTERFOIL_DATA_DIR": str(folder),
        "COUNTERFOIL_SETTINGS_MODULE": "devsettings",
        "DJANGO_SETTINGS_MODULE": "devsettings",
        "PYTHONPATH": str(ROOT / "tools"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    _add_sample_data(folder / "tokens.json", environment)
    print(f"Sign in as {EMAIL} with the password: {PASSWORD}", flush=True)
    print(f"The API's tokens are in {folder / 'tokens.json'}", flush=True)
    command = [sys.executable, "-m", "counterfoil", "serve", "--port", port]
    with contextlib.suppress(KeyboardInterrupt):
        _serve_and_reload(command, environment)
    return 0


def _add_sample_data(tokens: Path, environment: dict[str, str]) -> None:
    counterfoil = [sys.executable, "-m", "counterfoil"]
    subprocess.run([*counterfoil, "migrate"], env=environment, check=True)
    subprocess.run(
        [*counterfoil, "apply", str(EVENT), "--tokens", str(tokens)], env=environment, check=True
    )
    account = [sys.executable, "-c", _ACCOUNT, EMAIL, PASSWORD]
    subprocess.run(account, env=environment, check=True)


def _serve_and_reload(command: list[str], environment: dict[str, str]) -> None:
    while True:
        before = _edition()
        server = subprocess.Popen(command, env=environment)
        try:
            while _edition() == before:
                time.sleep(LOOK_S)
        finally:
            _stop(server)
        print("A file has changed; starting again.", flush=True)


def _edition() -> dict[str, int]:
    """Return when each file was changed; files come and go while this looks."""
    edition = {}
    for folder in WATCHED:
        for directory, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(directory, name)
                if os.path.splitext(name)[1] in SUFFIXES and os.path.exists(path):
                    edition[path] = os.stat(path).st_mtime_ns
    return edition


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
