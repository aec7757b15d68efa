"""The table of contents of a backup. It is written last: without it a backup is none."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

NAME = "manifest.json"
FORMAT = 1
FILES = "files/"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


class NoBackup(Exception):
    """This is no backup, or not a whole one. The text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Piece:
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """``migrations`` tell which versions can read the database: ``app.name`` each."""

    made: str
    version: str
    database: str
    migrations: list[str]
    pieces: dict[str, Piece] = field(default_factory=dict)

    def written(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Read it.

        Raises:
            NoBackup: it is another program's, or a later version's.
        """
        try:
            data: dict[str, Any] = json.loads(text)
            if data.pop("format") != FORMAT:
                raise NoBackup("This backup has an unknown format. A different version made it.")
            pieces = {name: Piece(**piece) for name, piece in data.pop("pieces").items()}
            return cls(**data, pieces=pieces)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise NoBackup(f"{NAME} cannot be read.") from problem

    def database_name(self) -> str:
        """Return the name of the piece that holds the database.

        Raises:
            NoBackup: there is none.
        """
        name = DATABASES.get(self.database, "")
        if name not in self.pieces:
            raise NoBackup("This backup holds no database.")
        return name

    def file_names(self) -> list[str]:
        """Return the stored names of all files."""
        return [name.removeprefix(FILES) for name in self.pieces if name.startswith(FILES)]
