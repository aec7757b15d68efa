"""The form that requests a batch. It offers only what can be sold."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from counterfoil.batches.models import MAX_AMOUNT, BatchRequest
from counterfoil.batches.spec import BatchSpec
from counterfoil.batches.tables import BatchTable, read_batch_table
from counterfoil.catalog.models import Event, SalesChannel, SubEvent
from counterfoil.core.ids import row_id
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.availability import (
    Obstacle,
    ProductAvailability,
    availabilities_of,
    products_of,
    unavailable_of,
)
from counterfoil.web.catalog.forms.channels import ChannelField
from counterfoil.web.framework.forms.dates import DateField
from counterfoil.web.framework.forms.locale_choices import event_languages
from counterfoil.web.framework.labels import product_name

_LONGEST_COMMENT = 2000
TABLE_TYPES = ".csv,.tsv,.txt,.xlsx"

M = TypeVar("M", bound=Model)


class _Products(forms.Select):
    """Disables the options that cannot be chosen."""

    disabled: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.disabled:
            option["attrs"]["disabled"] = True
        return option


class NewBatchForm(forms.Form):
    """Requests a batch. ``form`` identifies a submission: sent twice, it creates one batch."""

    form = forms.UUIDField(widget=forms.HiddenInput)
    subevent = DateField(SubEvent.objects.none(), label=_("Date"), empty_label=_("Choose a date"))
    item = forms.ChoiceField(label=_("Product"), widget=_Products)
    amount = forms.IntegerField(
        label=_("Amount"),
        min_value=1,
        max_value=MAX_AMOUNT,
        help_text=_("Number of tickets in the batch. Each ticket is a separate order."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    sales_channel = ChannelField(label=_("Sales channel"), queryset=SalesChannel.objects.none())
    layout = forms.ModelChoiceField(
        label=_("Layout"),
        queryset=TicketLayout.objects.none(),
        required=False,
        empty_label=_("Automatic (the layout of the product)"),
    )
    locale = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("Names, dates and prices are printed in this language."),
    )
    testmode = forms.BooleanField(
        label=_("Test mode"),
        required=False,
        help_text=_("Test tickets are rejected at the door unless the event is in test mode."),
    )
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=_LONGEST_COMMENT,
        help_text=_(
            "A note for your team, for example who gets these tickets or where they are sold."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    book_size = forms.IntegerField(
        label=_("Tickets per book"),
        required=False,
        min_value=1,
        max_value=MAX_AMOUNT,
        help_text=_("If the tickets are bound or handed out in books. Leave empty for no books."),
    )
    table = forms.FileField(
        label=_("Table"),
        required=False,
        help_text=_(
            "A CSV or XLSX file with a row for each ticket, such as row, seat or name. Layouts can "
            "print its columns. The number of rows is the amount."
        ),
        widget=forms.FileInput(attrs={"accept": TABLE_TYPES}),
    )

    def __init__(
        self, event: Event, data: Any = None, files: Any = None, *, chosen: Mapping[str, Any]
    ) -> None:
        """``chosen`` holds the values of the form before it is submitted."""
        web = event.organizer.sales_channels.filter(identifier="web").first()
        defaults: dict[str, Any] = {
            "form": uuid.uuid4(),
            "sales_channel": web,
            "testmode": event.testmode,
        }
        super().__init__(data, files, initial={**defaults, **chosen})
        self.event = event
        self.batch_table: BatchTable | None = None
        self.fields["amount"].required = not (files and "table" in files)
        self._set_querysets()
        self.date = self._date()
        self.channel = chosen_of(
            event.organizer.sales_channels.all(), self["sales_channel"].value()
        )
        self.unavailable = unavailable_of(event, self.date, self.channel)
        self.offers = {offer.key: offer for offer in self._offers()}
        self._set_products()

    @property
    def chosen(self) -> ProductAvailability | None:
        """The selected product, whether the form was submitted or not."""
        return self.offers.get(str(self["item"].value()))

    @property
    def entered_amount(self) -> int | None:
        """The amount as entered, if it is a number, or that of the table."""
        return len(self.batch_table.rows) if self.batch_table else row_id(self["amount"].value())

    @property
    def is_too_many(self) -> bool:
        """Whether the amount exceeds what is left now; it may be less at creation."""
        offer, amount = self.chosen, self.entered_amount
        return bool(offer and amount and offer.left is not None and amount > offer.left)

    @property
    def left_after(self) -> int | None:
        offer, amount = self.chosen, self.entered_amount
        return None if offer is None or offer.left is None else offer.left - (amount or 0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("table"):
            self._read_table(cleaned)
        offer = self.offers.get(cleaned.get("item", ""))
        if self.event.has_subevents and self.date is None:
            return cleaned
        if offer is None and "item" in cleaned:
            self.add_error("item", _("This product is not sold on that date."))
        elif self._is_of_other_channel(cleaned.get("item", "")):
            self.add_error("item", _("This product is not sold through that sales channel."))
        elif "amount" in cleaned and self.is_too_many:
            self.add_error("amount", _left_message(offer.left or 0) if offer else "")
        return cleaned

    def _read_table(self, cleaned: dict[str, Any]) -> None:
        try:
            self.batch_table = read_batch_table(cleaned["table"], field="table")
        except Invalid as refusal:
            self.add_error("table", refusal.sentences)
            return
        rows = len(self.batch_table.rows)
        if cleaned.get("amount") not in (None, rows):
            words = _("The table has %(rows)d rows. Leave the amount empty, or enter that number.")
            self.add_error("amount", words % {"rows": rows})
        else:
            cleaned["amount"] = rows

    def batch_spec(self) -> BatchSpec:
        """Return the batch that a valid form requests."""
        offer = self.offers[self.cleaned_data["item"]]
        product = {"item": offer.item, "variation": offer.variation, "subevent": self.date}
        names = {field.name for field in fields(BatchSpec)}
        options = {name: value for name, value in self.cleaned_data.items() if name in names}
        return BatchSpec(**{**options, **product})

    def _set_querysets(self) -> None:
        event = self.event
        choices: dict[str, Any] = self.fields
        choices["sales_channel"].queryset = event.organizer.sales_channels.order_by(
            "position", "pk"
        )
        choices["layout"].queryset = event.ticket_layouts.order_by("name", "pk")
        choices["locale"].choices = event_languages(event)
        if len(event.locales) < 2:
            del self.fields["locale"]
        if event.has_subevents:
            choices["subevent"].queryset = _dates(event)
        else:
            del self.fields["subevent"]

    def _date(self) -> SubEvent | None:
        if not self.event.has_subevents:
            return None
        return chosen_of(_dates(self.event), self["subevent"].value())

    def _offers(self) -> list[ProductAvailability]:
        if self.event.has_subevents and self.date is None:
            return products_of(self.event)
        return availabilities_of(self.event, self.date)

    def _set_products(self) -> None:
        field: Any = self.fields["item"]
        show_left = not self.event.has_subevents or self.date is not None
        options = [(offer.key, _label(offer, show_left)) for offer in self.offers.values()]
        field.choices = [("", _("Choose a product")), *options]
        field.widget.disabled = frozenset(each.key for each in self.unavailable)
        free = [key for key in self.offers if key not in field.widget.disabled]
        if len(free) == 1 and show_left:  # there is nothing to choose
            field.initial = free[0]

    def _is_of_other_channel(self, key: str) -> bool:
        return any(
            each.key == key and each.obstacle is Obstacle.OTHER_CHANNEL for each in self.unavailable
        )


def values_of(batch_request: BatchRequest) -> dict[str, Any]:
    """Return the values of the form that request the same batch again."""
    values = {field.name: _entered(batch_request, field.name) for field in fields(BatchSpec)}
    if variation := values.pop("variation"):
        values["item"] = f"{values['item']}-{variation}"
    return values


def _entered(batch_request: BatchRequest, name: str) -> Any:
    """Return a column as a browser sends it. A reference has its key even if the row is gone."""
    value = batch_request.serializable_value(name)
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else value


def chosen_of(rows: QuerySet[M], value: object) -> M | None:
    """Return the row selected in a field whose value is a primary key or the row itself."""
    return rows.filter(pk=row_id(getattr(value, "pk", value))).first()


def _left_message(left: int) -> str:
    return ngettext("Only %(left)d ticket is left.", "Only %(left)d tickets are left.", left) % {
        "left": left
    }


def _dates(event: Event) -> QuerySet[SubEvent]:
    return event.subevents.filter(active=True).order_by("date_from", "pk")


def _label(offer: ProductAvailability, show_left: bool) -> str:
    name = product_name(offer.item, offer.variation)
    if offer.left is None or not show_left:
        return name
    label = ngettext("%(name)s (%(left)d left)", "%(name)s (%(left)d left)", offer.left)
    return label % {"name": name, "left": offer.left}
