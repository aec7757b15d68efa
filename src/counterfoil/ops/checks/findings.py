"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence or two: what is so, and what to do. ``serious``: it will bite."""

    text: str
    serious: bool


def problem(text: str) -> Finding:
    return Finding(text, serious=True)


def note(text: str) -> Finding:
    return Finding(text, serious=False)
