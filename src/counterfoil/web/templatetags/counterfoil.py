"""What templates of our pages need beyond Django's own tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Item, ItemVariation
from counterfoil.catalog.money import localized
from counterfoil.core import language
from counterfoil.core.translated import Translated
from counterfoil.web.framework import labels, moments
from counterfoil.web.framework.forms.translated import in_page_language, language_name
from counterfoil.web.stock.words import DONE

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: template.Context, *permissions: str) -> bool:
    """Tell whether the reader holds one of these permissions here."""
    return bool(context["page"].has_permission(permissions))


@register.filter
def translated(text: Translated | str | None) -> str:
    """Show a translated text in the language of the page, else in one that it has."""
    return text if isinstance(text, str) else in_page_language(text)


@register.filter
def product_name(item: Item, variation: ItemVariation | None = None) -> str:
    """Name what a ticket is for, as layouts print it."""
    return labels.product_name(item, variation)


@register.filter
def at(table: Mapping[Any, Any], key: Any) -> Any:
    """Look something up in a table that the page was given."""
    return table.get(key)


@register.filter
def words_of(text: str) -> list[str]:
    return text.split()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """Show an amount as people of the page's language write it."""
    if amount is None:
        return ""
    return localized(amount, currency, language.locale())


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


@register.simple_tag(takes_context=True)
def sortable(context: template.Context, name: str, label: Any, kind: str = "") -> SafeString:
    """Draw the head of a column that a list can be sorted by; once more turns the order round."""
    asked = context["request"].GET.get("sort", "")
    is_sorted = asked.removeprefix("-") == name
    href = query(context, sort=f"-{name}" if asked == name else name, page=None)
    order = ("descending" if asked[0] == "-" else "ascending") if is_sorted else "none"
    arrow = {"ascending": " ▲", "descending": " ▼"}.get(order, "")
    return format_html(
        '<th scope="col" aria-sort="{}" class="sortable {}"><a href="{}">{}'
        '<span aria-hidden="true">{}</span></a></th>',
        order, kind, href, label, arrow,
    )  # fmt: skip


@register.filter
def refusal(reason: str | None) -> Any:
    """Say why a ticket was refused at the gate."""
    return labels.REFUSALS.get(reason or "", reason or "")


@register.filter
def deed(entry: LogEntry) -> Any:
    """Say what a log entry tells."""
    return labels.deed(entry.action)


@register.filter
def who(entry: LogEntry) -> Any:
    """Say who did what a log entry tells."""
    actor = entry.user or entry.token or entry.device
    return actor or (_("deleted account") if entry.actor else _("automatic"))


@register.filter
def stock_deed(action: str) -> Any:
    """Say what was done to paper tickets."""
    return DONE.get(action, action)


@register.filter
def payment_state(state: str) -> Any:
    return labels.PAYMENT_STATES.get(state, state)


@register.filter
def printed(kind: str) -> Any:
    """Say what an app has printed for a ticket."""
    return labels.PRINTED.get(kind, kind)


@register.filter
def moment(value: datetime | None) -> str:
    """Show a date with its time, in the zone of the page."""
    return moments.moment(value)


@register.filter
def moment_of_week(value: datetime | None) -> str:
    """Show a date with its day of the week and its time."""
    return moments.moment(value, weekday=True)


@register.filter
def day(value: datetime | None) -> str:
    return moments.day(value)


@register.filter
def on_the_spot(moment: datetime | None, event: Event) -> datetime | None:
    """Return what the clock shows where an event is, for lists of events.

    Without a time zone, or templates would move it to that of the page.
    """
    return None if moment is None else moment.astimezone(event.tz).replace(tzinfo=None)


@register.filter
def first_line(text: str) -> str:
    return text.partition("\n")[0]


class _Grouped(int):
    """A number that is written with its thousands apart, and still decides singular or plural."""

    def __str__(self) -> str:
        return str(format_decimal(int(self), locale=language.locale()))


@register.filter
def grouped(number: int | None) -> int | str:
    """Write a large number as people of the page's language do: 10,000 or 10.000."""
    return "" if number is None else _Grouped(number)


@register.filter
def language_names(codes: Iterable[str]) -> str:
    return ", ".join(language_name(code) for code in codes)
