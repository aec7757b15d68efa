"""Forms that act on paper tickets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.stock.moves import Action
from counterfoil.web.stock.words import ACTIONS

_RANGES = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class ActionForm(forms.Form):
    """What to do to which tickets of a batch. ``typed`` is the count that somebody confirms."""

    action = forms.ChoiceField(label=_("What happens"), choices=list(ACTIONS.items()))
    tickets = forms.CharField(
        label=_("Tickets"),
        required=False,
        max_length=5000,
        help_text=_("Numbers or serials, such as 401-450,512 or A00401-A00450."),
        widget=forms.TextInput(attrs=_RANGES),
    )
    books = forms.CharField(
        label=_("Books"),
        required=False,
        max_length=1000,
        help_text=_("Numbers of books, such as 7-9."),
        widget=forms.TextInput(attrs={**_RANGES, "inputmode": "numeric"}),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=190)
    also_void = forms.BooleanField(
        label=_("Make them void as well"),
        required=False,
        help_text=_("They are never admitted again, and their places can be sold again."),
    )
    skip = forms.BooleanField(label=_("Leave out tickets that do not allow this"), required=False)
    force = forms.BooleanField(label=_("Also tickets that were scanned already"), required=False)
    lower_quota = forms.BooleanField(
        label=_("Lower the quotas by the same number, so that nobody else can buy the places"),
        required=False,
    )
    typed = forms.IntegerField(required=False, widget=forms.NumberInput(attrs=_RANGES))

    def __init__(self, batch: OfflineSalesBatch, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        if not batch.book_size:
            del self.fields["books"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("tickets")) == bool(cleaned.get("books")):
            words = _("Enter the numbers or the books of the tickets.")
            self.add_error("tickets", words)
        if cleaned.get("also_void") and cleaned.get("action") not in (Action.LOST, Action.SPOILED):
            cleaned["also_void"] = False
        return cleaned


class ActivateForm(forms.Form):
    """The first and the last ticket: numbers, serials, or codes from a scanner; or books."""

    first = forms.CharField(
        label=_("First ticket"),
        required=False,
        max_length=255,
        help_text=_("Type its number or serial, or scan its code."),
        widget=forms.TextInput(attrs={**_RANGES, "autofocus": True}),
    )
    last = forms.CharField(
        label=_("Last ticket"),
        required=False,
        max_length=255,
        help_text=_("Leave it empty for a single ticket."),
        widget=forms.TextInput(attrs=_RANGES),
    )
    books = forms.CharField(
        label=_("Or books"), required=False, max_length=1000, widget=forms.TextInput(attrs=_RANGES)
    )

    def __init__(self, batch: OfflineSalesBatch, data: Any = None) -> None:
        super().__init__(data)
        if not batch.book_size:
            del self.fields["books"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("first")) == bool(cleaned.get("books")):
            self.add_error("first", _("Say which tickets: the first and the last, or books."))
        return cleaned


class CancelOrderForm(forms.Form):
    comment = forms.CharField(label=_("Reason"), required=False, max_length=190)
    force = forms.BooleanField(label=_("Cancel it although it was scanned already"), required=False)
