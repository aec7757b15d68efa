"""``counterfoil verify``: is the ledger of tickets whole, and does it say what the tickets say?"""

from __future__ import annotations

import sys

import click


@click.command()
@click.option(
    "--head",
    metavar="HASH",
    help="A hash printed on a document or shown on a page: it must be in a ledger.",
)
def verify(head: str | None) -> None:
    """Check the ledgers of paper tickets: every row, every hash, up to the head.

    Exits with 1 and names the first bad row of each organizer. With --head it also fails if no
    row has this hash: then the ledger was cut off or written anew after the document was issued.
    """
    from counterfoil.core.setup import set_up

    set_up()
    from counterfoil.catalog.models import Organizer
    from counterfoil.stock import ledger
    from counterfoil.stock.models import StockEvent

    bad = False
    for organizer in Organizer.objects.order_by("slug"):
        flaw = ledger.flaw_in(organizer)
        if flaw is not None:
            bad = True
            click.echo(str(flaw))
            continue
        rows = StockEvent.objects.filter(organizer=organizer).count()
        digest = ledger.head_hash(organizer)
        click.echo(f"{organizer.slug}: {rows} rows, whole{f', head {digest}' if digest else ''}")
    if head is not None:
        row = ledger.find(head.strip().lower())
        if row is None:
            bad = True
            click.echo(
                "No row has this hash. The ledger was cut off or written anew after the document "
                "was issued, or the hash is not typed correctly."
            )
        else:
            click.echo(f"The hash is that of row {row.number} of {row.organizer.slug}.")
    sys.exit(1 if bad else 0)
