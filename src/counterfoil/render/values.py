"""What a ticket says: values of variables, placeholders in texts, translations.

The engine computes no values. A caller evaluates the variables that a plan ``needs`` and hands
them over as a ``Ticket``; here they are looked up and put in their places. Placeholders are one
regular expression and one dictionary: nothing is evaluated, and what a value holds is never
scanned again, so no value can reach another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from counterfoil.render.images import Image
from counterfoil.render.messages import Message

Key = str | tuple[str, str]
"""A variable in the ticket's language, or a variable and the language it is wanted in."""

Keys = tuple[str, ...]
"""Where something stands inside an element."""

DEFAULT_LOCALE = "en"
SECRET = "secret"  # noqa: S105 - the name of a variable
PROPERTIES = ("meta:", "itemmeta:")
"""How the names of properties begin; one that is not there is empty, not unknown."""

_PLACEHOLDER = re.compile(r"\{([-a-zA-Z0-9:_]+)\}")
# A printed secret serves people only; beyond this it is cut, as in pretix.
_LONGEST_SECRET = 32
_SHOWN_CHARACTERS = 30
_LANGUAGES = 64


@dataclass(frozen=True, slots=True)
class Overprint:
    """Words across every page of a ticket that is not in force; they leave codes free.

    With ``spoils_codes``, codes are painted over instead: no scanner reads them.
    """

    text: str
    spoils_codes: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket to print: everything its layout may ask for, evaluated already.

    ``values`` is by variable, or by (variable, locale) for elements with a language of their own;
    without the latter they take the former. A variable that is absent is unknown: it prints
    nothing and preflight says so. One that has no value is ``""`` or None. ``broken`` names
    variables and pictures that could not be evaluated, each with the reason: an element that
    needs one of them fails the ticket.
    """

    label: str
    """How people find it: an order position, a row of a file."""
    values: Mapping[Key, str | None]
    images: Mapping[str, Image | None] = field(default_factory=dict)
    broken: Mapping[str, Message] = field(default_factory=dict)
    locale: str = DEFAULT_LOCALE
    overprint: Overprint | None = None


class Unknown(str):
    """A text in which variables were wanted that the ticket does not have."""

    __slots__ = ("names",)
    names: tuple[str, ...]

    @classmethod
    def named(cls, text: str, names: tuple[str, ...]) -> Unknown:
        unknown = cls(text)
        unknown.names = names
        return unknown


class Value(Protocol):
    """A text that may differ from ticket to ticket."""

    def __call__(self, ticket: Ticket) -> str: ...

    def needs(self) -> frozenset[Key]:
        """Name the variables that are read, for callers who fetch only those."""

    def constants(self) -> Iterator[tuple[Keys, str]]:
        """List the texts that are the same for every ticket, with the place of each."""


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of one variable."""

    name: str
    locale: str = ""

    def __call__(self, ticket: Ticket) -> str:
        value = _lookup(ticket, self.name, self.locale)
        if value is None:
            return "" if self.name.startswith(PROPERTIES) else Unknown.named("", (self.name,))
        return value

    def needs(self) -> frozenset[Key]:
        return frozenset([_key(self.name, self.locale)])

    def constants(self) -> Iterator[tuple[Keys, str]]:
        return iter(())


@dataclass(frozen=True, slots=True)
class TruncatedSecret:
    """A secret as people see it: too long for print, its end is left away."""

    secret: Variable

    def __call__(self, ticket: Ticket) -> str:
        value = self.secret(ticket)
        return value if len(value) <= _LONGEST_SECRET else value[:_SHOWN_CHARACTERS] + "…"

    def needs(self) -> frozenset[Key]:
        return self.secret.needs()

    def constants(self) -> Iterator[tuple[Keys, str]]:
        return iter(())


class Template:
    """A text with placeholders, split once."""

    __slots__ = ("_literals", "_locale", "_names", "_place", "_text")

    def __init__(self, text: str, locale: str = "", place: Keys = ("text",)) -> None:
        parts = _PLACEHOLDER.split(text)
        self._text = text
        self._literals, self._names = parts[::2], parts[1::2]
        self._locale = locale
        self._place = place

    def __call__(self, ticket: Ticket) -> str:
        if not self._names:
            return self._text
        text = [self._literals[0]]
        unknown: list[str] = []
        for name, literal in zip(self._names, self._literals[1:], strict=True):
            value = _lookup(ticket, name, self._locale)
            if value is None:
                value = "" if name.startswith(PROPERTIES) else f"{{{name}}}"
                unknown += [name] if value else []
            text += (value, literal)
        joined = "".join(text)
        return Unknown.named(joined, tuple(unknown)) if unknown else joined

    def needs(self) -> frozenset[Key]:
        return frozenset(_key(name, self._locale) for name in self._names)

    def constants(self) -> Iterator[tuple[Keys, str]]:
        if not self._names:
            yield self._place, self._text


class Translated:
    """A text in several languages, each of which may hold placeholders."""

    __slots__ = ("_choose", "_locale", "_templates")

    def __init__(self, translations: Mapping[str, str], locale: str = "") -> None:
        self._locale = locale
        self._templates = {
            language: Template(text, locale, ("text_i18n", language))
            for language, text in translations.items()
        }
        nothing = Template("")
        languages = [language for language, text in translations.items() if text]
        # Choosing anew took 1.5 us a ticket; a print run meets few languages.
        self._choose = lru_cache(_LANGUAGES)(
            lambda locale: self._templates.get(negotiate_locale(locale, languages) or "", nothing)
        )

    def __call__(self, ticket: Ticket) -> str:
        return self._choose(self._locale or ticket.locale)(ticket)

    def needs(self) -> frozenset[Key]:
        return frozenset(key for each in self._templates.values() for key in each.needs())

    def constants(self) -> Iterator[tuple[Keys, str]]:
        for template in self._templates.values():
            yield from template.constants()


def content_value(content: str, text: str, text_i18n: Mapping[str, str], locale: str = "") -> Value:
    """Return what an element shows: its own text, a translated one, or a variable."""
    if content == "other":
        return Template(text, locale)
    if content == "other_i18n":
        return Translated(text_i18n, locale)
    return Variable(content, locale) if content else Template("")


def negotiate_locale(locale: str, languages: Sequence[str]) -> str | None:
    """Choose a language: itself, its family's head, any of its family, the default, the first."""
    family = locale.partition("-")[0]
    relatives = (each for each in languages if each.partition("-")[0] == family)
    candidates = [locale, family, *relatives, DEFAULT_LOCALE, *languages]
    return next((each for each in candidates if each in languages), None)


def _key(name: str, locale: str) -> Key:
    return (name, locale) if locale else name


def _lookup(ticket: Ticket, name: str, locale: str) -> str | None:
    """Return a value, ``""`` if it has none, and None if the variable is unknown."""
    values = ticket.values
    if locale and (name, locale) in values:
        return values[name, locale] or ""
    if name in values:
        return values[name] or ""
    return None
