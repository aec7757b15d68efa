"""Create, change and delete check-in lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit.services import record
from counterfoil.catalog import saving
from counterfoil.catalog.models import Event, SubEvent
from counterfoil.checkin import rules
from counterfoil.checkin.models import CheckinList
from counterfoil.core.refusals import Invalid


@transaction.atomic
def save_list(
    *,
    event: Event,
    checkin_list: CheckinList | None,
    fields: Mapping[str, Any],
    actor: Actor | None,
) -> CheckinList:
    """Create a list, or change fields of one.

    Raises:
        Invalid: a product or date belongs to another event, or the rules cannot be evaluated.
    """
    saved = checkin_list or CheckinList(event=event)
    plain = {name: value for name, value in fields.items() if name != "limit_products"}
    for name, value in plain.items():
        setattr(saved, name, value)
    _check(saved, fields)
    saved.save()
    if "limit_products" in fields:
        saved.limit_products.set(fields["limit_products"])
    verb = "changed" if checkin_list else "added"
    data = {"fields": sorted(fields)}
    record(actor=actor, action=f"counterfoil.checkinlist.{verb}", obj=saved, event=event, data=data)
    return saved


def copy_list(*, checkin_list: CheckinList, name: str, actor: Actor | None) -> CheckinList:
    """Make a list with the settings of another and no check-ins."""
    plain = {
        field.name: getattr(checkin_list, field.name)
        for field in CheckinList._meta.concrete_fields
        if field.name not in ("id", "event", "name")
    }
    products = list(checkin_list.limit_products.all())
    fields = {**plain, "name": name, "limit_products": products}
    return save_list(event=checkin_list.event, checkin_list=None, fields=fields, actor=actor)


@transaction.atomic
def copy_to_dates(
    *, checkin_list: CheckinList, subevents: Sequence[SubEvent], actor: Actor | None
) -> None:
    """Make a list like one of a date for each of some others."""
    plain = {
        field.name: getattr(checkin_list, field.name)
        for field in CheckinList._meta.concrete_fields
        if field.name not in ("id", "event", "subevent")
    }
    products = list(checkin_list.limit_products.all())
    for subevent in subevents:
        fields = {**plain, "subevent": subevent, "limit_products": products}
        save_list(event=checkin_list.event, checkin_list=None, fields=fields, actor=actor)


def _check(saved: CheckinList, fields: Mapping[str, Any]) -> None:
    rules.check(saved.rules)
    if any(item.event_id != saved.event_id for item in fields.get("limit_products", ())):
        raise Invalid(_("One or more items do not belong to this event."))
    if saved.subevent and not saved.event.has_subevents:
        raise Invalid(_("The subevent does not belong to this event."))
    if saved.subevent and saved.subevent.event_id != saved.event_id:
        raise Invalid(_("The subevent does not belong to this event."))


@transaction.atomic
def delete_list(*, checkin_list: CheckinList, actor: Actor | None) -> None:
    """Delete a list with all its check-ins."""
    event = checkin_list.event
    record(actor=actor, action="counterfoil.checkinlist.deleted", obj=checkin_list, event=event)
    saving.delete(checkin_list)
