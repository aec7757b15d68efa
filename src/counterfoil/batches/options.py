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
from counterfoil.catalog.models import Event
from counterfoil.core.refusals import Gone, Invalid


@transaction.atomic
def change_options(
    *, actor: Actor, batch: OfflineSalesBatch, fields: Mapping[str, Any]
) -> OfflineSalesBatch:
    """Change options of a batch; ``fields`` are columns of it by name.

    Raises:
        Invalid: a value does not suit the batch.
        Gone: somebody has deleted the batch.
    """
    row = OfflineSalesBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if row is None:
        raise Gone(_("Somebody else has deleted this meanwhile."))
    if problems := option_problems(fields, amount=row.amount):
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
    for name, value in fields.items():
        setattr(batch, name, value)
    return batch


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


def option_problems(fields: Mapping[str, Any], *, amount: int) -> dict[str, list[str]]:
    """Return the problems of options by name, for a batch of some tickets."""
    problems = {}
    book_size = fields.get("book_size")
    if book_size is not None and not 1 <= book_size <= amount:
        words = _("A book has at least one ticket and at most all %(amount)d of the batch.")
        problems["book_size"] = [words % {"amount": amount}]
    return problems
