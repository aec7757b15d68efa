"""Products as choices, named in the language of the page."""

from __future__ import annotations

from typing import Any

from django import forms

from counterfoil.catalog.models import Item
from counterfoil.web.framework.forms.translated import in_page_language


class ProductField(forms.ModelChoiceField[Item]):
    def label_from_instance(self, obj: Any) -> str:
        return in_page_language(obj.name)


class ProductsField(forms.ModelMultipleChoiceField[Item]):
    def label_from_instance(self, obj: Any) -> str:
        return in_page_language(obj.name)
