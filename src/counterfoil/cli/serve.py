"""Serves everything from one command: the pages, the API, and the work behind them.

The command itself is a supervisor, and its children are forks of it. It holds the port, so that
callers are not refused while the web process is started anew, and sees to it that a web process and
a worker are alive.
"""

from __future__ import annotations

import errno
import socket
from functools import partial

import click

from counterfoil.cli.migrate import bring_up_to_date
from counterfoil.core.setup import set_up
from counterfoil.ops import children, shared_metrics
from counterfoil.ops.errors import Stop, readable_errors
from counterfoil.ops.supervisor import Child, supervise, worker_names


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
            application = _load_web()
            supervise(
                _children(listener, application, workers or settings.WORKERS),
                ready=lambda: _announce(listener, start),
                grace_s=settings.STOP_GRACE_S,
            )


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


def _children(listener: socket.socket, application: object, workers: int) -> list[Child]:
    web = partial(children.web, application=application, listener=listener)
    worker = partial(children.worker_beside_web, listener=listener)
    names = worker_names(workers)
    return [Child("web", web), *(Child(name, worker, role="worker") for name in names)]


def _check_files() -> None:
    """Find out now, not at the first download, that files cannot be written."""
    from counterfoil.files import services

    services.check_writable(afresh=True)


def _load_web() -> object:
    """Load all that answers requests, before the fork; return the WSGI application."""
    import waitress  # noqa: F401
    from django.core.wsgi import get_wsgi_application
    from django.template import engines
    from django.urls import get_resolver

    application = get_wsgi_application()
    get_resolver()._populate()
    engines.all()
    return application


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
