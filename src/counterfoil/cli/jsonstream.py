"""Reads a JSON object that is too large to be read at once, member by member."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

_CHUNK = 1 << 16
_SPACE = " \t\r\n"


class JsonError(ValueError):
    """The file is not the JSON that it should be."""


def read_members(file: TextIO, *, unrolled: str) -> Iterator[tuple[str, object]]:
    """Yield the members of the one object in a file.

    Args:
        unrolled: a member that is an array; its items are yielded one by one under its name.

    Raises:
        JsonError: with the place in the file.
    """
    scanner = _Scanner(file)
    scanner.take("{")
    if not scanner.is_next("}"):
        while True:
            name = scanner.value()
            if not isinstance(name, str):
                raise scanner.error("a name in quotes")
            scanner.take(":")
            if name == unrolled:
                yield from ((name, item) for item in _items(scanner))
            else:
                yield name, scanner.value()
            if not scanner.is_next(","):
                break
        scanner.take("}")
    scanner.end()


def _items(scanner: _Scanner) -> Iterator[object]:
    scanner.take("[")
    if scanner.is_next("]"):
        return
    yield scanner.value()
    while scanner.is_next(","):
        yield scanner.value()
    scanner.take("]")


class _Scanner:
    """A window on the file that moves forward."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._passed = 0

    def is_next(self, character: str) -> bool:
        """Tell whether a character comes next, and step over it if so."""
        if self._peek() != character:
            return False
        self._at += 1
        return True

    def take(self, character: str) -> None:
        if not self.is_next(character):
            raise self.error(f"“{character}”")

    def end(self) -> None:
        if self._peek():
            raise self.error("the end of the file")

    def value(self) -> object:
        """Read one value, however long it is."""
        self._peek()
        size = _CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._read(size):
                    raise self.error(f"a value ({error.msg})") from error
            except RecursionError as error:
                raise JsonError(f"the value {self._place} is nested too deeply") from error
            except ValueError as error:  # Python reads no integers of thousands of digits
                raise JsonError(f"the value {self._place} has too long a number") from error
            else:
                # A number at the very end of the window may go on behind it.
                if end < len(self._text) or not self._read(size):
                    self._at = end
                    return value
            size *= 2

    def error(self, expected: str) -> JsonError:
        return JsonError(f"expected {expected} {self._place}")

    @property
    def _place(self) -> str:
        return f"at character {self._passed + self._at + 1:,}"

    def _peek(self) -> str:
        """Return the next character that is no white space, "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read(_CHUNK):
                return ""

    def _read(self, size: int) -> bool:
        """Move the window on; False at the end of the file."""
        more = self._file.read(size)
        if more:
            self._passed += self._at
            self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)
