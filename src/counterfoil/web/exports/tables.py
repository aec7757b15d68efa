"""The tables that can be exported: their heads and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.batches.models import Place
from counterfoil.catalog.models import Event
from counterfoil.catalog.nameschemes import DEFAULT_SCHEME
from counterfoil.catalog.queries import quotas_of
from counterfoil.checkin import queries
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.queries import availability
from counterfoil.printing.variables.names import write_name
from counterfoil.web.exports.files import Table
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.labels import REFUSALS
from counterfoil.web.stock.words import PLACES

_CHUNK = 1000
_CANCELED = Q(canceled=True) | Q(order__status=Order.Status.CANCELED)
_STATUS: dict[str, Any] = {
    Order.Status.PAID: gettext_lazy("paid"),
    Order.Status.PENDING: gettext_lazy("pending"),
    Order.Status.EXPIRED: gettext_lazy("expired"),
    Order.Status.CANCELED: gettext_lazy("cancelled"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """``read`` takes the values of ``fields``; without it the only one is shown as it is."""

    label: Any
    fields: tuple[str, ...]
    read: Callable[..., Any] | None = None
    is_usual: bool = True


def _product(item: Any, variation: Any) -> str:
    name = in_page_language(item)
    return f"{name} - {in_page_language(variation)}" if variation else name


def _named(texts: Any, identifier: str) -> str:
    return in_page_language(texts) or identifier


def _person(parts: Any) -> str:
    return write_name(parts, DEFAULT_SCHEME)


def _state(status: str, canceled: bool, place: str | None) -> str:
    """Say what became of a ticket. Those of batches are paid for clients of the API only."""
    if canceled or status == Order.Status.CANCELED or place is None:
        return str(_STATUS["c" if canceled else status])
    return str(PLACES[Place(place)])


def _yes(flag: Any) -> str:
    return _("yes") if flag else ""


TICKET_COLUMNS: dict[str, Column] = {
    "order": Column(gettext_lazy("Order"), ("order__code",)),
    "number": Column(gettext_lazy("Position"), ("positionid",)),
    "product": Column(gettext_lazy("Product"), ("item__name", "variation__value"), _product),
    "date": Column(gettext_lazy("Date"), ("subevent__date_from",)),
    "price": Column(gettext_lazy("Price"), ("price",)),
    "state": Column(
        gettext_lazy("State"),
        ("order__status", "canceled", "batch_ticket__place"),
        lambda *values: _state(*values),
    ),
    "secret": Column(gettext_lazy("Secret"), ("secret",)),
    "name": Column(gettext_lazy("Attendee name"), ("attendee_name_parts",), _person),
    "email": Column(gettext_lazy("E-mail address"), ("order__email",), is_usual=False),
    "channel": Column(
        gettext_lazy("Sales channel"),
        ("order__sales_channel__label", "order__sales_channel__identifier"),
        _named,
    ),
    "batch": Column(gettext_lazy("Batch"), ("batch_ticket__batch_id",)),
    "serial": Column(gettext_lazy("Serial number"), ("serial",)),
    "batch_number": Column(gettext_lazy("Number in the batch"), ("batch_ticket__number",)),
    "created": Column(gettext_lazy("Created"), ("order__datetime",)),
    "checked_in": Column(gettext_lazy("Checked in"), ("first_entry",)),
    "blocked": Column(gettext_lazy("Blocked"), ("blocked",), _yes, is_usual=False),
    "test": Column(gettext_lazy("Test"), ("order__testmode",), _yes, is_usual=False),
}


def tickets(event: Event, chosen: dict[str, Any]) -> Table:
    """Return the tickets of an event that a form's filters let through."""
    names = chosen.get("columns") or [
        name for name, column in TICKET_COLUMNS.items() if column.is_usual
    ]
    if not event.has_subevents:
        names = [name for name in names if name != "date"]
    columns = [TICKET_COLUMNS[name] for name in names]
    entered = queries.entries().filter(position=OuterRef("pk"))
    found = _filtered(OrderPosition.objects.filter(order__event=event), chosen).annotate(
        first_entry=Subquery(entered.order_by("datetime").values("datetime")[:1])
    )
    return Table(
        f"{event.slug}-tickets",
        _("Tickets"),
        [str(column.label) for column in columns],
        _rows(found.order_by("order__datetime", "order_id", "positionid"), columns),
        found,
    )


def _filtered(found: QuerySet[OrderPosition], chosen: dict[str, Any]) -> QuerySet[OrderPosition]:
    filters = {
        "item": "item",
        "subevent": "subevent",
        "channel": "order__sales_channel",
        "batch": "batch_ticket__batch",
    }
    for name, field in filters.items():
        if chosen.get(name):
            found = found.filter(**{field: chosen[name]})
    if chosen.get("numbers"):
        found = found.filter(chosen["numbers"])
    entered = Exists(queries.entries().filter(position=OuterRef("pk")))
    match chosen.get("state"):
        case "valid":
            found = found.exclude(_CANCELED)
        case "cancelled":
            found = found.filter(_CANCELED)
        case "in":
            found = found.filter(entered)
        case "out":
            found = found.exclude(_CANCELED).exclude(entered)
    return found


