"""Refusals: the ways in which the rules say no, in words for the person who asked.

Services raise them, and each door turns them into its own kind of answer; `ops/statuses.py` is the
table of those that speak HTTP. A command line and a page refuse in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """The rules say no. The text is for the person who asked."""


class Invalid(Refusal):
    """What was given cannot be used. ``problems`` maps each field to its sentences.

    Problems that no single field is to blame for stand under ``non_field_errors``.
    """

    def __init__(self, problems: Mapping[str, Sequence[str]] | str) -> None:
        if isinstance(problems, str):
            problems = {"non_field_errors": [problems]}
        self.problems: dict[str, list[str]] = {key: list(texts) for key, texts in problems.items()}
        super().__init__("; ".join(f"{key}: {' '.join(v)}" for key, v in self.problems.items()))

    @property
    def by_field(self) -> Mapping[str, Sequence[str]]:
        """The sentences of each field, whatever lies inside of it."""
        return self.problems

    @property
    def sentences(self) -> list[str]:
        """All sentences, whichever field they are about."""
        return [text for texts in self.problems.values() for text in texts]


class Conflict(Refusal):
    """The thing is in a state that does not allow this."""


class Forbidden(Refusal):
    """It exists and it may not be done, whoever asks (an event with orders is not deleted)."""


class Gone(Refusal):
    """It was there and will not come back: expired, failed for good, cancelled."""


class Unavailable(Refusal):
    """It cannot be done now and may work later: the disk is full, the storage does not answer."""
