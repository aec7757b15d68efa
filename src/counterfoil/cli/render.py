"""``counterfoil render``: prints tickets from files, without a server."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, Any

import click

from counterfoil.cli.renderwarnings import (
    warn_of_changed_rendering,
    warn_of_lost_parts,
    warn_of_missing_columns,
    warn_of_missing_fonts,
    warn_of_refused_fonts,
)
from counterfoil.cli.sheets import SpooledRows, find_sheet
from counterfoil.cli.ticketdata import DataError, Row, TicketData, open_data
from counterfoil.render import (
    Concern,
    FontLibrary,
    Image,
    ImageError,
    Ink,
    Layout,
    LayoutError,
    Plan,
    RenderError,
    Report,
    Ticket,
    TicketError,
    blank_background,
    compile_background,
    compile_plan,
    configured_folders,
    font_folders,
    read_image,
    read_layout,
    render_pdf,
)
from counterfoil.render.messages import Message
from counterfoil.render.sheets import (
    Imposition,
    Sheet,
    SheetError,
    SheetPlan,
    SheetRun,
    render_sheets,
)
from counterfoil.render.units import Mm, pt

_A4 = pt(Mm(210)), pt(Mm(297))
_DEFAULT_LOCALE = "en"
# Logos return on every ticket, photographs do not.
_CACHED_PICTURES = 8

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--layout", "layout_path", type=_FILE, required=True, help="Layout JSON.")
@click.option("--background", type=_FILE, help="PDF to print on.  [default: blank A4]")
@click.option(
    "--fonts", type=_FOLDER, multiple=True, help="Folder with additional fonts; repeatable."
)
@click.option("--images", type=_FOLDER, help="Folder with the pictures named in the data.")
@click.option("--data", type=_FILE, help="Tickets: JSON, or CSV or XLSX with a header.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The PDF.")
@click.option("--locale", help="Language of the tickets, if the data does not set it.")
@click.option("--title", default="Tickets", show_default=True, help="Title of the PDF.")
@click.option(
    "--printer-dpi",
    type=click.IntRange(72, 4800),
    help="Resolution of the printer, such as 203: bars of codes are whole dots.",
)
@click.option(
    "--sheet",
    "sheet_name",
    help="Print several tickets on a sheet: a JSON file, or the key of a built-in sheet.",
)
@click.option(
    "--ink",
    type=click.Choice([str(ink) for ink in Ink]),
    default=str(Ink.OFFICE),
    show_default=True,
    help="For a print shop: black ink alone that overprints, other colors as sRGB.",
)
@click.option("--preflight", is_flag=True, help="List possible problems of the printed tickets.")
@click.option("--check", is_flag=True, help="Only check layout and background.")
def render(  # noqa: PLR0913 - one argument per option
    *,
    layout_path: Path,
    background: Path | None,
    fonts: tuple[Path, ...],
    images: Path | None,
    data: Path | None,
    output: Path | None,
    locale: str | None,
    title: str,
    printer_dpi: int | None,
    sheet_name: str | None,
    ink: str,
    preflight: bool,
    check: bool,
) -> None:
    """Print tickets from files, without a server."""
    with _ending_tidily(), _report_errors():
        library = FontLibrary(font_folders(), preferred=fonts)
        plan = compile_plan(
            _read_layout(layout_path),
            compile_background(background.read_bytes()) if background else blank_background(*_A4),
            library,
            printer_dpi=printer_dpi,
            ink=Ink(ink),
        )
        sheet = find_sheet(sheet_name) if sheet_name is not None else None
        if sheet is not None:
            Imposition.of(sheet, [page.background for page in plan.pages])
        warn_of_refused_fonts(library, (*fonts, *configured_folders()))
        tickets = _open(data, plan)
        if check or preflight:
            warn_of_lost_parts(plan)
        if check:
            warn_of_missing_fonts(plan)
            warn_of_changed_rendering(plan)
            _say(f"{layout_path} can be printed.")
            return
        if tickets is None or output is None:
            raise click.UsageError("Give --data and --output, or --check.")
        is_table = tickets.columns() is not None
        maker = _TicketMaker(plan, images, locale or tickets.locale or _DEFAULT_LOCALE, is_table)
        if sheet is None:
            report, sheets = _print(maker, tickets, output, title), None
        else:
            report, sheets = _print_sheets(maker, tickets, output, title, sheet)
    _print_report(report, output, preflight, sheets)


@contextmanager
def _report_errors() -> Iterator[None]:
    """Turn what is wrong with the files into a sentence and exit status 1."""
    try:
        yield
    except LayoutError as error:
        listed = "\n".join(f"  {problem}" for problem in error.problems)
        raise click.ClickException(f"The layout cannot be used:\n{listed}") from error
    except SheetError as error:
        listed = "\n".join(f"  {problem}" for problem in error.problems)
        raise click.ClickException(f"The sheet cannot be used:\n{listed}") from error
    except (RenderError, DataError) as error:
        raise click.ClickException(str(error)) from error


def _read_layout(path: Path) -> Layout:
    try:
        source = json.loads(path.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"{path} is not valid JSON: {error}") from error
    except RecursionError as error:
        raise click.ClickException(f"{path} is nested too deeply for a layout.") from error
    return read_layout(source)


def _open(path: Path | None, plan: Plan) -> TicketData | None:
    if path is None:
        return None
    tickets = open_data(path)
    warn_of_missing_columns(plan, tickets, path)
    return tickets


@dataclass(frozen=True, slots=True)
class _TicketMaker:
    """Makes tickets of rows."""

    plan: Plan
    folder: Path | None
    locale: str
    is_table: bool

    def tickets(self, rows: Iterable[Row]) -> Iterator[tuple[Plan, Ticket]]:
        required, conditional = self.plan.images, self.plan.conditional_variables
        read = lru_cache(_CACHED_PICTURES)(self._read_picture)
        for row in rows:
            needed = required | conditional.intersection(row.images)
            files: Mapping[Any, str | None] = row.values if self.is_table else row.images
            pictures = {name: read(files[name] or "") for name in needed & files.keys()}
            ticket = Ticket(
                label=row.label,
                values=row.values,
                images={n: p for n, p in pictures.items() if not isinstance(p, Message)},
                broken={n: p for n, p in pictures.items() if isinstance(p, Message)},
                locale=self.locale,
            )
            if self.is_table:
                self._refuse_empty_codes(ticket)
            yield self.plan, ticket

    def _refuse_empty_codes(self, ticket: Ticket) -> None:
        """Refuse a ticket without its code, which is found out at the gate otherwise.

        Raises:
            TicketError: naming row, element and columns. A code that some tickets go without has
                a condition.
        """
        for code in self.plan.codes:
            if code.names and code.is_empty(ticket):
                names = ", ".join(sorted(code.names))
                raise TicketError(
                    ticket.label, code.pointer, Message("code.empty_columns", names=names)
                )

    def _read_picture(self, name: str) -> Image | Message | None:
        """Return a picture, None where the data names none, or why there should be one but is not.

        Names stay inside the folder: data may come from strangers.
        """
        if not name:
            return None
        if self.folder is None:
            return Message("image.no_folder", name=name)
        try:
            path = (self.folder / name).resolve()
            if not path.is_relative_to(self.folder.resolve()):
                return Message("image.outside_folder", name=name)
            return read_image(path.read_bytes())
        # No path at all, such as one with a null or a half character, and links in a circle.
        except (ImageError, OSError, ValueError, RuntimeError) as error:
            reason = error.message if isinstance(error, ImageError) else str(error)
            return Message("image.unusable", name=name, reason=reason)


def _print(maker: _TicketMaker, tickets: TicketData, output: Path, title: str) -> Report:
    amount = tickets.count() if sys.stderr.isatty() else 0
    with _published(output) as file, _progress(amount) as on_progress:
        printed = maker.tickets(tickets.rows())
        report = render_pdf(
            file, printed, title=title, language=maker.locale, on_progress=on_progress
        )
        if not report.tickets:
            raise DataError("The data contains no tickets.")
        return report


def _print_sheets(
    maker: _TicketMaker, tickets: TicketData, output: Path, title: str, sheet: Sheet
) -> tuple[Report, SheetPlan]:
    with _published(output) as file, SpooledRows(tickets.rows()) as spooled:
        if not len(spooled):
            raise DataError("The data contains no tickets.")
        plan = SheetPlan.of(sheet, len(spooled))
        printed = maker.tickets(spooled.read(plan.sequence()))
        with _progress(len(spooled)) as on_progress:
            report = render_sheets(
                file,
                SheetRun(sheet, plan, job=title),
                printed,
                title=title,
                language=maker.locale,
                on_progress=on_progress,
            )
    return report, plan


@contextmanager
def _ending_tidily() -> Iterator[None]:
    """Let SIGTERM end the program as Ctrl-C does, so that nothing half-written stays behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _published(path: Path) -> Iterator[IO[bytes]]:
    """Write a file; what cannot be written is told."""
    try:
        # Nothing may take the place of a pipe or of /dev/null: they are written to as they are.
        is_device = path.exists() and not path.is_file()
        with path.open("wb") if is_device else _moved_to(path.resolve()) as file:
            yield file
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def _moved_to(path: Path) -> Iterator[IO[bytes]]:
    """Write a file beside its place and move it there when it is complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        written.chmod(_mode_of(path))
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def _mode_of(path: Path) -> int:
    """Return the permissions that a program's own file would have; temporary ones are private."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def _progress(tickets: int) -> Iterator[Callable[[int], None] | None]:
    """Show a bar on terminals, and nothing in files and pipes."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=tickets, label="Printing", file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)


def _print_report(report: Report, output: Path, preflight: bool, sheets: SheetPlan | None) -> None:
    """Tell what was printed and what preflight found; unasked, only which codes are not there."""
    say = partial(_say, err=not output.is_file())
    tickets, pages = _counted(report.tickets, "ticket"), _counted(report.pages, "page")
    if sheets is None:
        say(f"{output}: {tickets} on {pages}.")
    else:
        lifts = _counted(sheets.lifts, "lift")
        empty = _counted(sheets.empty, "empty cell")
        say(f"{output}: {tickets} on {_counted(sheets.sheets, 'sheet')}, {lifts}, {empty}.")
    findings = [
        each for each in report.findings if preflight or each.concern is Concern.CODE_LEFT_OUT
    ]
    if preflight and not findings:
        say("Preflight: no problems found.")
    for finding in findings:
        say(f"Preflight: {finding}")
        if len(finding.first) > 1:
            for occurrence in finding.first:
                say(f"  {occurrence.ticket}: {occurrence.detail}")


def _say(line: str, *, err: bool = False) -> None:
    """Print a line; what the terminal has no letters for becomes a question mark."""
    encoding = sys.stdout.encoding
    click.echo(line.encode(encoding, "replace").decode(encoding), err=err)


def _counted(number: int, verbose_name: str) -> str:
    return f"{number:,} {verbose_name}{'' if number == 1 else 's'}"
