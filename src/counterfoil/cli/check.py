"""Looks for settings that would bite in production."""

from __future__ import annotations

import sys

import click

from counterfoil.cli.errors import in_words
from counterfoil.cli.setup import set_up


@click.command()
@click.option("--strict", is_flag=True, help="Notes count as problems.")
def check(*, strict: bool) -> None:
    """Look for settings that would bite in production, and say what to do.

    Exit code 0: nothing serious. 1: there are problems, or a setting cannot be read.
    """
    with in_words():
        set_up()
        from counterfoil.cli.checks.exposure import exposure
        from counterfoil.cli.checks.places import places
        from counterfoil.cli.checks.surroundings import surroundings

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


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
