"""Starts processes of ours in a third of the time: by forking one that has imported the libraries.

``Warm`` starts that process, one for each that runs tests, and asks it to fork. The fork is like a
process that was started anew: it has the arguments, environment, files and session that it was
given, has imported none of our code but the engine, has read no settings, and can be killed. Only
its parent is another. Where a cold start is what a test is about, ``World.is_cold`` says so.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: What our commands import and what needs no settings. prometheus_client reads the environment.
LIBRARIES = (
    "asgiref.sync",
    "celery.app.base",
    "celery.concurrency.solo",
    "celery.worker.worker",
    "click",
    "counterfoil.render",
    "django.contrib.postgres.fields",
    "django.contrib.staticfiles.finders",
    "django.core.handlers.wsgi",
    "django.core.serializers.json",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.forms",
    "django.template.defaulttags",
    "django.test.client",
    "django.urls",
    "django.views.debug",
    "inflection",
    "jsonschema",
    "kombu.transport.redis",
    "phonenumbers",
    "pikepdf",
    "psycopg.types.json",
    "requests",
    "uritemplate",
    "waitress",
    "whitenoise.base",
)
#: What a process may have of its own and yet come of the same parent: it is read after the fork.
OWN = ("COUNTERFOIL_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_")
_LONGEST = 1 << 20


@dataclass(frozen=True)
class Request:
    """``python -m counterfoil ARGUMENTS``, or ``python -c PROGRAM ARGUMENTS``."""

    arguments: list[str]
    environment: dict[str, str]
    program: str = ""


class ForkedProcess:
    """What ``subprocess.Popen`` is for a process of one's own."""

    def __init__(self, pid: int, arguments: list[str], exit_codes: int) -> None:
        self.pid = pid
        self.args = arguments
        self.returncode: int | None = None
        self._exit_codes = exit_codes

    def poll(self) -> int | None:
        return self._look(0.0)

    def wait(self, timeout: float) -> int:
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout: float) -> int | None:
        if self.returncode is None:
            if not select.select([self._exit_codes], [], [], timeout)[0]:
                return None
            code = os.read(self._exit_codes, 16)
            os.close(self._exit_codes)
            self.returncode = int(code) if code else -signal.SIGKILL  # the parent was killed
        return self.returncode


class ForkServer:
    """The process that has imported everything, and the way to ask it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = _inherited(environment)
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._socket, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LONGEST)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "forkserver", str(theirs.fileno())],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Whether a fork has what such a process has from its start: paths, preloaded libraries."""
        return self._process.poll() is None and _inherited(environment) == self._environment

    def start(self, request: Request, files: list[int]) -> ForkedProcess:
        """Start a process whose standard input, output and errors are the files."""
        exit_codes, theirs = os.pipe()
        try:
            body = json.dumps(vars(request)).encode()
            socket.send_fds(self._socket, [body], [*files, theirs])
        finally:
            os.close(theirs)
        pid = int(self._socket.recv(16))
        return ForkedProcess(pid, request.arguments, exit_codes)

    def end(self) -> None:
        self._socket.close()
        self._process.wait(60)


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(OWN)}


# --- In the process that forks ------------------------------------------------------------------


def next_request(asking: socket.socket) -> Request:
    """Fork for each request. Return it in the child; in the parent, return at the end of all."""
    children: dict[int, tuple[int, int]] = {}
    selector = selectors.DefaultSelector()
    selector.register(asking, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is not asking:
                pid, exit_codes = children.pop(key.fd)
                selector.unregister(key.fd)
                os.close(key.fd)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                with contextlib.suppress(BrokenPipeError), open(exit_codes, "wb") as pipe:
                    pipe.write(str(code).encode())
                continue
            body, files, _, _ = socket.recv_fds(asking, _LONGEST, 4)
            if not body:
                os._exit(0)
            *standard, exit_codes = files
            pid = os.fork()
            if pid == 0:
                selector.close()
                asking.close()
                for pidfd, (_, pipe_end) in children.items():
                    os.close(pidfd)
                    os.close(pipe_end)
                os.close(exit_codes)
                os.setsid()
                for number, file in enumerate(standard):
                    os.dup2(file, number)
                    os.close(file)
                return Request(**json.loads(body))
            for file in standard:
                os.close(file)
            pidfd = os.pidfd_open(pid)
            children[pidfd] = (pid, exit_codes)
            selector.register(pidfd, selectors.EVENT_READ)
            asking.send(str(pid).encode())


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    request = next_request(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    if request.program:
        sys.argv = ["-c", *request.arguments]
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(request.program, "<string>", "exec"), names)
    else:
        from counterfoil.cli.main import main as counterfoil

        sys.argv = ["counterfoil", *request.arguments]
        counterfoil(prog_name="python -m counterfoil")


if __name__ == "__main__":
    main()
