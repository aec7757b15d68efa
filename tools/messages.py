"""Collects what is said to people, and keeps the translations of it: ``make messages``.

Python and templates are read by Babel; Django makes templates readable for it. What Django and REST
framework say in the same words comes with their own translations and is not collected.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import rest_framework
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "counterfoil"
LOCALE = SOURCES / "locale"
LANGUAGES = ("de",)

#: Django's other parts have translations too, which only count where they are installed.
_INSTALLED = {
    django: ("conf", "contrib/auth", "contrib/contenttypes", "contrib/sessions"),
    rest_framework: (".",),
}

#: Functions that mark a sentence, as Babel writes which of their arguments it is.
_KEYWORDS = {
    "_": None,
    "_now": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def collected() -> Catalog:
    """Return all sentences of the sources, sorted by file, without line numbers."""
    catalog, known = Catalog(project="Counterfoil", charset="utf-8", fuzzy=False), _shipped()
    for place in sorted([*SOURCES.rglob("*.py"), *SOURCES.rglob("templates/**/*.html")]):
        name = str(place.relative_to(SOURCES))
        for sentence, context in _sentences(place):
            if sentence in known:
                continue
            flags = ["python-format"] if "%(" in str(sentence) or "%s" in str(sentence) else []
            catalog.add(sentence, locations=[(name, None)], flags=flags, context=context)  # type: ignore[list-item]
    return catalog


def _shipped() -> frozenset[str]:
    """Return what Django and REST framework bring translations of, in what is installed of them."""
    found: set[str] = set()
    for package, folders in _INSTALLED.items():
        for folder in folders:
            home = Path(str(package.__file__)).parent / folder / "locale"
            with (home / "de/LC_MESSAGES/django.mo").open("rb") as stream:
                found |= {str(message.id) for message in read_mo(stream) if message.id}
    return frozenset(found)


def _sentences(place: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    source = place.read_text("utf-8")
    if place.suffix == ".html":
        # Blanked text keeps its indentation, which means nothing here and something in Python.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    stream = io.BytesIO(source.encode())
    options: Any = {"encoding": "utf-8"}
    for _line, function, arguments, _comments in extract_python(stream, _KEYWORDS, (), options):
        yield from _marked(str(function), arguments)


def _marked(function: str, arguments: object) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    texts = [arguments] if isinstance(arguments, str) else list(arguments or ())  # type: ignore[call-overload]
    if function.startswith("ngettext"):
        texts = texts[:2]
        if len(texts) == 2 and all(isinstance(text, str) and text for text in texts):
            yield (texts[0], texts[1]), None
    elif function.startswith("pgettext"):
        if len(texts) >= 2 and isinstance(texts[1], str):
            yield texts[1], str(texts[0])
    elif texts and isinstance(texts[0], str) and texts[0]:
        yield texts[0], None


def translations(language: str) -> Catalog:
    with _po(language).open("rb") as stream:
        return read_po(stream, locale=language)


def update(language: str) -> Catalog:
    """Bring a language's file up to date with the sources; what is no longer said is dropped."""
    catalog = translations(language) if _po(language).exists() else Catalog(locale=language)
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = f"# What Counterfoil says, in {catalog.locale_identifier}."
    catalog.project, catalog.version, catalog.fuzzy = "Counterfoil", "", False
    _po(language).parent.mkdir(parents=True, exist_ok=True)
    _po(language).write_bytes(written(catalog))
    _mo(language).write_bytes(compiled(catalog))
    return catalog


def written(catalog: Catalog) -> bytes:
    stream = io.BytesIO()
    write_po(stream, catalog, width=100, omit_header=False, sort_by_file=True, no_location=True)
    return b"".join(_without_dates(stream.getvalue().splitlines(keepends=True)))


def compiled(catalog: Catalog) -> bytes:
    stream = io.BytesIO()
    write_mo(stream, _plain(catalog))
    return stream.getvalue()


#: Babel writes a date in any case; no date at all is for it the time now.
_SOME_DAY = datetime(2027, 1, 1, tzinfo=UTC)


def _plain(catalog: Catalog) -> Catalog:
    """Leave out what changes with every run, so that the same sentences are the same bytes."""
    plain = Catalog(locale=catalog.locale, project="Counterfoil", charset="utf-8", fuzzy=False)
    plain.creation_date = plain.revision_date = _SOME_DAY
    for message in catalog:
        if message.id and _is_translated(message):
            plain.add(message.id, message.string, context=message.context)
    plain.mime_headers = [
        header for header in catalog.mime_headers if header[0] in ("Content-Type", "Plural-Forms")
    ]
    return plain


#: Header lines of people, tools and dates.
_CHANGING = (b"-Date:", b"Generated-By", b"EMAIL@", b"<LL@", b"#, fuzzy")


def _without_dates(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in lines if not any(mark in line for mark in _CHANGING))


def missing(catalog: Catalog) -> list[str]:
    """Return the sentences that have no translation."""
    return [str(message.id) for message in catalog if message.id and not _is_translated(message)]


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return bool(texts) and all(texts)


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _mo(language: str) -> Path:
    return _po(language).with_suffix(".mo")


def main() -> int:
    settings.configure(USE_I18N=True)
    for language in LANGUAGES:
        left = missing(update(language))
        print(f"{language}: {len(left)} sentences have no translation")
        for sentence in left:
            print(f"  {sentence!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
