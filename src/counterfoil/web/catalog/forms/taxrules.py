"""How much tax is in a price."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event, TaxRule
from counterfoil.web.framework.forms.translated import TranslatedTextField

_FIELDS = ("name", "internal_name", "rate", "price_includes_tax", "default")


class TaxRuleForm(forms.Form):
    internal_name = forms.CharField(
        label=_("Internal name"), max_length=190, required=False, empty_value=None
    )
    rate = forms.DecimalField(
        label=_("Rate in percent"), max_digits=10, decimal_places=2, min_value=0
    )
    price_includes_tax = forms.BooleanField(
        label=_("Prices include the tax"), required=False, initial=True
    )
    default = forms.BooleanField(label=_("Suggested for new products"), required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, event: Event, rule: TaxRule | None = None
    ) -> None:
        initial = {name: getattr(rule, name) for name in _FIELDS} if rule else None
        super().__init__(data, files, initial=initial)
        self.fields["name"] = TranslatedTextField(label=_("Name"), locales=event.locales)
        self.order_fields(_FIELDS)
