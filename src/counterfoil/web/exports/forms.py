"""What is exported, and which of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.ticket_ranges import in_ranges, parse_tickets
from counterfoil.catalog.models import Event, Item, SalesChannel, SubEvent
from counterfoil.checkin.models import CheckinList
from counterfoil.core.refusals import Invalid
from counterfoil.orders.serials import parse_serials
from counterfoil.web.catalog.forms.channels import ChannelField
from counterfoil.web.exports.tables import TICKET_COLUMNS
from counterfoil.web.framework.forms.dates import DateField
from counterfoil.web.framework.forms.products import ProductField

STATES = [
    ("", _("any state")),
    ("valid", _("valid")),
    ("cancelled", _("cancelled")),
    ("in", _("checked in")),
    ("out", _("not checked in")),
]


class ExportForm(forms.Form):
    """Fields that more than one export has. ``auto_id`` keeps several forms on a page apart."""

    kinds: tuple[str, ...] = ("csv", "xlsx")

    def __init__(self, data: Any = None, *, event: Event, name: str) -> None:
        super().__init__(data, auto_id=f"{name}-%s")
        self.event, self.name = event, name
        rows: dict[str, Any] = {
            "item": event.items.order_by("position", "pk"),
            "subevent": event.subevents.order_by("date_from", "pk"),
            "channel": event.organizer.sales_channels.order_by("position", "pk"),
            "batch": event.offline_sales_batches.order_by("-pk"),
            "list": CheckinList.objects.filter(event=event).order_by("name", "pk"),
        }
        for field, queryset in rows.items():
            if field in self.fields:
                self.fields[field].queryset = queryset  # type: ignore[attr-defined]
        if not event.has_subevents:
            self.fields.pop("subevent", None)


class CheckinListExportForm(ExportForm):
    kinds = ("pdf", "csv", "xlsx")

    list = forms.ModelChoiceField(
        CheckinList.objects.none(), label=_("Check-in list"), empty_label=None
    )


class ScansExportForm(ExportForm):
    list = forms.ModelChoiceField(
        CheckinList.objects.none(),
        label=_("Check-in list"),
        required=False,
        empty_label=_("all lists"),
    )


class QuotasExportForm(ExportForm):
    subevent = DateField(
        SubEvent.objects.none(), label=_("Date"), required=False, empty_label=_("any")
    )


class BatchField(forms.ModelChoiceField[OfflineSalesBatch]):
    def label_from_instance(self, obj: Any) -> str:
        words = _("Batch %(number)s") % {"number": obj.pk}
        return f"{words}: {obj.comment}" if obj.comment else words


class NumbersExportForm(ExportForm):
    item = ProductField(
        Item.objects.none(), label=_("Product"), required=False, empty_label=_("any")
    )
    subevent = DateField(
        SubEvent.objects.none(), label=_("Date"), required=False, empty_label=_("any")
    )
    batch = BatchField(
        OfflineSalesBatch.objects.none(), label=_("Batch"), required=False, empty_label=_("any")
    )


class TicketsExportForm(ExportForm):
    item = ProductField(
        Item.objects.none(), label=_("Product"), required=False, empty_label=_("any")
    )
    subevent = DateField(
        SubEvent.objects.none(), label=_("Date"), required=False, empty_label=_("any")
    )
    channel = ChannelField(
        SalesChannel.objects.none(), label=_("Sales channel"), required=False, empty_label=_("any")
    )
    batch = BatchField(
        OfflineSalesBatch.objects.none(), label=_("Batch"), required=False, empty_label=_("any")
    )
    numbers = forms.CharField(
        label=_("Numbers"),
        required=False,
        help_text=_(
            "Serial numbers such as A00401-A00450, or numbers of the batch that you chose, such "
            "as 1-50,60."
        ),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(name, column.label) for name, column in TICKET_COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=[name for name, column in TICKET_COLUMNS.items() if column.is_usual],
        help_text=_("Without a choice, the usual columns."),
    )

    def clean(self) -> dict[str, Any]:
        """Replace the numbers by the condition that they mean."""
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get("numbers")
        if not text:
            return cleaned
        try:
            cleaned["numbers"] = _with_numbers(self.event, cleaned.get("batch"), text)
        except Invalid as refusal:
            for sentence in refusal.sentences:
                self.add_error("numbers", sentence)
        return cleaned


def _with_numbers(event: Event, batch: OfflineSalesBatch | None, text: str) -> Q:
    if batch is not None:
        rows = batch.tickets.filter(in_ranges(parse_tickets(batch, text, field="numbers")))
        return Q(pk__in=rows.values("position"))
    condition = Q()
    for series, numbers in parse_serials(event.organizer, text, field="numbers"):
        condition |= Q(number_series=series, serial_number__range=(numbers.start, numbers[-1]))
    return condition
