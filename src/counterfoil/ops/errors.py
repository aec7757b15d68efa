"""What a person at a command line is told when a thing cannot be done: one sentence, no trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError

from counterfoil.core.characters import escape_controls
from counterfoil.core.refusals import Refusal


class Stop(click.ClickException):
    """Ends a command with a sentence on standard error and exit code 1.

    ``passing`` says that the same command may succeed in a minute: a database that is away.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"counterfoil: {escape_lines(self.message)}", err=True, file=file)


def escape_lines(text: str) -> str:
    """Return a text of several lines of ours, without what moves a terminal's cursor."""
    return "\n".join(escape_controls(line) for line in text.split("\n"))


@contextmanager
def readable_errors() -> Iterator[None]:
    """Tell what is wrong with the surroundings in a sentence. Our own errors keep their trace.

    Raises:
        Stop: with that sentence.
    """
    try:
        yield
    except (ImproperlyConfigured, Refusal) as problem:
        raise Stop(str(problem)) from None
    except DatabaseError as problem:
        raise Stop(f"The database cannot be used: {first_line(problem)}.", passing=True) from None
    except OSError as problem:
        what = f" ({problem.filename})" if problem.filename else ""
        raise Stop(f"{problem.strerror or problem}{what}.", passing=True) from None


def first_line(problem: Exception) -> str:
    """Return the start of a database's message; what follows are hints for its own tools."""
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0].rstrip(".")
