"""Name schemes: of which parts a person's name is made, and in which order they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.eventsettings import setting
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.variables.language import Language

DEFAULT_SCHEME = "full"
NEUTRAL = "Mx"

Parts = Mapping[str, str]

PART_LABELS = {
    "salutation": _("Salutation"),
    "title": _("Title"),
    "given_name": _("Given name"),
    "middle_name": _("Middle name"),
    "family_name": _("Family name"),
    "full_name": _("Full name"),
    "calling_name": _("Calling name"),
    "latin_transcription": _("Latin transcription"),
    "degree": _("Degree (after name)"),
}
PART_SAMPLES = {
    "salutation": "Ms",
    "title": "Dr",
    "given_name": "Ada",
    "middle_name": "Byron",
    "family_name": "Lovelace",
    "full_name": "Ada Lovelace",
    "calling_name": "Ada",
    "latin_transcription": "Ada Lovelace",
    "degree": "PhD",
}
_LONG_PARTS = {
    "given_name": "Wilhelmina-Charlotte",
    "middle_name": "Alexandrina",
    "family_name": "Wolfeschlegelsteinhausen",
    "full_name": "Wilhelmina-Charlotte Wolfeschlegelsteinhausen",
    "latin_transcription": "Wilhelmina-Charlotte Wolfeschlegelsteinhausen",
}
LONG_PART_SAMPLES = {**PART_SAMPLES, **_LONG_PARTS}

_SALUTATIONS = {
    "de": {"Ms": "Frau", "Mr": "Herr"},
    "es": {"Ms": "Sra.", "Mr": "Sr."},
    "fr": {"Ms": "Mme", "Mr": "M."},
    "it": {"Ms": "Sig.ra", "Mr": "Sig."},
    "nl": {"Ms": "Mevr.", "Mr": "Dhr."},
    "pt": {"Ms": "Sra.", "Mr": "Sr."},
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """``parts`` in the order in which they are asked for and combined, ``name`` as written."""

    parts: tuple[str, ...]
    name: tuple[str, ...]
    separator: str = " "

    def write(self, parts: Parts) -> str:
        """Write the whole name, without the salutation."""
        name = self.separator.join(parts[part] for part in self.name if parts.get(part))
        degree = parts.get("degree", "") if "degree" in self.parts else ""
        return f"{name}, {degree}" if name and degree else name or degree


_GIVEN_FAMILY = ("given_name", "family_name")

SCHEMES = {
    "given_family": Scheme(_GIVEN_FAMILY, _GIVEN_FAMILY),
    "title_given_family": Scheme(("title", *_GIVEN_FAMILY), ("title", *_GIVEN_FAMILY)),
    "title_given_family_degree": Scheme(
        ("title", *_GIVEN_FAMILY, "degree"), ("title", *_GIVEN_FAMILY)
    ),
    "given_middle_family": Scheme(
        ("given_name", "middle_name", "family_name"), ("given_name", "middle_name", "family_name")
    ),
    "title_given_middle_family": Scheme(
        ("title", "given_name", "middle_name", "family_name"),
        ("title", "given_name", "middle_name", "family_name"),
    ),
    "family_given": Scheme(("family_name", "given_name"), ("family_name", "given_name")),
    "family_nospace_given": Scheme(_GIVEN_FAMILY, ("family_name", "given_name"), separator=""),
    "family_comma_given": Scheme(_GIVEN_FAMILY, ("family_name", "given_name"), separator=", "),
    "full": Scheme(("full_name",), ("full_name",)),
    "calling_full": Scheme(("calling_name", "full_name"), ("full_name",)),
    "full_transcription": Scheme(("full_name", "latin_transcription"), ("full_name",)),
    "salutation_given_family": Scheme(("salutation", *_GIVEN_FAMILY), _GIVEN_FAMILY),
    "salutation_title_given_family": Scheme(
        ("salutation", "title", *_GIVEN_FAMILY), ("title", *_GIVEN_FAMILY)
    ),
    "salutation_title_given_family_degree": Scheme(
        ("salutation", "title", *_GIVEN_FAMILY, "degree"), ("title", *_GIVEN_FAMILY)
    ),
    "title_salutation_given_family": Scheme(
        ("title", "salutation", *_GIVEN_FAMILY), ("title", *_GIVEN_FAMILY)
    ),
    "title_salutation_given_family_degree": Scheme(
        ("title", "salutation", *_GIVEN_FAMILY, "degree"), ("title", *_GIVEN_FAMILY)
    ),
}


def scheme_of(name: object) -> Scheme:
    return SCHEMES.get(name if isinstance(name, str) else "", SCHEMES[DEFAULT_SCHEME])


def write_name(parts: Parts | None, scheme: str) -> str:
    """Write a name by the scheme it was entered in, or else by ``scheme``.

    >>> write_name({"title": "Dr", "given_name": "Ada", "degree": "PhD",
    ...             "_scheme": "salutation_title_given_family_degree"}, "full")
    'Dr Ada, PhD'
    """
    if not parts:
        return ""
    if parts.get("_legacy"):
        return parts["_legacy"]
    return scheme_of(parts.get("_scheme", scheme)).write(parts)


def attendee_name(position: OrderPosition) -> str | None:
    """Write an attendee's name by the scheme it was entered in, None if there is none."""
    scheme = setting(position.order.event, "name_scheme")
    return write_name(position.attendee_name_parts, scheme) or None


def write_for_salutation(parts: Parts | None, scheme: str, language: Language) -> str:
    """Write a name as in a letter's first line: ``Ms Dr Lovelace``."""
    if not parts:
        return ""
    used = scheme_of(parts.get("_scheme", scheme))
    salutation = parts.get("salutation", "")
    if "salutation" not in used.parts or salutation in ("", NEUTRAL):
        return write_name(parts, scheme)
    family = [parts.get(part, "") for part in ("title", "family_name") if part in used.parts]
    return " ".join(filter(None, [write_salutation(salutation, language), *family]))


def write_parts(parts: Parts | None, wanted: tuple[str, ...], language: Language) -> str:
    """Write some parts of a name, in the order given. A neutral salutation stands only alone."""
    if not parts:
        return ""
    if len(wanted) == 1:
        return _part(parts, wanted[0], language)
    words = (_part(parts, part, language) for part in wanted)
    return " ".join(word for word in words if word and word != NEUTRAL)


def write_salutation(salutation: str, language: Language) -> str:
    family = language.code.partition("-")[0]
    return _SALUTATIONS.get(family, {}).get(salutation, salutation)


def _part(parts: Parts, part: str, language: Language) -> str:
    value = parts.get(part, "")
    return write_salutation(value, language) if part == "salutation" else value
