"""Problems of a declaration, each with its place as a JSON pointer (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class DeclarationRefused(Exception):
    """The declaration cannot be applied, and nothing of it was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def pointer(path: Iterable[str | int]) -> str:
    """Write a path as a JSON pointer.

    >>> pointer(["items", 0, "a/b"])
    '/items/0/a~1b'
    """
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
