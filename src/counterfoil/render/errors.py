"""What can go wrong while printing, in words for the person who can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from counterfoil.render.messages import Message


class RenderError(Exception):
    """The engine cannot do what was asked. Everything it raises on purpose is one of these."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a layout: where (a JSON pointer such as ``/0/left``) and what."""

    pointer: str
    message: Message

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}"


class LayoutError(RenderError):
    """A layout cannot be used. Carries all of its problems, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[LayoutError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class TicketError(RenderError):
    """One ticket cannot be printed, because of one element of its layout."""

    def __init__(self, ticket: str, pointer: str, message: Message) -> None:
        self.ticket = ticket
        self.pointer = pointer
        self.message = message
        super().__init__(f"{ticket}, {pointer}: {message}")

    def __reduce__(self) -> tuple[type[TicketError], tuple[str, str, Message]]:
        return type(self), (self.ticket, self.pointer, self.message)


class CostlyTicketError(TicketError):
    """One ticket takes too much processor time. ``pointer`` is the element that exceeded it."""


class _MessageError(RenderError):
    """An error that is one message."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message)


class BackgroundError(_MessageError):
    """A PDF cannot serve as a background."""


class InterruptedBackgroundError(_MessageError):
    """A PDF could not be read now, for reasons of the computer and not of the PDF."""


class ImageError(_MessageError):
    """A picture cannot be read or is not safe to read."""


class FontError(_MessageError):
    """A font file cannot be read, or forbids embedding."""


class TextError(_MessageError):
    """A text is longer than the budget allows."""


class WorkError(_MessageError):
    """A ticket has used up its processor time."""


class CodeError(_MessageError):
    """A text cannot be written in the wanted symbology."""


class TooLongError(CodeError):
    """A text is more than a code of the wanted symbology can hold."""
