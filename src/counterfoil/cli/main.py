"""The command line. A command's module is imported when that command is asked for.

Drawing one PDF must not load a web framework, and ``--help`` must not load anything.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import click

import counterfoil


@dataclass(frozen=True, slots=True)
class _Command:
    module: str
    function: str
    summary: str


_COMMANDS = {
    "apply": _Command("apply", "apply", "Bring the database to the state that a file declares."),
    "backup": _Command(
        "backup", "backup", "Back up the database and all files while the server runs."
    ),
    "check": _Command("check", "check", "Check the configuration for problems before going live."),
    "demo": _Command("demo", "demo", "Create a batch of tickets, print it and verify every code."),
    "jobs": _Command("jobs", "jobs", "List, retry and cancel jobs."),
    "migrate": _Command("migrate", "migrate", "Update the database to this version."),
    "render": _Command(
        "render", "render", "Print tickets from files, without a server or database."
    ),
    "restore": _Command(
        "restore", "restore", "Restore a backup into an empty database and storage."
    ),
    "serve": _Command("serve", "serve", "Run the web server and a worker."),
    "user": _Command("user", "user", "Create accounts and password reset links."),
    "verify": _Command("verify", "verify", "Check the ledger of tickets for gaps and changes."),
    "worker": _Command("worker", "worker", "Run a worker (for several hosts)."),
}


class Commands(click.Group):
    """A group that knows its commands by name and imports each at need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = _COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"counterfoil.cli.{entry.module}")
        command: click.Command = getattr(module, entry.function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in _COMMANDS.items()])


@click.group(cls=Commands)
@click.version_option(counterfoil.__version__, prog_name="counterfoil")
def main() -> None:
    """Create, print and track batches of real paper tickets."""
