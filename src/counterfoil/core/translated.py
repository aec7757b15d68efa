"""Translated text: one JSON object from language to string, as the API shows it.

Input may be a plain string, which means the default language.
"""

from __future__ import annotations

from typing import Any

from django.db import models

Translated = dict[str, str]

DEFAULT_LANGUAGE = "en"


def translated(value: str | Translated | None, language: str = DEFAULT_LANGUAGE) -> Translated:
    """Return ``value`` as an object from language to text; a plain string is in ``language``."""
    if value is None:
        return {}
    return {language: value} if isinstance(value, str) else dict(value)


def resolve(text: Translated | None, language: str) -> str:
    """Choose the text for a language.

    The exact language, else its first part (``de`` of ``de-informal``), else any of the same
    family, else the default language, else any. Empty texts count as missing; of several that
    would do it is the first. (PostgreSQL keeps the languages in an order of its own.)
    """
    present = {key: value for key, value in (text or {}).items() if value}
    family = language.split("-")[0]
    for key in (language, family):
        if key in present:
            return present[key]
    for key, value in present.items():
        if key.split("-")[0] == family:
            return value
    return present.get(DEFAULT_LANGUAGE) or next(iter(present.values()), "")


class TranslatedField(models.JSONField):
    """A JSON column that holds a ``Translated``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
