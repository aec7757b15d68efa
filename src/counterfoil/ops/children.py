"""What the supervisor's child processes do: ``python -m counterfoil.ops.children PULSE ...``.

A child dies with its supervisor, however that dies: the kernel kills it (Linux), and its pulse
goes into a pipe that nobody reads any more (everywhere).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from counterfoil.core.setup import set_up
from counterfoil.ops.errors import Stop, readable_errors
from counterfoil.ops.supervisor import REFUSES, STUCK

PULSE_S = 0.5
CONNECTIONS = 8192
OTHER_FILES = 256  # the database, files that are sent, libraries
# A request gives up Python's lock at each of its statements and has to wait for it afterwards. With
# the usual 5 ms a scan of 18 statements waits 90 ms for each thread that only computes.
SWITCH_S = 0.0005
NICENESS = 10  # printing must not take the processor from people who wait for an answer
_PR_SET_PDEATHSIG = 1


def web(pulse: int, listener: int) -> None:
    """Answer requests that come to a port the supervisor has opened."""
    set_up()
    sys.setswitchinterval(SWITCH_S)
    import waitress
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    from counterfoil.jobs import migration_check
    from counterfoil.ops.watchdog import RequestThreads

    migration_check.refuse_other()
    threads = RequestThreads(stuck_after_s=settings.WEB_STUCK_S)
    server = waitress.create_server(
        threads.counted(get_wsgi_application()),
        sockets=[socket.socket(fileno=listener)],
        threads=settings.WEB_THREADS,
        # Connections that say nothing must not keep out those that do: many fit in, none stays
        # long, and select() would end at descriptor 1024.
        connection_limit=_connection_limit(),
        channel_timeout=30,
        cleanup_interval=5,
        asyncore_use_poll=True,
        ident="Counterfoil",
        # A proxy's headers are Django's to judge, and only where settings say there is one.
        clear_untrusted_proxy_headers=not settings.BEHIND_PROXY,
        max_request_body_size=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    )
    signal.signal(signal.SIGTERM, _leave)
    _beat(pulse, lambda: threads.answer(server.task_dispatcher))
    server.run()


def _connection_limit() -> int:
    """Let this process open as many files as the system allows; most are for connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = CONNECTIONS + OTHER_FILES
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(100, allowed - OTHER_FILES)


def worker(pulse: int) -> int:
    """Work on jobs, one at a time, in this process: if it stops, its pulse does."""
    set_up()
    from counterfoil.jobs import priority
    from counterfoil.ops.worker import run_worker

    priority.give_way(NICENESS)
    return run_worker(pool="solo", concurrency=1, started=lambda: _beat(pulse))


def main(arguments: list[str]) -> int:
    die_with_parent()
    pulse, role, *rest = arguments
    try:
        with readable_errors():
            if role == "web":
                web(int(pulse), int(rest[0]))
                return 0
            return worker(int(pulse))
    except Stop as stop:
        stop.show()
        return 1 if stop.passing else REFUSES


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it is gone (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _yes() -> bool:
    return True


def _beat(pulse: int, is_alive: Callable[[], bool] = _yes) -> None:
    arguments = (pulse, is_alive)
    threading.Thread(target=_beat_forever, args=arguments, name="pulse", daemon=True).start()


def _beat_forever(pulse: int, is_alive: Callable[[], bool]) -> NoReturn:
    while True:
        try:
            os.write(pulse, b"." if is_alive() else STUCK)
        except BrokenPipeError:
            os._exit(1)  # the supervisor is gone
        time.sleep(PULSE_S)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
