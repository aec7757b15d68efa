"""``counterfoil restore``: restore a backup into an empty database and storage."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click

from counterfoil.core.setup import set_up
from counterfoil.ops.backups.containers import Source, open_container, read_whole, verify
from counterfoil.ops.backups.manifest import FILES, Manifest, NoBackup
from counterfoil.ops.errors import Stop, readable_errors


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
def restore(source: Path) -> None:
    """Restore SOURCE, a backup made by `counterfoil backup`.

    The settings name the target: an empty database of the same kind, and a data folder or bucket.
    The backup is verified first. If anything is missing or damaged, nothing is changed.
    """
    with readable_errors():
        set_up()
        try:
            with open_container(source) as container:
                manifest = _checked(container)
                _bring_back(container, manifest)
        except NoBackup as problem:
            raise Stop(f"{source}: {problem} Nothing was changed.") from None
        advice = _advice()
    files = len(manifest.file_names())
    click.echo(f"Restored the backup of {manifest.made}: the database and {files} files.")
    click.echo(advice)


def _checked(container: Source) -> Manifest:
    """Read the manifest, and everything it names.

    Raises:
        NoBackup: it is not whole.
        Stop: it does not fit this place.
    """
    from counterfoil.jobs import migration_check
    from counterfoil.ops.backups import databases

    manifest = Manifest.read(read_whole(container))
    _check_kind(manifest)
    newer = sorted(set(manifest.migrations) - set(migration_check.names()))
    if newer:
        raise Stop(f"This backup is from a newer version of Counterfoil ({newer[-1]}).")
    for name, piece in manifest.pieces.items():
        verify(container, name, piece)
    manifest.database_name()
    for name in manifest.file_names():
        _check_name(name)
    databases.refuse_non_empty()
    return manifest


def _check_kind(manifest: Manifest) -> None:
    from django.db import connection

    if manifest.database != connection.vendor:
        raise Stop(
            f"This backup is from a {manifest.database} database, but DATABASE_URL names "
            f"{connection.vendor}."
        )


def _check_name(name: str) -> None:
    """Let nothing be written anywhere but where we keep files."""
    from counterfoil.files import file_registry

    folder, slash, rest = name.partition("/")
    folders = {folder for folder, _names in file_registry.registered()}
    if folder not in folders or not slash or "/" in rest or rest.startswith(".") or not rest:
        raise NoBackup(f"{FILES}{name} is not a valid file name.")


def _bring_back(container: Source, manifest: Manifest) -> None:
    """Files first: if this dies midway there is no database yet, and it can be begun again."""
    from counterfoil.files import services as files
    from counterfoil.ops.backups import databases

    for name in manifest.file_names():
        folder, _slash, rest = name.partition("/")
        with container.open(FILES + name) as source, files.publish(folder, rest) as target:
            shutil.copyfileobj(source, target, 1024 * 1024)
    with tempfile.TemporaryDirectory(prefix="counterfoil-restore-") as folder:
        place = Path(folder) / manifest.database_name()
        with container.open(place.name) as source, place.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1024 * 1024)
        databases.load(place)


def _advice() -> str:
    from counterfoil.core.refusals import Unavailable
    from counterfoil.jobs import migration_check

    try:
        migration_check.refuse_other()
    except Unavailable:
        return (
            "The backup is from an older version. Run `counterfoil migrate` or `counterfoil serve`."
        )
    return "Run `counterfoil serve`. Jobs that were running start again."
