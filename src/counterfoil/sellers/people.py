"""Sellers, their commission plans, and the links to their own pages."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.batches.models import BatchTicket
from counterfoil.catalog import saving
from counterfoil.catalog.models import Organizer
from counterfoil.core.refusals import Forbidden, Invalid
from counterfoil.sellers.models import CommissionPlan, CommissionRule, Seller
from counterfoil.stock import ledger


@transaction.atomic
def save_seller(
    *, seller: Seller | None, organizer: Organizer, fields: Mapping[str, Any]
) -> Seller:
    """Create or change a seller. One who is not active gets no tickets, and may return some.

    Raises:
        Invalid: an amount is negative.
    """
    ledger.lock(organizer)
    for name in ("credit_limit", "deposit"):
        if (fields.get(name) or 0) < 0:
            raise Invalid({name: [_("This may not be negative.")]})
    return saving.write(seller or Seller(organizer=organizer), fields)


@transaction.atomic
def delete_seller(*, seller: Seller) -> None:
    """Delete a seller without history.

    Raises:
        Forbidden: there are documents, payments or notices of this seller.
    """
    ledger.lock(seller.organizer)
    words = _("This seller has a history and cannot be deleted. Deactivate the seller instead.")
    if BatchTicket.objects.filter(seller=seller.pk).exists():
        raise Forbidden(words)
    saving.delete(seller, words)


@transaction.atomic
def save_plan(
    *,
    plan: CommissionPlan | None,
    organizer: Organizer,
    name: str | None = None,
    rules: Sequence[Mapping[str, Any]] | None = None,
) -> CommissionPlan:
    """Create or change a plan; ``rules`` replace those that it has.

    Raises:
        Invalid: names the rule, by its index, and the field.
    """
    saving.one_at_a_time(organizer)
    plan = plan or CommissionPlan(organizer=organizer)
    if name is not None:
        plan.name = name
    plan.save()
    if rules is not None:
        _check_rules(organizer, rules)
        plan.rules.all().delete()
        CommissionRule.objects.bulk_create(
            CommissionRule(plan=plan, position=position, **rule)
            for position, rule in enumerate(rules)
        )
    return plan


def _check_rules(organizer: Organizer, rules: Sequence[Mapping[str, Any]]) -> None:
    products: set[tuple[Any, Any]] = set()
    for index, rule in enumerate(rules):
        item, variation = rule.get("item"), rule.get("variation")
        place = f"rules[{index}]"
        if item is not None and item.event.organizer_id != organizer.pk:
            raise Invalid({f"{place}.item": [_("This product belongs to another organizer.")]})
        if variation is not None and (item is None or variation.item_id != item.pk):
            words = _("This variation does not belong to the product.")
            raise Invalid({f"{place}.variation": [words]})
        if (item, variation) in products:
            words = _("There are two rules for the same product.")
            raise Invalid({f"{place}.item": [words]})
        products.add((item, variation))
        if not rule.get("fixed") and not rule.get("percent"):
            words = _("Give a fixed amount, a percentage, or both.")
            raise Invalid({f"{place}.percent": [words]})
        for name in ("fixed", "percent", "cap"):
            if (rule.get(name) or Decimal(0)) < 0:
                raise Invalid({f"{place}.{name}": [_("This may not be negative.")]})
        if (rule.get("percent") or Decimal(0)) > 100:
            raise Invalid({f"{place}.percent": [_("This may not be more than 100.")]})


@transaction.atomic
def delete_plan(*, plan: CommissionPlan) -> None:
    """Delete a plan that no seller has.

    Raises:
        Forbidden: a seller has it.
    """
    saving.delete(plan, _("Sellers have this commission plan, so it cannot be deleted."))


@transaction.atomic
def make_link(*, seller: Seller) -> str:
    """Return the secret of a new link to the seller's own page; the one before ends."""
    secret = secrets.token_urlsafe(24)
    Seller.objects.filter(pk=seller.pk).update(link_hash=_digest(secret))
    return secret


@transaction.atomic
def revoke_link(*, seller: Seller) -> bool:
    """End the link to the seller's own page; tell whether there was one."""
    rows = Seller.objects.filter(pk=seller.pk, link_hash__isnull=False)
    return bool(rows.update(link_hash=None))


def seller_of_link(secret: str) -> Seller | None:
    """Return whose page a link opens; None if it was revoked or never was one."""
    rows = Seller.objects.select_related("organizer").filter(active=True)
    return rows.filter(link_hash=_digest(secret)).first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
