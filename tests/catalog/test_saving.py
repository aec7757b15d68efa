"""What is said to be deletable can be deleted, and nothing else."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import Model

from counterfoil.catalog import saving
from counterfoil.catalog.models import (
    Item,
    ItemCategory,
    ItemVariation,
    Quota,
    SalesChannel,
    SubEvent,
    TaxRule,
)
from counterfoil.core.refusals import Forbidden
from makers import make_event, make_item, make_order, make_subevent, make_tax_rule, make_variation

MODELS = (Item, ItemCategory, ItemVariation, Quota, SalesChannel, SubEvent, TaxRule)


@pytest.mark.django_db
def test_rows_are_protected_exactly_if_they_cannot_be_deleted(
    subtests: pytest.Subtests,
) -> None:
    event = make_event()
    used, _unused = make_tax_rule(event), make_tax_rule(event)
    category = ItemCategory.objects.create(event=event, name={"en": "Hall"})
    sold, unsold = make_item(event, tax_rule=used, category=category), make_item(event)
    rows = [make_variation(sold), make_variation(sold)]
    make_variation(unsold)
    dates = [make_subevent(event), make_subevent(event)]
    position = make_order(event, items=[sold]).positions.get()
    position.variation, position.subevent = rows[0], dates[0]
    position.save()

    protected_at_all = set()
    for model in MODELS:
        everything = list(model._default_manager.all())
        protected = saving.protected(everything)
        for row in everything:
            with subtests.test(f"{model.__name__} {row}"):
                assert (row.pk in protected) == _is_refused(row)
        protected_at_all |= {model.__name__} if protected else set()
    assert protected_at_all == {"Item", "ItemVariation", "SalesChannel", "SubEvent", "TaxRule"}
    assert saving.protected([]) == set()


def _is_refused(row: Model) -> bool:
    key = row.pk
    with transaction.atomic():
        try:
            saving.delete(row)
        except Forbidden:
            return True
        finally:
            row.pk = key
            transaction.set_rollback(True)
    return False