def _rows(found: QuerySet[Any], columns: Sequence[Column]) -> Iterator[list[Any]]:
    fields = [field for column in columns for field in column.fields]
    for values in found.values_list(*fields).iterator(_CHUNK):
        remaining = iter(values)
        row = []
        for column in columns:
            cells = [next(remaining) for _field in column.fields]
            row.append(column.read(*cells) if column.read else cells[0])
        yield row


def checkin_list(event: Event, chosen: dict[str, Any]) -> Table:
    """Return the tickets on a list, with who came when."""
    gate: CheckinList = chosen["list"]
    columns = [
        TICKET_COLUMNS["order"],
        TICKET_COLUMNS["number"],
        TICKET_COLUMNS["name"],
        TICKET_COLUMNS["product"],
        Column(_("Checked in"), ("last_checked_in",)),
    ]
    heads = [str(column.label) for column in columns]
    found = queries.tickets_of([gate])
    return Table(f"{event.slug}-list-{gate.pk}", str(gate), heads, _rows(found, columns), found)


def scans(event: Event, chosen: dict[str, Any]) -> Table:
    """Return all scans of an event or a list, newest first."""
    found = Checkin.objects.filter(list__event=event)
    if chosen.get("list"):
        found = found.filter(list=chosen["list"])
    columns = [
        Column(_("When"), ("datetime",)),
        Column(_("List"), ("list__name",)),
        Column(_("Direction"), ("type",), _direction),
        Column(_("Admitted"), ("successful",), _yes),
        Column(_("Reason"), ("error_reason",), _reason),
        Column(_("Order"), ("position__order__code",)),
        Column(_("Position"), ("position__positionid",)),
        Column(_("Product"), ("position__item__name", "position__variation__value"), _product),
        Column(_("Device"), ("device__name",)),
    ]
    heads = [str(column.label) for column in columns]
    rows = _rows(found.order_by("-datetime", "-pk"), columns)
    return Table(f"{event.slug}-scans", _("Scans"), heads, rows, found)


def _direction(kind: str) -> str:
    return _("Check out") if kind == Checkin.Type.EXIT else _("Check in")


def _reason(reason: str | None) -> str:
    return str(REFUSALS.get(reason or "", reason or ""))


def quotas(event: Event, chosen: dict[str, Any]) -> Table:
    """Return the quotas of an event or date, with what is taken and left."""
    found = quotas_of(event).select_related("subevent").order_by("subevent__date_from", "pk")
    if chosen.get("subevent"):
        found = found.filter(subevent=chosen["subevent"])
    rows = list(found)
    counted = availability(rows)
    heads = [_("Quota"), _("Date"), _("Size"), _("Taken"), _("Left"), _("Closed")]
    return Table(
        f"{event.slug}-quotas",
        _("Quotas"),
        heads,
        (
            (
                quota.name,
                quota.subevent.date_from if quota.subevent else None,
                quota.size,
                counted[quota.pk].used,
                counted[quota.pk].left,
                _yes(quota.closed),
            )
            for quota in rows
        ),
    )


def numbers(event: Event, chosen: dict[str, Any]) -> Table:
    """Return the numbers on tickets as ranges: in their series, else in their batch.

    A range ends where a number is missing, or where product, date, batch or state change.
    """
    found = _filtered(OrderPosition.objects.filter(order__event=event), chosen).filter(
        Q(serial_number__isnull=False) | Q(batch_ticket__isnull=False)
    )
    heads = [
        _("Number series"), _("First"), _("Last"), _("Tickets"), _("Product"), _("Date"),
        _("Batch"), _("State"),
    ]  # fmt: skip
    return Table(f"{event.slug}-numbers", _("Number ranges"), heads, _ranges(found), found)


#: What all tickets of a range have in common, then the number and what is printed of it.
_RANGE_FIELDS = (
    *("number_series__name", "batch_ticket__batch_id", "item__name", "variation__value"),
    *("subevent__date_from", "order__status", "canceled"),
    *("serial_number", "serial", "batch_ticket__number"),
)
_SHARED = 7


def _ranges(found: QuerySet[OrderPosition]) -> Iterator[list[Any]]:
    ordered = found.order_by(
        "number_series_id", "serial_number", "batch_ticket__batch_id", "batch_ticket__number", "pk"
    )
    first = last = ""
    last_number = count = 0
    shared: Any = None
    for values in ordered.values_list(*_RANGE_FIELDS).iterator(_CHUNK):
        head, (serial_number, serial, batch_number) = values[:_SHARED], values[_SHARED:]
        number = batch_number if serial_number is None else serial_number
        shown = str(batch_number) if serial_number is None else serial
        if count and head == shared and number == last_number + 1:
            last, last_number, count = shown, number, count + 1
            continue
        if count:
            yield _range(shared, first, last, count)
        first, last, last_number, shared, count = shown, shown, number, head, 1
    if count:
        yield _range(shared, first, last, count)


def _range(shared: Any, first: Any, last: Any, count: int) -> list[Any]:
    series, batch, item, variation, date, status, canceled = shared
    state = str(_STATUS[Order.Status.CANCELED if canceled else status])
    return [series, first, last, count, _product(item, variation), date, batch, state]
