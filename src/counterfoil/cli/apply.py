"""``counterfoil apply``: brings the database to what a declarative JSON file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import click

from counterfoil.core.setup import set_up
from counterfoil.ops.errors import Stop, readable_errors


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option(
    "--tokens",
    "place",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="OUT",
    help="File for the tokens: JSON from name to header value.",
)
@click.option("--rotate", is_flag=True, help="Create new tokens for all names in the file.")
def apply(file: IO[str], place: Path, *, rotate: bool) -> None:
    """Bring the database to the state that FILE declares.

    Adds or changes what FILE names and leaves everything else alone. A second run changes nothing
    and keeps the tokens in OUT. If FILE has any error, nothing is changed.
    """
    with readable_errors():
        set_up()
        counts = _apply(file, place, rotate=rotate)
    click.echo(
        f"Added: {_format_counts(counts['added'])}. Changed: {_format_counts(counts['changed'])}."
    )


def _apply(file: IO[str], place: Path, *, rotate: bool) -> Mapping[str, Counter[str]]:
    from counterfoil.jobs import migration_check
    from counterfoil.provisioning.apply import apply_declaration
    from counterfoil.provisioning.credentials import TokenFile, TokenFileRefused
    from counterfoil.provisioning.problems import DeclarationRefused
    from counterfoil.provisioning.reading import read_declaration
    from counterfoil.provisioning.references import credential_names

    migration_check.require_current()
    try:
        declaration = read_declaration(file.read())
        names = {name for _, name in credential_names(declaration)}
        return apply_declaration(declaration, TokenFile(place, rotated=names if rotate else ()))
    except (DeclarationRefused, TokenFileRefused) as refused:
        raise Stop(f"nothing was changed.\n{refused}") from None
    except UnicodeDecodeError:
        raise Stop(f"nothing was changed. {file.name} is not UTF-8.") from None


def _format_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items())) or "nothing"
