"""Variables of the ticket itself: its order, its price, its times, its add-ons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext_lazy as _

from counterfoil.catalog import money
from counterfoil.catalog.models import Event
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import Label, TicketVariable
from counterfoil.printing.variables.related import ADDONS, CHECKED_IN_ADDONS, FIRST_SCAN, Addon

_LONGEST_PRICE = Decimal("123456.50")


def _as_it_is(formatter: Formatter, value: str | None) -> str:
    return value or ""


def _sample(amount: Decimal, currency: str) -> str:
    return money.localized(money.rounded(amount, currency), currency, "en")


def _price(currency: str, formatter: Formatter, price: Decimal) -> str:
    return formatter.money(price, currency)


def _with_bundled(
    currency: str, formatter: Formatter, price: Decimal, addons: Sequence[Addon] | None
) -> str:
    bundled = sum((addon.price for addon in addons or () if addon.is_bundled), Decimal(0))
    return formatter.money(price + bundled, currency)


def _with_addons(
    currency: str, formatter: Formatter, price: Decimal, addons: Sequence[Addon] | None
) -> str:
    added = sum((addon.price for addon in addons or ()), Decimal(0))
    return formatter.money(price + added, currency)


def _lines(formatter: Formatter, addons: Sequence[Addon] | None) -> str:
    """Write one line for each, equal ones as one: ``2x Parking - Car``."""
    counted = Counter(_addon_name(addon, formatter) for addon in addons or ())
    return "\n".join(f"{count}x {name}" if count > 1 else name for name, count in counted.items())


def _addon_name(addon: Addon, formatter: Formatter) -> str:
    name = formatter.text(addon.name)
    return f"{name} - {formatter.text(addon.variation)}" if addon.variation else name


def _moment_variables(prefix: str, column: str, labels: Sequence[Label]) -> list[TicketVariable]:
    """Return a moment's three variables: its date, date and time, time."""
    date_label, datetime_label, time_label = labels
    return [
        TicketVariable(
            key=f"{prefix}_date",
            label=date_label,
            sample="2027-05-31",
            longest="2027-12-30",
            columns=(column,),
            evaluate=Formatter.short_date,
        ),
        TicketVariable(
            key=f"{prefix}_datetime",
            label=datetime_label,
            sample="2027-05-31 19:00",
            longest="2027-12-30 19:00",
            columns=(column,),
            evaluate=Formatter.short_datetime,
        ),
        TicketVariable(
            key=f"{prefix}_time",
            label=time_label,
            sample="19:00",
            longest="10:30 p.m.",
            columns=(column,),
            evaluate=Formatter.hour,
        ),
    ]


def _first_scan(formatter: Formatter, scanned: datetime | None) -> str:
    return formatter.short_datetime(scanned)


def ticket_variables(event: Event) -> Iterator[TicketVariable]:
    """List the variables; prices are in the event's currency."""
    currency = event.currency
    yield from _TICKET_VARIABLES
    yield TicketVariable(
        key="price",
        label=_("Price"),
        sample=_sample(Decimal("49.50"), currency),
        longest=_sample(_LONGEST_PRICE, currency),
        columns=("price",),
        evaluate=partial(_price, currency),
    )
    yield TicketVariable(
        key="price_with_bundled",
        label=_("Price including bundled products"),
        sample=_sample(Decimal("59.50"), currency),
        longest=_sample(_LONGEST_PRICE, currency),
        columns=("price", ADDONS),
        evaluate=partial(_with_bundled, currency),
    )
    yield TicketVariable(
        key="price_with_addons",
        label=_("Price including add-ons"),
        sample=_sample(Decimal("74.50"), currency),
        longest=_sample(_LONGEST_PRICE, currency),
        columns=("price", ADDONS),
        evaluate=partial(_with_addons, currency),
    )


_TICKET_VARIABLES = (
    TicketVariable(
        key="secret",
        label=_("Ticket code (barcode content)"),
        sample="tq7n2k9w4hxz5m8rc3vj6yb2dfp9s4ga",
        longest="wmwmwmwmwmwmwmwmwmwmwmwmwmwmwmwm",
        columns=("secret",),
        evaluate=_as_it_is,
    ),
    TicketVariable(
        key="order",
        label=_("Order code"),
        sample="A3K7C",
        longest="MWMWMW",
        columns=("order__code",),
        evaluate=_as_it_is,
    ),
    TicketVariable(
        key="positionid",
        label=_("Order position number"),
        sample="1",
        longest="10000",
        columns=("positionid",),
        evaluate=lambda formatter, number: str(number),
    ),
    TicketVariable(
        key="order_positionid",
        label=_("Order code and position number"),
        sample="A3K7C-1",
        longest="MWMWMW-10000",
        columns=("order__code", "positionid"),
        evaluate=lambda formatter, code, number: f"{code}-{number}",
    ),
    TicketVariable(
        key="pseudonymization_id",
        label=_("Lead scan ID"),
        sample="K7M3QW9XPA",
        longest="WMWMWMWMWM",
        columns=("pseudonymization_id",),
        evaluate=_as_it_is,
    ),
    TicketVariable(
        key="email",
        label=_("E-mail address of the order"),
        sample="ada@example.org",
        longest="wilhelmina.wolfeschlegelsteinhausen@accounting.example.org",
        columns=("order__email",),
        evaluate=_as_it_is,
    ),
    TicketVariable(
        key="telephone",
        label=_("Phone number of the order"),
        sample="+49 89 1234567",
        longest="+49 1512 34567890123",
        columns=("order__phone",),
        evaluate=Formatter.phone,
    ),
    TicketVariable(
        key="addons",
        label=_("List of add-ons"),
        sample="Parking\n2x Lunch - Vegetarian",
        longest="Parking\n2x Lunch - Vegetarian\nWorkshop - Restoring stone arches by hand",
        columns=(ADDONS,),
        evaluate=_lines,
    ),
    TicketVariable(
        key="checked_in_addons",
        label=_("List of add-ons that were checked in"),
        sample="Parking",
        longest="Parking\n2x Lunch - Vegetarian\nWorkshop - Restoring stone arches by hand",
        columns=(CHECKED_IN_ADDONS,),
        evaluate=_lines,
    ),
    TicketVariable(
        key="first_scan",
        label=_("Date and time of the first scan"),
        sample="2027-06-12 19:12",
        longest="2027-12-30 10:30 p.m.",
        columns=(FIRST_SCAN,),
        evaluate=_first_scan,
    ),
    *_moment_variables(
        "purchase",
        "order__datetime",
        (_("Purchase date"), _("Purchase date and time"), _("Purchase time")),
    ),
    *_moment_variables(
        "valid_from",
        "valid_from",
        (
            _("Validity start date"),
            _("Validity start date and time"),
            _("Validity start time"),
        ),
    ),
    *_moment_variables(
        "valid_until",
        "valid_until",
        (_("Validity end date"), _("Validity end date and time"), _("Validity end time")),
    ),
)
