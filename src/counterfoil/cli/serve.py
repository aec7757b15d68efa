"""Serves everything from one command: the pages, the API, and the work behind them.

The command itself is a supervisor. It holds the port, so that callers are not refused while the
web process is started anew, and sees to it that a web process and a worker are alive.
"""

from __future__ import annotations

import errno
import socket

import click

from counterfoil.cli.migrate import bring_up_to_date
from counterfoil.core.setup import set_up
from counterfoil.ops import shared_metrics
from counterfoil.ops.errors import Stop, readable_errors
from counterfoil.ops.supervisor import Child, Supervisor

LEAST_SILENCE_S = 3.0


@click.command()
@click.option("--host", help="Address to listen on.  [default: COUNTERFOIL_HOST or 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port; 0 picks a free one.  [default: COUNTERFOIL_PORT or 8000]",
)
@click.option("--workers", type=click.IntRange(1, 64), help="Jobs to run at once.  [default: 1]")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Run the web server and a worker, until Ctrl-C or SIGTERM.

    Updates the database first. Listens on this machine only, unless you set --host.
    """
    with readable_errors(), shared_metrics.shared():
        set_up()
        from django.conf import settings

        with listen(host or settings.HOST, settings.PORT if port is None else port) as listener:
            bring_up_to_date()
            _check_files()
            start = _start_link()
            _forget_database()
            supervisor = Supervisor(
                _children(listener, workers or settings.WORKERS),
                silence_s=max(LEAST_SILENCE_S, settings.JOB_LEASE_S),
                grace_s=settings.STOP_GRACE_S,
            )
            supervisor.run(ready=lambda: _announce(listener, start))


def listen(host: str, port: int) -> socket.socket:
    """Open the port. Whoever connects waits there until the web process is up.

    Raises:
        Stop: it is another's, or there is no such address here.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise Stop(f"Cannot listen on {host!r}: this machine has no such address.") from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(1024)
    except OSError as problem:
        listener.close()
        raise Stop(_why_not(problem, host, port)) from None
    return listener


def _why_not(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use. Choose another with --port."
    return f"Cannot listen on {host} port {port}: {problem.strerror}."


def address_of(listener: socket.socket) -> str:
    """Return the address as a browser wants it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _children(listener: socket.socket, workers: int) -> list[Child]:
    descriptor = listener.fileno()
    web = Child("web", ["web", str(descriptor)], inherits=(descriptor,))
    names = ["worker"] if workers == 1 else [f"worker {n}" for n in range(1, workers + 1)]
    return [web, *(Child(name, ["worker"]) for name in names)]


def _check_files() -> None:
    """Find out now, not at the first download, that files cannot be written."""
    from counterfoil.files import services

    services.check_writable()


def _forget_database() -> None:
    from django.db import connections

    connections.close_all()


def _start_link() -> str | None:
    """Draw the secret of the link for the first account, while there is none."""
    from counterfoil.accounts.links import open_start_link

    return open_start_link()


def _announce(listener: socket.socket, start: str | None) -> None:
    from django.conf import settings

    address = address_of(listener)
    click.echo(f"Counterfoil serves {address} (Ctrl-C ends it).")
    if start is not None:
        reached = settings.PUBLIC_URL.rstrip("/") or address
        click.echo(f"No account exists yet. Create the first one: {reached}/start/{start}/")
