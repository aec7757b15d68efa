"""The demo's own server: a child process on a free loopback port, with its own data folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from counterfoil.cli.demo.client import Client

_START_S = 60
_STOP_S = 20
_EVENT = Path(__file__).with_name("event.json")


class ServerFailed(Exception):
    """The server did not start; the text says what it wrote."""


class DemoServer:
    """Runs ``counterfoil serve`` for the time of a ``with`` block and leaves no process behind."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._log = folder / "server.log"
        self._tokens = folder / "tokens.json"
        self._base = ""

    def __enter__(self) -> Self:
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(parents=True)
        self._tokens.unlink(missing_ok=True)
        port = _free_port()
        self._base = f"http://127.0.0.1:{port}"
        self._counterfoil("migrate")
        self._counterfoil("apply", str(_EVENT), "--tokens", str(self._tokens))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                _command("serve", "--port", str(port)),
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        self._until_ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()

    @property
    def client(self) -> Client:
        return Client(self._base, self._token(), "demo", "night")

    def wait(self) -> None:
        """Serve until interrupted, or until the server ends by itself."""
        try:
            self._process.wait()
        except KeyboardInterrupt:
            click.echo("Stopping.")

    def explain(self) -> None:
        """Print where to begin in a browser, a token and three requests to try."""
        event = f"{self._base}/api/v1/organizers/demo/events/night"
        item = self.client.get("items")["results"][0]["id"]
        header = f"-H 'Authorization: {self._token()}'"
        click.echo(f"Serving at {self._base}\n\nOpen {self._start_page()}\n")
        click.echo(f"Authorization: {self._token()}\n\nTry:\n")
        click.echo(f"  curl {header} {event}/items/\n")
        click.echo(
            f"  curl {header} -H 'Content-Type: application/json' \\\n"
            f'       -d \'{{"item": {item}, "amount": 20}}\' {event}/offlinesalesbatches/\n'
        )
        click.echo(f"  curl {header} -X POST {event}/offlinesalesbatches/1/render/\n")
        click.echo("The answers name the next address to ask. Ctrl-C stops the server.")

    def _start_page(self) -> str:
        """Return the link for the first account, which the server tells when all of it is up."""
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            log = self._log.read_text(encoding="utf-8", errors="replace")
            if match := re.search(r"https?://\S+/start/\S+/", log):
                return match[0]
            time.sleep(0.1)
        return self._base

    def _token(self) -> str:
        return str(json.loads(self._tokens.read_text(encoding="utf-8"))["demo"])

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "COUNTERFOIL_DATA_DIR": str(self._data.absolute())}

    def _counterfoil(self, *arguments: str) -> None:
        done = subprocess.run(
            _command(*arguments),
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerFailed(f"counterfoil {arguments[0]} failed: {done.stderr.strip()}")

    def _until_ready(self) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self._base}/api/v1/version", timeout=5).close()  # noqa: S310
            except urllib.error.HTTPError:
                return  # it answers, if only to ask who we are
            except OSError:
                time.sleep(0.1)
            else:
                return
        log = self._log.read_text(encoding="utf-8", errors="replace").strip()
        self.__exit__(None, None, None)
        raise ServerFailed(f"The server did not start. Its output:\n{log}")


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "counterfoil", *arguments]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
