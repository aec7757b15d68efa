"""What a background may cost. Everything is far above what designs for print need."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one PDF, and on the process that reads it."""

    octets: int = 20_000_000
    """Length of the file."""
    pages: int = 50
    objects: int = 200_000
    side: int = 14_400
    """Points a page may measure, UserUnit counted: 5 m, the limit of common viewers."""
    pixels: int = 100_000_000
    """Of one picture: A3 at 700 dpi."""
    stream: int = 160_000_000
    """Bytes one stream may inflate to: A4 at 600 dpi in CMYK."""
    inflated: int = 400_000_000
    """Bytes all streams together may inflate to."""
    content: int = 32_000_000
    """Bytes of one content stream."""
    forms: int = 100_000
    """Times that forms are painted on one page, forms in forms counted."""
    compiled: int = 40_000_000
    """Length of the result."""
    memory: int = 1_500_000_000
    """Address space of the child process, of which its libraries take a third."""
    cpu_s: int = 20
    wall_s: int = 60

    def to_arguments(self) -> list[str]:
        return [str(value) for value in asdict(self).values()]

    @classmethod
    def from_arguments(cls, arguments: list[str]) -> Self:
        return cls(*map(int, arguments))


LIMITS = Limits()
