"""People's names as they are printed: whole, in parts, or as in a letter's first line."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.eventsettings import setting
from counterfoil.catalog.nameschemes import Parts, scheme_of, with_scheme
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.variables.formatter import Formatter

NEUTRAL = "Mx"

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


def write_name(parts: Parts | None, scheme: str) -> str:
    """Write a name by the scheme it was entered in, or else by ``scheme`` if that has its parts.

    >>> write_name({"title": "Dr", "given_name": "Ada", "degree": "PhD",
    ...             "_scheme": "salutation_title_given_family_degree"}, "full")
    'Dr Ada, PhD'
    """
    if not parts:
        return ""
    if parts.get("_legacy"):
        return parts["_legacy"]
    return scheme_of(with_scheme(parts, scheme)["_scheme"]).write(parts)


def attendee_name(position: OrderPosition) -> str | None:
    """Write an attendee's name by the scheme it was entered in, None if there is none."""
    scheme = setting(position.order.event, "name_scheme")
    return write_name(position.attendee_name_parts, scheme) or None


def write_for_salutation(parts: Parts | None, scheme: str, formatter: Formatter) -> str:
    """Write a name as in a letter's first line: ``Ms Dr Lovelace``."""
    if not parts:
        return ""
    used = scheme_of(parts.get("_scheme", scheme))
    salutation = parts.get("salutation", "")
    if "salutation" not in used.parts or salutation in ("", NEUTRAL):
        return write_name(parts, scheme)
    family = [parts.get(part, "") for part in ("title", "family_name") if part in used.parts]
    return " ".join(filter(None, [write_salutation(salutation, formatter), *family]))


def write_parts(parts: Parts | None, requested: tuple[str, ...], formatter: Formatter) -> str:
    """Write the requested parts of a name in order. A neutral salutation is only written alone."""
    if not parts:
        return ""
    if len(requested) == 1:
        return _part(parts, requested[0], formatter)
    words = (_part(parts, part, formatter) for part in requested)
    return " ".join(word for word in words if word and word != NEUTRAL)


def write_salutation(salutation: str, formatter: Formatter) -> str:
    family = formatter.code.partition("-")[0]
    return _SALUTATIONS.get(family, {}).get(salutation, salutation)


def _part(parts: Parts, part: str, formatter: Formatter) -> str:
    value = parts.get(part, "")
    return write_salutation(value, formatter) if part == "salutation" else value
