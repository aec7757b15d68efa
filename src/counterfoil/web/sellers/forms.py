"""Forms about sellers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event, Organizer
from counterfoil.sellers.models import Consignment, Seller, SellerNotice, Statement

_RANGES = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}

#: A scanner ends each code by Enter, which must not send the form (``main.js``).
_SCANNED = {**_RANGES, "data-scanned": ""}

BASES = {
    Statement.Basis.DECLARED: _("What was reported as sold"),
    Statement.Basis.NOT_RETURNED: _("Everything that was not returned"),
    Statement.Basis.GREATER: _("What was reported as sold or scanned at the gate"),
}


class SellerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Seller
        fields = (
            *("name", "address", "contact", "language", "role", "commission_plan"),
            *("credit_limit", "deposit", "needs_approval", "active"),
        )
        labels = {
            "name": _("Name"),
            "address": _("Address"),
            "contact": _("Contact"),
            "role": _("Sells"),
            "commission_plan": _("Commission plan"),
            "credit_limit": _("Credit limit"),
            "deposit": _("Deposit"),
            "needs_approval": _("Entries on the seller's own page need approval"),
            "active": _("Active"),
        }
        help_texts = {
            "credit_limit": _("Tickets and debts together. Leave it empty for no limit."),
        }
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}

    language = forms.ChoiceField(label=_("Language of documents"), choices=settings.LANGUAGES)

    def __init__(self, organizer: Organizer, *sent: Any, **given: Any) -> None:
        super().__init__(*sent, **given)
        plans: Any = self.fields["commission_plan"]
        plans.queryset = organizer.commission_plans.order_by("name")
        roles: Any = self.fields["role"]
        roles.choices = [
            (Seller.Role.AGENT, _("on the organizer's behalf")),
            (Seller.Role.OWN_NAME, _("in the seller's own name")),
        ]


class ImportForm(forms.Form):
    """A file the first time, and then what it said, signed, to be confirmed."""

    file = forms.FileField(
        label=_("Table"),
        required=False,
        help_text=_("CSV in UTF-8 or XLSX. The first row names the columns."),
    )
    preview = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not cleaned.get("preview"):
            self.add_error("file", _("Choose a file."))
        return cleaned


class MoveForm(forms.Form):
    """Which tickets a seller gets, returns or passes on."""

    to = forms.ModelChoiceField(Seller.objects.none(), label=_("To"))
    books = forms.CharField(
        label=_("Books"),
        required=False,
        max_length=5000,
        help_text=_("Scan the cover of each book, or a ticket of it; or enter numbers: 7-9."),
        widget=forms.TextInput(attrs={**_SCANNED, "autofocus": True}),
    )
    tickets = forms.CharField(
        label=_("Tickets"),
        required=False,
        max_length=20_000,
        help_text=_("Scan tickets, or enter numbers or serials: 401-450,512 or A00401-A00450."),
        widget=forms.TextInput(attrs=_SCANNED),
    )
    batch = forms.ModelChoiceField(
        OfflineSalesBatch.objects.none(),
        label=_("Batch"),
        required=False,
        help_text=_("Of the numbers. Codes say it themselves."),
    )
    counted = forms.IntegerField(
        label=_("Counted"),
        min_value=1,
        help_text=_("Count the tickets in your hand. If the number differs, nothing happens."),
    )
    return_by = forms.DateField(
        label=_("Return by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=190,
        help_text=_("Needed to hand out more than the credit limit."),
    )

    def __init__(self, event: Event, seller: Seller, kind: str, *sent: Any) -> None:
        super().__init__(*sent)
        field: Any = self.fields["batch"]
        field.queryset = event.offline_sales_batches.filter(testmode=False).order_by("-pk")
        if kind == Consignment.Kind.TRANSFER:
            others: Any = self.fields["to"]
            rows = event.organizer.sellers.filter(active=True).exclude(pk=seller.pk)
            others.queryset = rows.order_by("name", "pk")
        else:
            del self.fields["to"]
        if kind == Consignment.Kind.BACK:
            del self.fields["return_by"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("tickets")) == bool(cleaned.get("books")) and not self.errors:
            words = _("Enter the numbers or the books of the tickets.")
            self.add_error("tickets", words)
        return cleaned

    @property
    def way(self) -> str:
        return "books" if self.cleaned_data.get("books") else "tickets"


class StatementForm(forms.Form):
    basis = forms.ChoiceField(label=_("What counts as sold"), choices=list(BASES.items()))


class PaymentForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount"), max_digits=15, decimal_places=4, help_text=_("Below zero: paid back.")
    )
    event = forms.ModelChoiceField(Event.objects.none(), label=_("Event"))
    note = forms.CharField(label=_("Note"), required=False, max_length=1000)

    def __init__(self, events: Any, *sent: Any) -> None:
        super().__init__(*sent)
        field: Any = self.fields["event"]
        field.queryset = events


class NoticeForm(forms.Form):
    """What a seller reports on their own page."""

    batch = forms.ModelChoiceField(OfflineSalesBatch.objects.none(), label=_("Tickets of"))
    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (SellerNotice.Kind.SOLD, _("I sold them")),
            (SellerNotice.Kind.RETURN, _("I will bring them back")),
        ],
    )
    first = forms.CharField(
        label=_("First ticket"), max_length=100, widget=forms.TextInput(attrs=_RANGES)
    )
    last = forms.CharField(
        label=_("Last ticket"),
        required=False,
        max_length=100,
        help_text=_("Leave it empty for a single ticket."),
        widget=forms.TextInput(attrs=_RANGES),
    )

    def __init__(self, batches: Any, *sent: Any) -> None:
        super().__init__(*sent)
        field: Any = self.fields["batch"]
        field.queryset = batches
        field.label_from_instance = lambda batch: f"{batch.event}, {batch.item}"
        if len(batches[:2]) == 1:
            field.empty_label = None  # the only one is chosen

    @property
    def tickets(self) -> str:
        data = self.cleaned_data
        return "-".join(part.strip() for part in (data["first"], data["last"]) if part)
