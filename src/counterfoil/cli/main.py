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
    "apply": _Command("apply", "apply", "Bring the database to what a file says."),
    "backup": _Command("backup", "backup", "Copy the database and all files, at any time."),
    "check": _Command("check", "check", "Look for settings that would bite in production."),
    "demo": _Command("demo", "demo", "Make a batch of tickets, print it, and check every code."),
    "jobs": _Command("jobs", "jobs", "List jobs, try them again, cancel them."),
    "migrate": _Command("migrate", "migrate", "Bring the database to this version."),
    "render": _Command("render", "render", "Draw a layout as PDF, without any database."),
    "restore": _Command("restore", "restore", "Bring a backup back into an empty place."),
    "serve": _Command("serve", "serve", "Serve everything from this one command."),
    "user": _Command("user", "user", "Make accounts, and links for new passwords."),
    "worker": _Command("worker", "worker", "Work on jobs (for several hosts)."),
}


class Commands(click.Group):
    """A group that knows its commands by name and imports each at need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = _COMMANDS.get(cmd_name)
        if known is None:
            return None
        module = importlib.import_module(f"counterfoil.cli.{known.module}")
        command: click.Command = getattr(module, known.function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, known.summary) for name, known in _COMMANDS.items()])


@click.group(cls=Commands)
@click.version_option(counterfoil.__version__, prog_name="counterfoil")
def main() -> None:
    """Makes, prints and keeps account of batches of real paper tickets."""
