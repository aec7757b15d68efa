"""The table of a batch: a row for each ticket, such as its seat, from a CSV or XLSX file."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from django.db import connection, transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.models import MAX_AMOUNT, BatchTicket, OfflineSalesBatch
from counterfoil.batches.queries import was_printed
from counterfoil.core import heavy
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.core.tables import DAMAGED_WORKBOOK, CsvTable, TableError, XlsxTable

MAX_BYTES = 10 * 1024 * 1024
MAX_COLUMNS = 50
#: Characters of a name, and of a cell.
_LONGEST_NAME = 50
_LONGEST_CELL = 1_000
#: What a workbook may unpack to.
_MAX_UNPACKED = 100 * 1024 * 1024
#: What a placeholder in a text of a layout can hold.
_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class BatchTable:
    """Rows of texts, in the order of the tickets."""

    columns: tuple[str, ...]
    rows: list[list[str]]

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(tuple(stored["columns"]), stored["rows"])

    def to_json(self) -> dict[str, Any]:
        return {"columns": list(self.columns), "rows": self.rows}

    def objects(self) -> Iterator[dict[str, str]]:
        """Yield each row by column."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def texts(self) -> list[str]:
        """Return each row as the database stores it."""
        return [json.dumps(row) for row in self.objects()]


def read_batch_table(file: IO[bytes], *, field: str = "file") -> BatchTable:
    """Read an uploaded file: CSV in UTF-8, or the first sheet of a workbook.

    Raises:
        Invalid: it is neither, or no table that layouts can use; the words name the row.
    """
    with tempfile.TemporaryDirectory() as folder, heavy.slot():
        path = Path(folder) / "table"
        content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            words = _("The file is larger than %(limit)d MB.")
            raise Invalid({field: [words % {"limit": MAX_BYTES // 1024**2}]})
        path.write_bytes(content)
        try:
            return _read(path, is_workbook=content.startswith(_ZIP))
        except TableError as problem:
            text = problem.translated()
            raise Invalid({field: [text[:1].upper() + text[1:]]}) from None


def _read(path: Path, *, is_workbook: bool) -> BatchTable:
    if is_workbook:
        _check_unpacked(path)
    table = XlsxTable(path) if is_workbook else CsvTable(path)
    columns = table.columns()
    _check_columns(columns)
    rows: list[list[str]] = []
    for number, row in table.rows():
        if len(rows) == MAX_AMOUNT:
            raise TableError(_("The table has more than %(limit)d rows.") % {"limit": MAX_AMOUNT})
        for name, text in row.items():
            if len(text) > _LONGEST_CELL or _CONTROL.search(text):
                words = _(
                    "Row %(row)d, column %(column)s: a cell holds at most %(limit)d characters, "
                    "and none that cannot be printed."
                )
                raise TableError(words % {"row": number, "column": name, "limit": _LONGEST_CELL})
        rows.append(list(row.values()))
    if not rows:
        raise TableError(_("The table has no rows below its header."))
    return BatchTable(columns, rows)


def _check_unpacked(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as problem:
        raise TableError(DAMAGED_WORKBOOK, error=problem) from problem
    if unpacked > _MAX_UNPACKED:
        raise TableError(_("The workbook is too large."))


def _check_columns(columns: tuple[str, ...]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise TableError(_("The table has more than %(limit)d columns.") % {"limit": MAX_COLUMNS})
    for name in columns:
        if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
            words = _(
                "Column “%(name)s”: a layout can only use names of at most %(limit)d letters "
                "without accents, digits, - and _. Rename it in the first row."
            )
            raise TableError(words % {"name": name[:100], "limit": _LONGEST_NAME})


def save_table(
    *, actor: Actor, batch: OfflineSalesBatch, table: BatchTable, dry_run: bool = False
) -> None:
    """Give each ticket of a batch its row, in the order of their numbers, or only check them.

    Raises:
        Invalid: the table has more or fewer rows than the batch has tickets.
        Conflict: tickets were printed already.
        Gone: somebody has deleted the batch.
    """
    texts = json.dumps(table.texts())  # while nobody waits for it
    with transaction.atomic():
        _lock_unprinted(batch)
        if len(table.rows) != batch.amount:
            words = _("The table has %(rows)d rows, but the batch has %(amount)d tickets.")
            raise Invalid({"file": [words % {"rows": len(table.rows), "amount": batch.amount}]})
        if dry_run:
            return
        _write_texts(batch, texts)
        _set_columns(actor, batch, list(table.columns))


def _write_texts(batch: OfflineSalesBatch, texts: str) -> None:
    """Write a JSON list of texts to the tickets of a batch by their numbers.

    It is one statement for all of them. SQLite would join the list anew with each ticket.
    """
    name = connection.ops.quote_name(BatchTicket._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {name} SET data = source.text::jsonb FROM "  # noqa: S608 - a name of ours
                "json_array_elements_text(%s::json) WITH ORDINALITY AS source (text, number) "
                f"WHERE batch_id = %s AND {name}.number = source.number",
                [texts, batch.pk],
            )
            return
        cursor.execute("CREATE TEMP TABLE texts (number INTEGER PRIMARY KEY, text TEXT)")
        cursor.execute("INSERT INTO texts SELECT key + 1, value FROM json_each(%s)", [texts])
        cursor.execute(
            f"UPDATE {name} SET data = "  # noqa: S608 - a name of ours
            f"(SELECT text FROM texts WHERE texts.number = {name}.number) WHERE batch_id = %s",
            [batch.pk],
        )
        cursor.execute("DROP TABLE texts")


@transaction.atomic
def delete_table(*, actor: Actor, batch: OfflineSalesBatch) -> None:
    """Take the rows of its table from a batch.

    Raises:
        Conflict: tickets were printed already.
        Gone: somebody has deleted the batch.
    """
    _lock_unprinted(batch)
    batch.tickets.update(data=None)
    _set_columns(actor, batch, [])


def _lock_unprinted(batch: OfflineSalesBatch) -> None:
    # A print that is being requested holds a share of the lock, by its reference to the batch.
    if not OfflineSalesBatch.objects.select_for_update().filter(pk=batch.pk).first():
        raise Gone(_("Somebody else has deleted this meanwhile."))
    if was_printed(batch):
        raise Conflict(_("Tickets of this batch were printed already, so its table stays."))


def _set_columns(actor: Actor, batch: OfflineSalesBatch, columns: list[str]) -> None:
    batch.data_columns = columns
    batch.save(update_fields=["data_columns"])
    audit.record(
        actor=actor,
        action="counterfoil.offlinesalesbatch.changed",
        obj=batch,
        event=batch.event,
        data={"data_columns": columns},
    )
