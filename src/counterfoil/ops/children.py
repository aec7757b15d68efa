"""What the supervisor's child processes do, from their fork to their end.

A child dies with its supervisor, however that dies: the kernel kills it (Linux), and its pulse
goes into a pipe that nobody reads any more (everywhere).
"""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

from counterfoil.core import failpoints
from counterfoil.ops.errors import Stop, readable_errors

PULSE_S = 0.5
STUCK = b"!"  # a child's pulse: alive, but it does no work any more
REFUSES = os.EX_CONFIG  # a child says that starting it again is of no use
CONNECTIONS = 8192
OTHER_FILES = 256  # the database, files that are sent, libraries
# A request gives up Python's lock at each of its statements and has to wait for it afterwards. With
# the usual 5 ms a scan of 18 statements waits 90 ms for each thread that only computes.
SWITCH_S = 0.0005
NICENESS = 10  # printing must not take the processor from people who wait for an answer
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What a child is given. ``predecessors`` are dead processes whose work it goes on with."""

    role: str
    supervisor: int
    pulse: int
    not_ours: Sequence[int]
    is_first: bool
    predecessors: Sequence[int]


#: A child's work; it returns the exit code.
Work = Callable[[Birth], int]


def live(work: Work, birth: Birth) -> NoReturn:
    """Be a child: to be called in a process that was just forked, which ends here.

    Nothing of the supervisor's is unwound: its other children, its port and its folder are its own.
    """
    code = 1
    try:
        _leave_parent(birth)
        with readable_errors():
            code = work(birth)
    except Stop as stop:
        stop.show()
        code = 1 if stop.passing else REFUSES
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - it must not reach the supervisor's handlers
        traceback.print_exc()
    finally:
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _leave_parent(birth: Birth) -> None:
    os.setsid()  # Ctrl-C is for the supervisor, which tells its children
    die_with_parent(birth.supervisor)
    for descriptor in birth.not_ours:
        os.close(descriptor)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGINT))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, f"counterf-{birth.role}".encode())
    if not birth.is_first:  # what a test armed shall not strike the second life too
        failpoints.disarm()


def web(birth: Birth, *, application: Any, listener: socket.socket) -> int:
    """Answer requests that come to a port the supervisor has opened."""
    sys.setswitchinterval(SWITCH_S)
    import waitress
    from django.conf import settings

    from counterfoil.jobs import migration_check
    from counterfoil.ops.watchdog import RequestThreads

    migration_check.refuse_other()
    threads = RequestThreads(stuck_after_s=settings.WEB_STUCK_S)
    server = waitress.create_server(
        threads.counted(application),
        sockets=[listener],
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
    _beat(birth.pulse, lambda: threads.answer(server.task_dispatcher))
    server.run()
    return 0


def _connection_limit() -> int:
    """Let this process open as many files as the system allows; most are for connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = CONNECTIONS + OTHER_FILES
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(100, allowed - OTHER_FILES)


def worker(birth: Birth, *, poll_s: float | None = None) -> int:
    """Work on jobs, one at a time, in this process: if it stops, its pulse does."""
    from counterfoil.ops.worker import run_worker

    return run_worker(
        started=lambda: _beat(birth.pulse), poll_s=poll_s, predecessors=birth.predecessors
    )


def worker_beside_web(birth: Birth, *, listener: socket.socket) -> int:
    """Work on a machine whose web process is told of each job and needs the processor."""
    from counterfoil.jobs import priority
    from counterfoil.ops.worker import IDLE_POLL_S

    listener.close()
    priority.give_way(NICENESS)
    return worker(birth, poll_s=IDLE_POLL_S)


def metrics(birth: Birth, *, port: int) -> NoReturn:
    """Answer Prometheus; a thread of the supervisor's would be lost or locked in its forks."""
    from counterfoil.ops import shared_metrics

    shared_metrics.show(port)
    _beat(birth.pulse)
    while True:
        signal.pause()


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the one that started it is gone (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before
        os._exit(1)


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
