"""The sheet on which somebody asks for a batch. What cannot be had is not on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from counterfoil.batches.models import MAX_AMOUNT
from counterfoil.batches.services import NewBatch
from counterfoil.catalog.models import Event, SalesChannel, SubEvent
from counterfoil.core.ids import row_id
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.availability import Offer, availabilities_of, products_of
from counterfoil.web.catalog.forms.channels import ChannelField
from counterfoil.web.framework.forms.dates import DateField
from counterfoil.web.framework.forms.translated import in_page_language

_LONGEST_COMMENT = 2000

Choice = tuple[str, Any]
M = TypeVar("M", bound=Model)


class _Products(forms.Select):
    """Shows what is sold out, and does not let it be chosen."""

    sold_out: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.sold_out:
            option["attrs"]["disabled"] = True
        return option


class NewBatchForm(forms.Form):
    """``form`` names the sheet: handed in twice, it asks once."""

    form = forms.UUIDField(widget=forms.HiddenInput)
    subevent = DateField(SubEvent.objects.none(), label=_("Date"), empty_label=_("Choose a date"))
    item = forms.ChoiceField(label=_("Product"), widget=_Products)
    amount = forms.IntegerField(
        label=_("Amount"),
        min_value=1,
        max_value=MAX_AMOUNT,
        help_text=_("How many tickets the batch has; each is an order of its own."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    sales_channel = ChannelField(label=_("Sales channel"), queryset=SalesChannel.objects.none())
    layout = forms.ModelChoiceField(
        label=_("Layout"),
        queryset=TicketLayout.objects.none(),
        required=False,
        empty_label=_("Automatic: what the product prints with"),
    )
    testmode = forms.BooleanField(
        label=_("Test mode"),
        required=False,
        help_text=_("Test tickets are no good at a gate that is not testing."),
    )
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=_LONGEST_COMMENT,
        help_text=_("For you and your team: who gets these tickets, or where they are sold."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, event: Event, data: Any = None, *, chosen: Mapping[str, Any]) -> None:
        """``chosen`` is what the form shows before anything was sent."""
        web = event.organizer.sales_channels.filter(identifier="web").first()
        first: dict[str, Any] = {
            "form": uuid.uuid4(),
            "sales_channel": web,
            "testmode": event.testmode,
        }
        super().__init__(data, initial={**first, **chosen})
        self.event = event
        self._offer_rows()
        self.date = self._date()
        self.offers = {offer.key: offer for offer in self._offers()}
        self._offer_products()

    @property
    def chosen(self) -> Offer | None:
        """The product that is chosen, sent or not."""
        return self.offers.get(str(self["item"].value()))

    @property
    def wanted(self) -> int | None:
        """The amount as it was typed, if it is a number."""
        return row_id(self["amount"].value())

    @property
    def is_too_many(self) -> bool:
        """Whether more are wanted than there are now; others may take some until it is made."""
        offer, wanted = self.chosen, self.wanted
        return bool(offer and wanted and offer.left is not None and wanted > offer.left)

    @property
    def left_after(self) -> int | None:
        offer, wanted = self.chosen, self.wanted
        return None if offer is None or offer.left is None else offer.left - (wanted or 0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        offer = self.offers.get(cleaned.get("item", ""))
        if self.event.has_subevents and self.date is None:
            return cleaned
        if offer is None and "item" in cleaned:
            self.add_error("item", _("This is not sold on that date."))
        elif "amount" in cleaned and self.is_too_many:
            self.add_error("amount", left_in_words(offer.left or 0) if offer else "")
        return cleaned

    def new_batch(self) -> NewBatch:
        """Return what a valid form asks for."""
        given = {
            name: self.cleaned_data[name]
            for name in ("amount", "sales_channel", "layout", "testmode", "comment")
        }
        offer = self.offers[self.cleaned_data["item"]]
        return NewBatch(item=offer.item, variation=offer.variation, subevent=self.date, **given)

    def _offer_rows(self) -> None:
        event = self.event
        choices: dict[str, Any] = self.fields
        choices["sales_channel"].queryset = event.organizer.sales_channels.order_by(
            "position", "pk"
        )
        choices["layout"].queryset = event.ticket_layouts.order_by("name", "pk")
        if event.has_subevents:
            choices["subevent"].queryset = _dates(event)
        else:
            del self.fields["subevent"]

    def _date(self) -> SubEvent | None:
        if not self.event.has_subevents:
            return None
        return chosen_of(_dates(self.event), self["subevent"].value())

    def _offers(self) -> list[Offer]:
        if self.event.has_subevents and self.date is None:
            return products_of(self.event)
        return availabilities_of(self.event, self.date)

    def _offer_products(self) -> None:
        field: Any = self.fields["item"]
        known = not self.event.has_subevents or self.date is not None
        field.choices = [("", _("Choose a product")), *_grouped(self.offers.values(), known)]
        field.widget.sold_out = frozenset(
            key for key, offer in self.offers.items() if offer.is_sold_out
        )


def chosen_of(rows: QuerySet[M], value: object) -> M | None:
    """Find the row that a field shows: by its id, or itself."""
    return rows.filter(pk=row_id(getattr(value, "pk", value))).first()


def left_in_words(left: int) -> str:
    return ngettext("Only %(left)d is left.", "Only %(left)d are left.", left) % {"left": left}


def _dates(event: Event) -> QuerySet[SubEvent]:
    return event.subevents.filter(active=True).order_by("date_from", "pk")


def _grouped(offers: Iterable[Offer], is_known: bool) -> list[Choice]:
    """Put variations below their product."""
    choices: list[Choice] = []
    for item, group in groupby(offers, key=lambda offer: offer.item):
        rows = list(group)
        options = [(offer.key, _label(offer, is_known)) for offer in rows]
        choices += [(in_page_language(item.name), options)] if rows[0].variation else options
    return choices


def _label(offer: Offer, is_known: bool) -> str:
    texts = offer.variation.value if offer.variation else offer.item.name
    name = in_page_language(texts)
    if offer.left is None or not is_known:
        return name
    words = ngettext("%(name)s (%(left)d left)", "%(name)s (%(left)d left)", offer.left)
    return words % {"name": name, "left": offer.left}
