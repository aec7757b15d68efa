"""Organizers, their sales channels, and events: made, changed, deleted."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Any

from babel.core import get_global
from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.catalog import change_clock, saving
from counterfoil.catalog.models import Event, Organizer, SalesChannel
from counterfoil.core.refusals import Forbidden, Invalid

#: The sales channel that every organizer has.
WEB = "web"
API_PREFIX = "api."

_CURRENCIES: frozenset[str] = frozenset(get_global("all_currencies"))


@transaction.atomic
def create_organizer(*, fields: Mapping[str, Any]) -> Organizer:
    """Make an organizer with the sales channel that every organizer has.

    Raises:
        Invalid: its slug is taken.
    """
    if Organizer.objects.filter(slug=fields["slug"]).exists():
        raise Invalid({"slug": [_("There is an organizer with this short form already.")]})
    organizer = saving.write(Organizer(), fields)
    SalesChannel.objects.create(
        organizer=organizer, identifier=WEB, type=WEB, label={"en": "Online shop"}
    )
    return organizer


@transaction.atomic
def save_organizer(*, organizer: Organizer, fields: Mapping[str, Any]) -> Organizer:
    """Change an organizer. Its slug stands in addresses and stays.

    Raises:
        Invalid: the slug would change.
    """
    if fields.get("slug", organizer.slug) != organizer.slug:
        raise Invalid({"slug": [_("The organizer's slug cannot be changed.")]})
    return saving.write(organizer, fields)


@transaction.atomic
def save_channel(
    *, channel: SalesChannel | None, organizer: Organizer, fields: Mapping[str, Any]
) -> SalesChannel:
    """Make a sales channel of type ``api``, or change the label and position of any.

    Raises:
        Invalid: the identifier or type cannot be had, or would change.
    """
    if channel is None:
        _check_new_channel(organizer, fields)
        channel = SalesChannel(organizer=organizer)
    for name in ("identifier", "type"):
        if channel.pk and fields.get(name, getattr(channel, name)) != getattr(channel, name):
            raise Invalid({name: [_("This cannot be changed.")]})
    return saving.write(channel, fields)


def _check_new_channel(organizer: Organizer, fields: Mapping[str, Any]) -> None:
    saving.one_at_a_time(organizer)
    identifier = fields["identifier"]
    if fields.get("type", "api") != "api":
        raise Invalid({"type": [_("Only channels of type “api” can be created.")]})
    if not identifier.startswith(API_PREFIX) or identifier == API_PREFIX:
        raise Invalid(
            {
                "identifier": [
                    _("The identifier must start with “%(prefix)s”.") % {"prefix": API_PREFIX}
                ]
            }
        )
    if organizer.sales_channels.filter(identifier=identifier).exists():
        raise Invalid({"identifier": [_("There is a sales channel with this identifier already.")]})


@transaction.atomic
def delete_channel(*, channel: SalesChannel) -> None:
    """Delete a sales channel.

    Raises:
        Forbidden: it is the built-in one, or something was sold through it.
    """
    if channel.type != "api":
        raise Forbidden(_("Only sales channels of type “api” can be deleted."))
    saving.delete(channel, _("Something was sold through this channel, so it cannot be deleted."))


@transaction.atomic
def create_event(*, organizer: Organizer, fields: Mapping[str, Any]) -> Event:
    """Make an event.

    Raises:
        Invalid: its slug is taken, or see ``change_event``.
    """
    saving.one_at_a_time(organizer)
    if organizer.events.filter(slug=fields["slug"]).exists():
        raise Invalid({"slug": [_("This slug has already been used for a different event.")]})
    event = Event(organizer=organizer)
    _check_event(event, fields)
    saved = saving.write(event, {"locales": [fields.get("locale", event.locale)], **fields})
    change_clock.stamp(saved.pk)
    return saved


@transaction.atomic
def change_event(*, event: Event, fields: Mapping[str, Any]) -> Event:
    """Change an event. Its slug stands in addresses and stays; so does being a series.

    Raises:
        Invalid: that would change, it would end before it begins, or its time zone or currency
            does not exist.
    """
    if fields.get("slug", event.slug) != event.slug:
        raise Invalid({"slug": [_("The event's slug cannot be changed.")]})
    if fields.get("has_subevents", event.has_subevents) != event.has_subevents:
        words = _("An event cannot change between being a series and a single event.")
        raise Invalid({"has_subevents": [words]})
    _check_event(event, fields)
    return saving.write(event, fields)


def _check_event(event: Event, fields: Mapping[str, Any]) -> None:
    def value(name: str) -> Any:
        return fields.get(name, getattr(event, name))

    if value("timezone") not in zoneinfo.available_timezones():
        raise Invalid(
            {"timezone": [_("There is no time zone “%(name)s”.") % {"name": value("timezone")}]}
        )
    if "currency" in fields and fields["currency"] not in _CURRENCIES:
        raise Invalid(
            {"currency": [_("There is no currency “%(code)s”.") % {"code": fields["currency"]}]}
        )
    saving.check_period(
        value("date_from"), value("date_to"), "date_to", _("The event cannot end before it starts.")
    )
    saving.check_period(
        value("presale_start"),
        value("presale_end"),
        "presale_end",
        _("The presale cannot end before it starts."),
    )


@transaction.atomic
def delete_event(*, event: Event) -> None:
    """Delete an event with all that was set up in it.

    Raises:
        Forbidden: it has orders, or something else that must be kept.
    """
    refusal = _("This event has orders, so it cannot be deleted. Take it offline instead.")
    if event.orders.exists():
        raise Forbidden(refusal)
    saving.delete_rows(event.items.all(), refusal)  # items keep tax rules from being deleted
    saving.delete(event, refusal)
