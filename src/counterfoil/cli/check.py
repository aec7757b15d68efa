"""Looks for settings that would bite in production."""

from __future__ import annotations

import sys

import click

from counterfoil.core.setup import set_up
from counterfoil.ops.errors import readable_errors


@click.command()
@click.option("--strict", is_flag=True, help="Notes count as problems.")
def check(*, strict: bool) -> None:
    """Look for settings that would bite in production, and say what to do.

    Exit code 0: nothing serious. 1: there are problems, or a setting cannot be read.
    """
    with readable_errors():
        set_up()
        from counterfoil.ops.checks.environment import surroundings
        from counterfoil.ops.checks.filesystem import places
        from counterfoil.ops.checks.security import exposure

        found = [*exposure(), *places(), *surroundings()]
    for finding in sorted(found, key=lambda finding: not finding.serious):
        click.echo(f"{'problem' if finding.serious else 'note   '}  {finding.text}")
    problems = sum(finding.serious or strict for finding in found)
    click.echo(_summary(problems, len(found)))
    sys.exit(1 if problems else 0)


def _summary(problems: int, total: int) -> str:
    if not total:
        return "Nothing to say against it."
    return f"{_counted(total, 'finding')}, {_counted(problems, 'problem')}."


def _counted(number: int, verbose_name: str) -> str:
    return f"{number} {verbose_name}" if number == 1 else f"{number} {verbose_name}s"
