"""Sales channels: one of them, and the choice of those that something is sold through."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Organizer, SalesChannel
from counterfoil.catalog.services import API_PREFIX
from counterfoil.web.framework.forms.translated import TranslatedTextField, in_page_language

#: An organizer has no languages of its own: its channels are named in those of the pages.
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class ChannelForm(forms.Form):
    label = TranslatedTextField(label=_("Name"), locales=LANGUAGES)
    identifier = forms.RegexField(
        r"^[A-Za-z0-9._-]+$",
        label=_("Identifier"),
        max_length=200,
        initial=API_PREFIX,
        help_text=_(
            "Used by scanners and the API. Starts with “api.” and cannot be changed later."
        ),
    )
    position = forms.IntegerField(
        label=_("Position in lists"), min_value=0, max_value=10_000, initial=0
    )

    def __init__(self, data: Any = None, *, channel: SalesChannel | None = None) -> None:
        super().__init__(data, initial=_values_of(channel) if channel else None)
        if channel:
            del self.fields["identifier"]


def _values_of(channel: SalesChannel) -> dict[str, Any]:
    return {"label": channel.label, "position": channel.position}


class _Labelled:
    def label_from_instance(self, obj: Any) -> str:
        return in_page_language(obj.label) or str(obj.identifier)


class ChannelField(_Labelled, forms.ModelChoiceField[SalesChannel]):
    pass


class _Channels(_Labelled, forms.ModelMultipleChoiceField[SalesChannel]):
    widget = forms.CheckboxSelectMultiple


class SoldThrough(forms.Form):
    """Mixed into forms of what may be limited to some sales channels."""

    all_sales_channels = forms.BooleanField(
        label=_("Sold through all sales channels"), required=False, initial=True
    )
    limit_sales_channels = _Channels(
        SalesChannel.objects.none(),
        label=_("Only through these sales channels"),
        required=False,
        help_text=_("Applies only if the product is not sold through all sales channels."),
    )

    def offer_channels_of(self, organizer: Organizer) -> None:
        field = self.fields["limit_sales_channels"]
        assert isinstance(field, _Channels)  # noqa: S101 - for mypy
        field.queryset = organizer.sales_channels.order_by("position", "pk")
