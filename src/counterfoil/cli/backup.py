"""Copies the database and all files, while everything goes on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

import counterfoil
from counterfoil.core.setup import set_up
from counterfoil.ops.backups.containers import Sink, in_memory, new_container
from counterfoil.ops.backups.manifest import DATABASES, FILES, NAME, Manifest, Piece
from counterfoil.ops.errors import readable_errors


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--without-files", is_flag=True, help="Leave out files, for buckets with their own backup."
)
def backup(target: Path, *, without_files: bool) -> None:
    """Copy the database and all files to TARGET, a new folder or a .tar or .tar.gz file.

    You do not need to stop anything. Protect TARGET: it contains all tickets.
    """
    with readable_errors():
        set_up()
        manifest = write_backup(target.absolute(), with_files=not without_files)
    size = sum(piece.size for piece in manifest.pieces.values())
    number = len(manifest.file_names())
    click.echo(f"{target}: the database and {number} files, {size / 1024**2:.1f} MiB.")


def write_backup(target: Path, *, with_files: bool) -> Manifest:
    """Write a backup that is consistent though everybody goes on working.

    Files never change, and are published before a row names them. So files are copied before the
    database, lest one that its rows name is deleted meanwhile, and those that are new after it.
    """
    from django.db import connection

    from counterfoil.core import clock
    from counterfoil.jobs import migration_check

    migration_check.refuse_other()
    manifest = Manifest(
        made=clock.now().isoformat(timespec="seconds"),
        version=counterfoil.__version__,
        database=connection.vendor,
        migrations=migration_check.names(),
    )
    with new_container(target) as sink:
        if with_files:
            manifest.pieces.update(_new_files(sink, manifest))
        manifest.pieces.update(_database(sink, DATABASES[connection.vendor]))
        if with_files:
            manifest.pieces.update(_new_files(sink, manifest))
        content = manifest.written()
        sink.add(NAME, in_memory(content), len(content))
    return manifest


def _database(sink: Sink, name: str) -> Iterator[tuple[str, Piece]]:
    from counterfoil.ops.backups import databases

    with tempfile.TemporaryDirectory(prefix="counterfoil-backup-") as folder:
        place = Path(folder) / name
        databases.dump(place)
        with place.open("rb") as source:
            yield name, sink.add(name, source, place.stat().st_size)


def _new_files(sink: Sink, manifest: Manifest) -> list[tuple[str, Piece]]:
    """Copy the files that are not in it yet. One that is deleted meanwhile is nobody's any more."""
    from counterfoil.files import services as files

    copied = []
    for name in files.stored_names():
        is_draft = "/." in name  # being written just now; it is published under another name
        if is_draft or FILES + name in manifest.pieces:
            continue
        try:
            size = files.size(name)
            with files.open_stored(name) as source:
                copied.append((FILES + name, sink.add(FILES + name, source, size)))
        except FileNotFoundError:
            continue
    return copied
