"""Sellers from a table: CSV or XLSX, one row for each."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.batches.tables import BatchTable
from counterfoil.catalog.models import Organizer
from counterfoil.core.refusals import Invalid
from counterfoil.sellers.models import Seller
from counterfoil.stock import ledger

COLUMNS = (
    *("name", "address", "contact", "language", "role", "commission_plan"),
    *("credit_limit", "deposit", "needs_approval", "active"),
)
_AMOUNTS = ("credit_limit", "deposit")
_FLAGS = ("needs_approval", "active")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_LARGEST = Decimal(10) ** 11

#: The fields of a new seller, as texts.
Fields = dict[str, str]


def check_sellers(organizer: Organizer, table: BatchTable) -> list[Fields]:
    """Read new sellers from a table; empty cells are left to their defaults.

    Raises:
        Invalid: on ``file``; names the rows, counted below the header, and what is wrong.
    """
    unknown = [name for name in table.columns if name not in COLUMNS]
    if unknown or "name" not in table.columns:
        words = _("The columns may be these, and the first is needed: %(columns)s.")
        raise Invalid({"file": [words % {"columns": ", ".join(COLUMNS)}]})
    names = set(Seller.objects.filter(organizer=organizer).values_list("name", flat=True))
    plans = set(organizer.commission_plans.values_list("name", flat=True))
    rows, problems = [], []
    for number, texts in enumerate(table.objects(), start=1):
        fields = {name: text.strip() for name, text in texts.items() if text.strip()}
        problem = _problem(fields, names, plans)
        if problem:
            problems.append(_("Row %(row)d: %(problem)s") % {"row": number, "problem": problem})
        names.add(fields.get("name", ""))
        rows.append(fields)
    if problems:
        raise Invalid({"file": problems[:20]})
    return rows


def _problem(fields: Fields, names: set[str], plans: set[str]) -> str | None:
    name = fields.get("name", "")
    if not name or len(name) > 190 or len(fields.get("contact", "")) > 190:
        return _("A name is needed; names and contacts have at most 190 characters.")
    if name in names:
        return _("There is a seller with this name already.")
    if fields.get("language", "en") not in dict(settings.LANGUAGES):
        return _("This language is not offered.")
    if fields.get("role", "agent") not in Seller.Role.values:
        return _("The role is agent or own_name.")
    plan = fields.get("commission_plan")
    if plan is not None and plan not in plans:
        return _("There is no commission plan “%(name)s”.") % {"name": plan[:50]}
    for column in _FLAGS:
        if fields.get(column, "no").lower() not in _YES:
            return _("%(column)s is yes or no.") % {"column": column}
    for column in _AMOUNTS:
        try:
            amount = Decimal(fields.get(column, "0"))
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or not 0 <= amount < _LARGEST:
            return _("“%(text)s” is not an amount.") % {"text": fields[column][:50]}
    return None


@transaction.atomic
def import_sellers(*, actor: Actor | None, organizer: Organizer, table: BatchTable) -> list[Seller]:
    """Create the sellers of a table, all or none.

    Raises:
        Invalid: see ``check_sellers``.
    """
    ledger.lock(organizer)
    plans = {plan.name: plan for plan in organizer.commission_plans.order_by("-pk")}
    sellers = []
    for texts in check_sellers(organizer, table):
        fields: dict[str, Any] = dict(texts)
        fields |= {name: Decimal(texts[name]) for name in _AMOUNTS if name in texts}
        fields |= {name: _YES[texts[name].lower()] for name in _FLAGS if name in texts}
        if "commission_plan" in texts:
            fields["commission_plan"] = plans[texts["commission_plan"]]
        seller = Seller.objects.create(organizer=organizer, **fields)
        audit.record(
            actor=actor,
            action="counterfoil.seller.added",
            obj=seller,
            organizer=organizer,
            data=dict(texts),
        )
        sellers.append(seller)
    return sellers
