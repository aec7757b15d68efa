"""What can look wrong about a drawing, as codes and messages."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Self

from counterfoil.render.messages import Message


class Concern(StrEnum):
    """What preflight looks for; the words are part of the interface."""

    MISSING_GLYPHS = "missing_glyphs"
    OVERFLOWS_BOX = "overflows_box"
    OVERFLOWS_PAGE = "overflows_page"
    SQUEEZED_LINE = "squeezed_line"
    SMALL_MODULE = "small_module"
    QUIET_ZONE_COVERED = "quiet_zone_covered"
    LOW_CONTRAST = "low_contrast"
    CODE_LEFT_OUT = "code_left_out"
    LOW_RESOLUTION = "low_resolution"
    UNKNOWN_VARIABLE = "unknown_variable"
    UNKNOWN_FAMILY = "unknown_family"
    OVERLAPPING_TEXT = "overlapping_text"
    REPEATED_SECRET = "repeated_secret"  # noqa: S105 - what is wrong with one
    UNEVEN_BARS = "uneven_bars"
    BACKGROUND_FONT = "background_font"
    MISSING_BLEED = "missing_bleed"
    MARKS_LEFT_OUT = "marks_left_out"


class Diagnostic(NamedTuple):
    """One concern about one drawing, in words for the designer."""

    concern: Concern
    detail: Message

    @classmethod
    def of(cls, code: str, **params: object) -> Self:
        """Return the remark with a code of ``MESSAGES``, which begins with its concern."""
        return cls(Concern(code.partition(".")[0]), Message(code, **params))
