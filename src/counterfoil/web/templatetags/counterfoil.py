"""What templates of our pages need beyond Django's own tags."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from counterfoil.catalog.models import Event
from counterfoil.core.translated import Translated, resolve

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: template.Context, *permissions: str) -> bool:
    """Tell whether the reader holds one of these permissions here."""
    return bool(context["page"].holds(permissions))


@register.filter
def translated(text: Translated | str | None, event: Event | None = None) -> str:
    """Show a translated text in the language of the page, else in one that it has."""
    if isinstance(text, str):
        return text
    return resolve(text, get_language() or (event.locale if event else "en"))


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """Show an amount as people of the page's language write it."""
    if amount is None:
        return ""
    return format_currency(amount, currency, locale=(get_language() or "en").replace("-", "_"))


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol beside words that say the same; readers of screens pass over it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("web/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the page's query string with some values changed; None takes one away."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        values.pop(name, None)
        if value is not None:
            values[name] = str(value)
    return f"?{values.urlencode()}"
