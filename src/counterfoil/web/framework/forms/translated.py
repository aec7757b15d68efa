"""Texts in several languages: one input for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from counterfoil.core import language
from counterfoil.core.translated import Translated, resolve


def in_page_language(text: Translated | None) -> str:
    """Return a text in the language of the page, else in one that it has."""
    return resolve(text, language.active_language())


def language_name(code: str) -> str:
    """Return what a language is called in the language of the page: ``de`` is ``German``."""
    try:
        found = Locale.parse(code.split("-")[0])
    except (ValueError, UnknownLocaleError):
        return code
    return found.get_display_name(language.active_language()) or code


class ShortText(forms.Textarea):
    """Some lines."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 3, **(attrs or {})})


class _Inputs(forms.MultiWidget):
    """An input for each language, with the language's name as its label."""

    template_name = "web/forms/translated.html"

    def __init__(self, widget: type[forms.Widget], locales: Sequence[str]) -> None:
        self.locales = list(locales)
        super().__init__({code: widget(attrs={"lang": code}) for code in self.locales})

    def decompress(self, value: Translated | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.locales]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, part in zip(self.locales, context["widget"]["subwidgets"], strict=True):
            part["language"] = language_name(code)
        return context


class TranslatedTextField(forms.MultiValueField):
    """A text in the languages of an event. Required means: in at least one of them.

    Languages that the text has beyond the event's are kept as they were.
    """

    def __init__(
        self,
        *,
        locales: Sequence[str],
        max_length: int = 200,
        widget: type[forms.Widget] = forms.TextInput,
        **given: Any,
    ) -> None:
        self.locales = list(locales) or ["en"]
        fields = [forms.CharField(max_length=max_length, required=False) for _code in self.locales]
        super().__init__(
            fields,
            require_all_fields=False,
            widget=_Inputs(widget, self.locales),
            **given,
        )
        self._kept: Translated = {}

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        before = form.get_initial_for_field(self, field_name)
        self._kept = before if isinstance(before, dict) else {}
        return super().get_bound_field(form, field_name)

    def compress(self, texts: list[str]) -> Translated:
        others = {code: text for code, text in self._kept.items() if code not in self.locales}
        given = {code: text for code, text in zip(self.locales, texts, strict=False) if text}
        return {**given, **others}

    def clean(self, value: Any) -> Translated:
        texts = self.compress(
            [field.clean(text) for field, text in zip(self.fields, value or [], strict=False)]
        )
        if self.required and not any(texts.values()):
            raise ValidationError(_("Enter a text in at least one language."), code="required")
        return texts
