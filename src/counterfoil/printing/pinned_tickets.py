"""The tickets of a print with the values that were printed, stored to draw it again.

A gzip of JSON lines: the names of the tickets in slugs; a picture when a ticket first shows it,
then the ticket. Written while the print is drawn, in the order of its file.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import IO, Any, Self

from counterfoil.files.services import open_stored
from counterfoil.render import Image, Overprint, Ticket, read_image
from counterfoil.render.values import Key


class PinnedTickets:
    """Writes tickets as they pass by."""

    def __init__(self, stream: IO[bytes], labels: list[str]) -> None:
        """``labels`` name the tickets in slugs, in the order of the selection."""
        self._file = gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0)
        self._pictures: set[str] = set()
        self._line({"labels": labels})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def write(self, layout: int, ticket: Ticket, pictures: dict[bytes, str]) -> None:
        """Write a ticket; ``pictures`` names the stored file of each by its hash."""
        images = {}
        for name, image in ticket.images.items():
            images[name] = image.sha256.hex() if image is not None else None
            if image is not None:
                self._picture(image.sha256, pictures)
        row = [
            layout,
            ticket.label,
            ticket.locale,
            [[key, value] for key, value in ticket.values.items()],
            images,
            asdict(ticket.overprint) if ticket.overprint is not None else None,
        ]
        self._line(row)

    def _picture(self, sha256: bytes, pictures: dict[bytes, str]) -> None:
        name = sha256.hex()
        if name in self._pictures:
            return
        self._pictures.add(name)
        with open_stored(pictures[sha256]) as source:
            data = base64.b64encode(source.read()).decode("ascii")
        self._line({"picture": name, "data": data})

    def _line(self, value: object) -> None:
        self._file.write(json.dumps(value, separators=(",", ":")).encode() + b"\n")


def read_labels(stream: IO[bytes]) -> list[str]:
    """Return the names of the tickets in slugs."""
    with gzip.GzipFile(fileobj=stream, mode="rb") as file:
        labels: list[str] = json.loads(file.readline())["labels"]
    stream.seek(0)
    return labels


def read_pinned(stream: IO[bytes]) -> Iterator[tuple[int, Ticket]]:
    """Yield the tickets of a print, each with the index of its layout, in the file's order."""
    pictures: dict[str, Image] = {}
    with gzip.GzipFile(fileobj=stream, mode="rb") as file:
        for line in file:
            row = json.loads(line)
            if isinstance(row, dict) and "labels" in row:
                continue
            if isinstance(row, dict):
                pictures[row["picture"]] = read_image(base64.b64decode(row["data"]))
                continue
            layout, label, locale, values, images, overprint = row
            yield (
                layout,
                Ticket(
                    label,
                    _values(values),
                    {name: pictures[sha] if sha else None for name, sha in images.items()},
                    locale=locale,
                    overprint=Overprint(**overprint) if overprint is not None else None,
                ),
            )


def _values(pairs: Iterable[tuple[Any, str | None]]) -> dict[Key, str | None]:
    return {tuple(key) if isinstance(key, list) else key: value for key, value in pairs}
