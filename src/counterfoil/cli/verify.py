"""``counterfoil verify``: is the ledger of paper tickets whole?"""

from __future__ import annotations

import sys

import click

from counterfoil.core.setup import set_up
from counterfoil.ops.errors import readable_errors


@click.command()
@click.option(
    "--head",
    metavar="HASH",
    help="A hash printed on a document or shown on a page; fail if no row has it.",
)
def verify(head: str | None) -> None:
    """Check every row and hash of the ledgers of paper tickets.

    Exit code 1: a row is missing or was changed; the first one of each organizer is named. With
    --head also if no row has this hash: the ledger was truncated or rewritten since.
    """
    with readable_errors():
        set_up()
        is_whole = _check_all()
        is_match = head is None or _find(head.strip().lower())
    sys.exit(0 if is_whole and is_match else 1)


def _check_all() -> bool:
    from counterfoil.catalog.models import Organizer
    from counterfoil.stock import ledger

    is_whole = True
    for organizer in Organizer.objects.order_by("slug"):
        flaw = ledger.flaw_in(organizer)
        if flaw is None:
            rows = ledger.events_of(organizer).count()
            digest = ledger.head_hash(organizer)
            click.echo(f"{organizer.slug}: whole, {rows} rows{digest and f', head {digest}'}")
        else:
            is_whole = False
            click.echo(f"problem  {flaw}")
    return is_whole


def _find(digest: str) -> bool:
    from counterfoil.stock import ledger

    row = ledger.find(digest)
    if row is None:
        click.echo(
            "problem  No row has this hash. The ledger was cut off or written anew since, or the "
            "hash is mistyped."
        )
        return False
    click.echo(f"The hash is that of row {row.number} of {row.organizer.slug}.")
    return True
