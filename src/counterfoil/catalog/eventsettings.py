"""The settings of an event that clients read and change, with their defaults.

Those with a column of their own (time zone, languages) are kept there; the rest are what was
changed from the default, in one JSON column.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.catalog.nameschemes import DEFAULT_SCHEME, SCHEMES
from counterfoil.core.refusals import Invalid

_COLUMNS = ("timezone", "locale", "locales", "region")
_LENGTHS = {"locale": range(1, 33), "region": range(3)}  # orders keep the locale, in 32 characters

DEFAULTS: dict[str, Any] = {
    "imprint_url": None,
    "checkout_email_helptext": {},
    "presale_has_ended_text": {},
    "voucher_explanation_text": {},
    "banner_text": {},
    "banner_text_bottom": {},
    "show_dates_on_frontpage": True,
    "show_date_to": True,
    "show_times": True,
    "show_items_outside_presale_period": True,
    "display_net_prices": False,
    "presale_start_show_date": True,
    "show_quota_left": False,
    "max_items_per_order": 10,
    "reservation_time": 30,
    "attendee_names_asked": True,
    "attendee_names_required": False,
    "attendee_emails_asked": False,
    "attendee_emails_required": False,
    "attendee_company_asked": False,
    "attendee_company_required": False,
    "attendee_addresses_asked": False,
    "attendee_addresses_required": False,
    "attendee_data_explanation_text": {},
    "order_email_asked_twice": False,
    "order_phone_asked": False,
    "order_phone_required": False,
    "name_scheme": DEFAULT_SCHEME,
    "name_scheme_titles": None,
    "ticket_download": False,
    "ticket_download_date": None,
    "ticket_download_addons": False,
    "ticket_download_nonadm": True,
    "ticket_download_pending": False,
    "ticket_download_require_validated_email": False,
    "ticket_secret_length": 32,
    "mail_prefix": None,
    "mail_from_name": None,
    "contact_mail": None,
    "cancel_allow_user": True,
    "change_allow_user_price": "gte",
    "waiting_list_enabled": False,
    "seating_choice": True,
    "primary_color": "#7f5a91",
    "theme_color_success": "#50a167",
    "theme_color_danger": "#c44f4f",
    "theme_color_background": "#f5f5f5",
    "primary_font": "Open Sans",
    "event_logo_image": None,
    "og_image": None,
    "event_info_text": {},
    "organizer_info_text": {},
}


def setting(event: Event, name: str) -> Any:
    """Return one setting, its default unless it was changed."""
    return event.settings.get(name, DEFAULTS[name])


def settings_of(event: Event) -> dict[str, Any]:
    """Return every setting: those of the columns first, then the others by name."""
    changed = {name: event.settings[name] for name in DEFAULTS if name in event.settings}
    columns = {name: getattr(event, name) for name in _COLUMNS}
    return {**columns, **DEFAULTS, **changed}


@transaction.atomic
def change_settings(*, event: Event, changes: Mapping[str, Any]) -> Event:
    """Change settings. Names that are not known are ignored, as everywhere in the API.

    Raises:
        Invalid: values of the wrong kind, each named.
    """
    problems = {name: text for name, value in changes.items() if (text := _flaw(name, value))}
    if problems:
        raise Invalid({name: [text] for name, text in problems.items()})
    for name in _COLUMNS:
        if name in changes:
            setattr(event, name, changes[name])
    stored = Event.objects.select_for_update().values_list("settings", flat=True).get(pk=event.pk)
    settings = {**stored, **{name: changes[name] for name in DEFAULTS if name in changes}}
    event.settings = {
        name: value
        for name, value in settings.items()
        if name not in DEFAULTS or value != DEFAULTS[name]
    }
    event.save(update_fields=[*_COLUMNS, "settings"])
    return event


def _flaw(name: str, value: Any) -> str | None:
    if name == "timezone" and not _is_one_of(zoneinfo.available_timezones(), value):
        return _("This is not a time zone.")
    if name == "locales" and not (value and _is_words(value)):
        return _("This must be a list of languages.")
    if name == "name_scheme" and not _is_one_of(SCHEMES, value):
        return _('"{input}" is not a valid choice.').format(input=value)
    if name in _LENGTHS:
        is_one = isinstance(value, str) and len(value) in _LENGTHS[name]
        return None if is_one else _("Not a valid string.")
    if name not in DEFAULTS or value is None:
        return None
    return _flaw_of_kind(DEFAULTS[name], value)


def _is_one_of(choices: Collection[str], value: Any) -> bool:
    return isinstance(value, str) and value in choices


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _flaw_of_kind(default: Any, value: Any) -> str | None:
    if isinstance(default, bool):
        return None if isinstance(value, bool) else _("Must be a valid boolean.")
    if isinstance(default, int):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return None if whole and abs(value) < 2**31 else _("A valid integer is required.")
    if isinstance(default, dict):
        return None if isinstance(value, (str, dict)) else _("Not a valid string.")
    return None if isinstance(value, str) else _("Not a valid string.")
