"""``counterfoil demo``: a batch of real tickets, the whole way, from an empty folder to a PDF.

It starts a server of its own, sets up an event, and then does as a client what an organiser's
script would do: create a batch, print it, download it. At last it reads every code back from the
PDF and compares it with the secret that the API tells for its order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import click

from counterfoil.cli.demo.client import AnswerRefused, Client
from counterfoil.cli.demo.server import DemoServer, ServerFailed
from counterfoil.cli.demo.verify import (
    Box,
    Mismatch,
    Unreadable,
    compare,
    read_codes,
    read_stack,
)
from counterfoil.render.sheets import read_sheet

T = TypeVar("T")

_MAX_MISMATCHES = 5
#: Two A4 tickets side by side on A3; each lift of 50 sheets is cut once.
_SHEET = {
    "name": "A3, two tickets",
    "width": 420,
    "height": 297,
    "columns": 2,
    "rows": 1,
    "cell_width": 210,
    "cell_height": 297,
    "order": "cut_and_stack",
    "lift": 50,
}


@click.command()
@click.option("--amount", type=click.IntRange(1, 10_000), default=1000, show_default=True)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder for the PDF and the demo's data.",
)
@click.option("--sheet", "on_sheets", is_flag=True, help="Print two tickets on a sheet, to cut.")
@click.option("--serve", is_flag=True, help="Only serve the demo event until interrupted.")
def demo(amount: int, folder: Path, *, on_sheets: bool, serve: bool) -> None:
    """Create, print and verify a batch of tickets on a new server."""
    try:
        with DemoServer(folder) as server:
            if serve:
                server.explain()
                server.wait()
            else:
                _run(server.client, amount, folder / "tickets.pdf", on_sheets=on_sheets)
    except (ServerFailed, AnswerRefused, Unreadable, OSError) as problem:
        raise click.ClickException(str(problem)) from None


def _run(client: Client, amount: int, pdf: Path, *, on_sheets: bool) -> None:
    steps = Steps(amount)
    item = client.get("items")["results"][0]["id"]
    with steps.step("Create the tickets") as progress:
        batch = client.create_batch(item=item, amount=amount, on_progress=progress)
    with steps.step("Print and download") as progress:
        if on_sheets:
            client.print_on_sheets(batch["id"], _SHEET, pdf, progress)
        else:
            client.print_batch(batch["id"], pdf, progress)
    with steps.step("Ask the API for the secrets") as progress:
        tickets = list(_counted(client.tickets(batch["id"]), progress))
    with steps.step("Read every code back") as progress:
        if on_sheets:
            codes = read_stack(pdf, _code_box(), read_sheet(_SHEET), len(tickets))
        else:
            codes = read_codes(pdf, _code_box())
        pages = compare(codes, [ticket.secret for ticket in tickets])
        mismatches = [page for page in _counted(pages, progress) if page]
    _check(batch["orders"] == [ticket.order for ticket in tickets], mismatches)
    steps.summary()
    click.echo(f"  {pdf}: {pdf.stat().st_size / 1e6:.1f} MB, {amount} codes verified")


def _check(orders_agree: bool, mismatches: list[Mismatch]) -> None:
    """Stop with an error if anything is off."""
    for wrong in mismatches[:_MAX_MISMATCHES]:
        click.echo(
            f"page {wrong.page}: expected {wrong.expected!r}, read {wrong.found!r}", err=True
        )
    if mismatches or not orders_agree:
        raise click.ClickException(
            f"{len(mismatches)} codes are wrong; orders agree: {orders_agree}"
        )


def _code_box() -> Box:
    """Return where the built-in layout, which the demo prints with, has its code."""
    from counterfoil.layouts.builtin import built_in_layout

    element = next(e for e in built_in_layout() if e["type"] == "barcodearea")
    return Box(float(element["left"]), float(element["bottom"]), float(element["size"]))


def _counted(rows: Iterator[T], progress: Callable[[int], None]) -> Iterator[T]:
    for number, row in enumerate(rows, start=1):
        progress(number)
        yield row


@dataclass
class Steps:
    """Shows a bar for each step and remembers how long it took."""

    amount: int
    timings: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, label: str) -> Iterator[Callable[[int], None]]:
        start = time.perf_counter()
        with click.progressbar(length=self.amount, label=f"{label:<28}") as bar:
            yield lambda done: bar.update(done - bar.pos)
            bar.update(self.amount - bar.pos)
        self.timings.append((label, time.perf_counter() - start))

    def summary(self) -> None:
        click.echo()
        for label, seconds in self.timings:
            click.echo(f"  {label:<28} {seconds:7.1f} s {self.amount / seconds:9.0f} tickets/s")
