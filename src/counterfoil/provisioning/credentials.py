"""The token file that `apply` writes.

It holds ``{"name": "Token …" | "Device …"}``. The database stores only hashes, so the tokens are
nowhere else. A token that the file has already stays valid, even for a new database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from counterfoil.accounts.services import new_secret

#: The form of our tokens; nobody may choose a short one.
_LEAST_LENGTH = 40


class TokenFileRefused(Exception):
    """The token file cannot be used. The text says why."""


class TokenFile:
    """The tokens by name: read when created, written by ``save``."""

    def __init__(self, place: Path, *, rotated: Collection[str] = ()) -> None:
        """Read the file, without the ``rotated`` names, which get new tokens."""
        self._place = place
        self._tokens = {name: text for name, text in _read(place).items() if name not in rotated}
        self._as_read = None if rotated else dict(self._tokens)

    def token(self, name: str, scheme: str) -> str:
        """Return the token of this name without its scheme (Token, Device); draw a new one."""
        stored_scheme, _, raw = self._tokens.get(name, "").partition(" ")
        if stored_scheme != scheme or len(raw) < _LEAST_LENGTH:
            raw = new_secret()
            self._tokens[name] = f"{scheme} {raw}"
        return raw

    def save(self) -> None:
        """Write the file completely or not at all, readable by its owner only."""
        if self._tokens == self._as_read and self._place.exists():
            return
        draft = self._place.with_name(f"{self._place.name}.{os.getpid()}.draft")
        try:
            _write(draft, json.dumps(self._tokens, indent=1) + "\n")
            draft.replace(self._place)
        except OSError as problem:
            with suppress(OSError):
                draft.unlink()
            raise TokenFileRefused(
                f"{self._place} cannot be written: {problem.strerror}."
            ) from None


def _read(place: Path) -> dict[str, str]:
    try:
        tokens = json.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise TokenFileRefused(f"{place} cannot be read: {problem.strerror}.") from None
    except ValueError:
        raise TokenFileRefused(f"{place} is no token file: it is not JSON.") from None
    if not isinstance(tokens, dict) or not all(isinstance(text, str) for text in tokens.values()):
        raise TokenFileRefused(f"{place} is no token file: it is not an object of texts.")
    return tokens


def _write(draft: Path, text: str) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
