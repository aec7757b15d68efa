"""Variables of the people: the one who attends, and the one who is invoiced."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.eventsettings import setting
from counterfoil.catalog.models import Event
from counterfoil.catalog.nameschemes import DEFAULT_SCHEME, Parts, scheme_of
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import Label, TicketVariable
from counterfoil.printing.variables.names import (
    LONG_PART_SAMPLES,
    PART_LABELS,
    PART_SAMPLES,
    write_for_salutation,
    write_name,
    write_parts,
)

_NAME = "attendee_name_parts"
_INVOICE = "order__invoice_address"
_LONG_NAME = "Wilhelmina-Charlotte Wolfeschlegelsteinhausen"
_LONG_COMPANY = "Wolfe, Schlegel, Stein & Hausen Bridge Engineering Limited"
_LONG_STREET = "Wilhelmina-Charlotte-Wolfe-Strasse 1147 b"
_LONG_EMAIL = "wilhelmina.wolfeschlegelsteinhausen@accounting.example.org"

#: field: (its label, a sample, the longest)
_FIELDS: dict[str, tuple[Label, str, str]] = {
    "company": (_("company"), "Analytical Engines Ltd", _LONG_COMPANY),
    "street": (_("street"), "Bridge Street 14", _LONG_STREET),
    "zipcode": (_("ZIP code"), "80339", "SW1W 0NY"),
    "city": (_("city"), "Munich", "Llanfairpwllgwyngyll"),
    "state": (_("state"), "BY", "NSW"),
    "country": (_("country"), "Germany", "United States Minor Outlying Islands"),
}


def people_variables(event: Event) -> Iterator[TicketVariable]:
    """List the variables; those of the parts of a name depend on the event's scheme."""
    scheme = setting(event, "name_scheme") or DEFAULT_SCHEME
    yield from _attendee(scheme)
    yield from _attendee_name_parts(scheme)
    yield from _invoice(scheme)


def _attendee(scheme: str) -> Iterator[TicketVariable]:
    yield TicketVariable(
        key="attendee_name",
        label=_("Attendee name"),
        sample="Ada Lovelace",
        longest=_LONG_NAME,
        columns=(_NAME,),
        evaluate=lambda formatter, parts: write_name(parts, scheme),
        inherits=True,
    )
    yield TicketVariable(
        key="attendee_email",
        label=_("Attendee e-mail address"),
        sample="ada@example.org",
        longest=_LONG_EMAIL,
        columns=("attendee_email",),
        evaluate=_as_it_is,
        inherits=True,
    )
    for field, (label, sample, longest) in _FIELDS.items():
        yield TicketVariable(
            key=f"attendee_{field}",
            label=_labelled(_("Attendee"), label),
            sample=sample,
            longest=longest,
            columns=(field,),
            evaluate=Formatter.country if field == "country" else _as_it_is,
            inherits=True,
        )
    yield TicketVariable(
        key="attendee_address",
        label=_("Full attendee address"),
        sample="Ada Lovelace\nAnalytical Engines Ltd\nBridge Street 14\n80339 Munich\nGermany",
        longest="\n".join((_LONG_NAME, _LONG_COMPANY, _LONG_STREET, "80339 Munich", "Germany")),
        columns=(_NAME, *_FIELDS),
        evaluate=partial(_address, scheme),
    )


def _address(
    scheme: str,
    formatter: Formatter,
    parts: Parts | None,
    company: str | None,
    street: str | None,
    *place: str | None,
) -> str:
    zipcode, city, state, country = place
    town = " ".join(filter(None, (zipcode, city, state)))
    lines = (write_name(parts, scheme), company, street, town, formatter.country(country))
    return "\n".join(filter(None, lines))


def _attendee_name_parts(scheme: str) -> Iterator[TicketVariable]:
    yield TicketVariable(
        key="attendee_name_for_salutation",
        label=_("Attendee name for salutation"),
        sample="Ms Lovelace",
        longest="Ms Dr Wolfeschlegelsteinhausen",
        columns=(_NAME,),
        evaluate=lambda formatter, parts: write_for_salutation(parts, scheme, formatter),
        inherits=True,
    )
    parts = scheme_of(scheme).parts
    for count in range(1, len(parts) + 1):
        for combination in itertools.combinations(parts, count):
            yield TicketVariable(
                key="_".join(("attendee_name", *combination)),
                label=_labelled(_("Attendee"), *(PART_LABELS[part] for part in combination)),
                sample=" ".join(PART_SAMPLES[part] for part in combination),
                longest=" ".join(LONG_PART_SAMPLES[part] for part in combination),
                columns=(_NAME,),
                evaluate=partial(_parts, combination),
                inherits=True,
            )


def _parts(combination: tuple[str, ...], formatter: Formatter, parts: Parts | None) -> str:
    return write_parts(parts, combination, formatter)


def _invoice(scheme: str) -> Iterator[TicketVariable]:
    yield _invoice_variable(
        "name",
        _("Invoice address: name"),
        ("Ada Lovelace", _LONG_NAME),
        lambda formatter, address: _invoice_name(address, scheme),
    )
    for field, (label, sample, longest) in _FIELDS.items():
        yield _invoice_variable(
            field,
            _labelled(_("Invoice address"), label),
            (sample, longest),
            partial(_invoice_country if field == "country" else _invoice_field, field),
        )
    yield _invoice_variable(
        "custom_field",
        _("Invoice address: custom field"),
        ("Cost centre 1843", "Cost centre 1843, to the attention of Charles Babbage"),
        partial(_invoice_field, "custom_field"),
    )
    yield _invoice_variable(
        "name_for_salutation",
        _("Invoice address: name for salutation"),
        ("Ms Lovelace", "Ms Dr Wolfeschlegelsteinhausen"),
        lambda formatter, address: write_for_salutation(
            address.get("name_parts"), scheme, formatter
        ),
    )
    for part in scheme_of(scheme).parts:
        yield _invoice_variable(
            f"name_{part}",
            _labelled(_("Invoice address"), PART_LABELS[part]),
            (PART_SAMPLES[part], LONG_PART_SAMPLES[part]),
            partial(_invoice_part, part),
        )


def _invoice_variable(
    name: str, label: Label, samples: tuple[str, str], evaluate: Any
) -> TicketVariable:
    return TicketVariable(
        key=f"invoice_{name}",
        label=label,
        sample=samples[0],
        longest=samples[1],
        columns=(_INVOICE,),
        evaluate=lambda formatter, address: evaluate(formatter, address) if address else "",
    )


def _invoice_name(address: Mapping[str, Any], scheme: str) -> str:
    return write_name(address.get("name_parts"), scheme) or address.get("name") or ""


def _invoice_field(field: str, formatter: Formatter, address: Mapping[str, Any]) -> str:
    return str(address.get(field) or "")


def _invoice_country(field: str, formatter: Formatter, address: Mapping[str, Any]) -> str:
    return formatter.country(address.get(field))


def _invoice_part(part: str, formatter: Formatter, address: Mapping[str, Any]) -> str:
    return write_parts(address.get("name_parts"), (part,), formatter)


def _as_it_is(formatter: Formatter, value: str | None) -> str:
    return value or ""


def _labelled(whose: Label, *what: Label) -> Label:
    """Join lazily translated labels: ``Attendee: title, family name``."""
    return format_lazy("{}: " + ", ".join(["{}"] * len(what)), whose, *what)
