"""The options of a batch: what can be changed after it was created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.models import Activation, OfflineSalesBatch, Then
from counterfoil.batches.spec import as_json
from counterfoil.catalog import change_clock
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Gone, Invalid
from counterfoil.orders.models import Order


@transaction.atomic
def change_options(
    *, actor: Actor, batch: OfflineSalesBatch, fields: Mapping[str, Any]
) -> OfflineSalesBatch:
    """Change options of a batch; ``fields`` are columns of it by name.

    With the language of the batch, that of all of its tickets changes: later prints speak it.

    Raises:
        Invalid: a value does not suit the batch.
        Gone: somebody has deleted the batch.
    """
    row = OfflineSalesBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if row is None:
        raise Gone(_("Somebody else has deleted this meanwhile."))
    if problems := option_problems(fields, amount=row.amount, event=batch.event):
        raise Invalid(problems)
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if changed:
        OfflineSalesBatch.objects.filter(pk=row.pk).update(**changed)
        audit.record(
            actor=actor,
            action="counterfoil.offlinesalesbatch.changed",
            obj=batch,
            event=batch.event,
            data={name: as_json(value) for name, value in changed.items()},
        )
    if "locale" in changed:
        _translate_orders(batch, changed["locale"] or batch.event.locale)
    for name, value in fields.items():
        setattr(batch, name, value)
    return batch


def _translate_orders(batch: OfflineSalesBatch, locale: str) -> None:
    moment = change_clock.stamp(batch.event_id)
    tickets = batch.tickets.values("position__order_id")
    Order.objects.filter(pk__in=tickets).update(locale=locale, last_modified=moment)


#: The options that have a default in each event, and what they are unless it says otherwise.
DEFAULTS: Mapping[str, Any] = {"activation": Activation.AT_ONCE.value, "then": Then.ASK.value}
_PREFIX = "batch_"


def defaults_of(event: Event) -> dict[str, Any]:
    """Return the options that new batches of an event have unless they are given others."""
    return {name: event.settings.get(_PREFIX + name, value) for name, value in DEFAULTS.items()}


@transaction.atomic
def change_defaults(*, actor: Actor, event: Event, fields: Mapping[str, Any]) -> Event:
    """Change options that new batches of an event have."""
    row = Event.objects.select_for_update().get(pk=event.pk)
    changes = {_PREFIX + name: fields[name] for name in DEFAULTS if name in fields}
    event.settings = row.settings = {**row.settings, **changes}
    row.save(update_fields=["settings"])
    audit.record(
        actor=actor, action="counterfoil.event.changed", obj=event, event=event, data=changes
    )
    return event


def option_problems(
    fields: Mapping[str, Any], *, amount: int, event: Event
) -> dict[str, list[str]]:
    """Return the problems of options by name, for a batch of some tickets."""
    problems = {}
    book_size = fields.get("book_size")
    if book_size is not None and not 1 <= book_size <= amount:
        words = _("A book has at least one ticket and at most all %(amount)d of the batch.")
        problems["book_size"] = [words % {"amount": amount}]
    locale = fields.get("locale")
    if locale and locale not in event.locales:
        problems["locale"] = [_("The event does not have this language.")]
    return problems
