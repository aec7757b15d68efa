"""``counterfoil check``: check the configuration for problems before going live."""

from __future__ import annotations

import sys

import click

from counterfoil.core.setup import set_up
from counterfoil.ops.errors import readable_errors


@click.command()
@click.option("--strict", is_flag=True, help="Count notes as problems.")
def check(*, strict: bool) -> None:
    """Check the configuration for problems before going live.

    Exit code 0: no problems. 1: problems were found, or a setting is invalid.
    """
    with readable_errors():
        set_up()
        from counterfoil.ops.checks.environment import check_environment, check_stored_counts
        from counterfoil.ops.checks.filesystem import check_filesystem
        from counterfoil.ops.checks.security import check_security

        found = [
            *check_security(),
            *check_filesystem(),
            *check_environment(),
            *check_stored_counts(),
        ]
    for finding in sorted(found, key=lambda finding: not finding.serious):
        click.echo(f"{'problem' if finding.serious else 'note   '}  {finding.text}")
    problems = sum(finding.serious or strict for finding in found)
    click.echo(_summary(problems, len(found)))
    sys.exit(1 if problems else 0)


def _summary(problems: int, total: int) -> str:
    if not total:
        return "No problems found."
    return f"{_counted(total, 'finding')}, {_counted(problems, 'problem')}."


def _counted(number: int, verbose_name: str) -> str:
    return f"{number} {verbose_name}" if number == 1 else f"{number} {verbose_name}s"
