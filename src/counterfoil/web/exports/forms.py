"""What is exported, and which of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event, Item, SalesChannel, SubEvent
from counterfoil.checkin.models import CheckinList
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
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(name, column.label) for name, column in TICKET_COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=[name for name, column in TICKET_COLUMNS.items() if column.is_usual],
        help_text=_("Without a choice, the usual columns."),
    )
