"""Name schemes: of which parts a person's name is made, and in which order they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_SCHEME = "given_family"

Parts = Mapping[str, str]


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


def with_scheme(parts: Parts, scheme: str) -> dict[str, str]:
    """Return the parts of a name with the scheme by which they are written, unless they name one.

    That is the event's ``scheme``, or the first that has these parts: no name gets lost, and none
    whose scheme nobody knows.
    """
    if not parts or parts.get("_scheme") in SCHEMES or parts.get("_legacy"):
        return dict(parts)
    names = set(parts) - {"_scheme", "_legacy"}
    fitting = (name for name in (scheme, *SCHEMES) if names <= set(scheme_of(name).parts))
    return {**parts, "_scheme": next(fitting, scheme)}


def scheme_of(name: object) -> Scheme:
    return SCHEMES.get(name if isinstance(name, str) else "", SCHEMES[DEFAULT_SCHEME])
