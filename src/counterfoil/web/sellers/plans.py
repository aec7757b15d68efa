"""Commission plans: what sellers keep of each ticket, product by product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.catalog.models import Item, ItemVariation
from counterfoil.core.refusals import Invalid
from counterfoil.sellers import people
from counterfoil.sellers.models import CommissionPlan
from counterfoil.web.framework.labels import product_name
from counterfoil.web.framework.views import ConfirmPage, FormPage, organizer_routes
from counterfoil.web.sellers.views import WRITE, SellersPage

_EMPTY_ROWS = 3
_PREFIX = "rules"


class PlanForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=190)


class RuleForm(forms.Form):
    """One rule. A row without amounts is left out."""

    product = forms.ChoiceField(label=gettext_lazy("Product"), required=False)
    fixed = forms.DecimalField(
        label=gettext_lazy("Fixed amount"), required=False, max_digits=13, decimal_places=4
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Percent"), required=False, max_digits=7, decimal_places=4
    )
    cap = forms.DecimalField(
        label=gettext_lazy("At most"), required=False, max_digits=13, decimal_places=4
    )

    def __init__(self, *args: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.choices = products

    @property
    def is_empty(self) -> bool:
        data = self.cleaned_data
        return not data.get("product") and all(
            data.get(name) is None for name in ("fixed", "percent", "cap")
        )


_Rules = forms.formset_factory(RuleForm, extra=_EMPTY_ROWS, max_num=200, absolute_max=400)


class CommissionPlans(SellersPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        plans = self.organizer.commission_plans.prefetch_related(
            "rules__item", "rules__variation", "sellers"
        )
        return self.render("web/sellers/plans.html", {"plans": plans.order_by("name", "pk")})


class _PlanPage(SellersPage):
    read_permissions = WRITE
    plan: CommissionPlan | None = None

    def find_scope(self) -> None:
        super().find_scope()
        if "plan" in self.kwargs:
            self.plan = get_object_or_404(self.organizer.commission_plans, pk=self.kwargs["plan"])


class PlanAdd(FormPage, _PlanPage):
    template = "web/sellers/plan.html"
    title = gettext_lazy("New commission plan")

    def form(self, *sent: Any) -> PlanForm:
        data = sent[0] if sent else None
        plan = self.plan
        self._rows = _Rules(
            data,
            prefix=_PREFIX,
            form_kwargs={"products": list(self._products())},
            initial=[
                {
                    "product": _key(rule.item, rule.variation),
                    "fixed": rule.fixed.normalize() or None,
                    "percent": rule.percent.normalize() or None,
                    "cap": rule.cap.normalize() if rule.cap is not None else None,
                }
                for rule in plan.rules.select_related("item", "variation")
            ]
            if plan
            else [],
        )
        return PlanForm(data, initial={"name": plan.name if plan else ""})

    def more(self) -> dict[str, Any]:
        return {"rows": self._rows, "back": self.link("commissionplans")}

    def send(self, form: PlanForm) -> HttpResponseBase:
        if not self._rows.is_valid():
            raise Invalid(_("Correct the rules below."))
        items = {str(each.pk): each for each in self._items()}
        rules = []
        for row in self._rows:
            if row.is_empty:
                continue
            item, _dash, variation = row.cleaned_data["product"].partition("-")
            rules.append(
                {
                    "item": items.get(item),
                    "variation": ItemVariation.objects.filter(pk=variation).first()
                    if variation
                    else None,
                    "fixed": row.cleaned_data["fixed"] or 0,
                    "percent": row.cleaned_data["percent"] or 0,
                    "cap": row.cleaned_data["cap"],
                }
            )
        is_new = self.plan is None
        plan = people.save_plan(
            plan=self.plan,
            organizer=self.organizer,
            name=form.cleaned_data["name"],
            rules=rules,
        )
        self.record("added" if is_new else "changed", plan, kind="commissionplan")
        return self.go("commissionplans", said=_("Saved."))

    def _items(self) -> Any:
        events = self.actor.events(self.organizer)
        mine = Item.objects.filter(event__in=events)
        if self.plan is not None:  # also those that this person cannot see stay in their rules
            mine |= Item.objects.filter(pk__in=self.plan.rules.values("item"))
        rows = mine.distinct().select_related("event").prefetch_related("variations")
        return rows.order_by("-event__date_from", "event", "position", "pk")

    def _products(self) -> Iterator[tuple[str, Any]]:
        yield "", _("all products")
        for item in self._items():
            yield _key(item), f"{item.event}: {product_name(item)}"
            for variation in item.variations.all():
                yield _key(item, variation), f"{item.event}: {product_name(item, variation)}"


def _key(item: Item | None, variation: ItemVariation | None = None) -> str:
    if item is None:
        return ""
    return f"{item.pk}-{variation.pk}" if variation else str(item.pk)


class PlanEdit(PlanAdd):
    title = gettext_lazy("Change commission plan")


class PlanDelete(ConfirmPage, _PlanPage):
    plan: CommissionPlan

    def question(self) -> Any:
        return _("Delete the commission plan %(name)s?") % {"name": self.plan.name}

    def back(self) -> str:
        return self.link("commissionplans")

    def carry_out(self) -> HttpResponseBase:
        self.record("deleted", self.plan, kind="commissionplan")
        people.delete_plan(plan=self.plan)
        return self.go("commissionplans", said=_("The commission plan was deleted."))


routes = organizer_routes(
    path("commissionplans/", CommissionPlans.as_view(), name="commissionplans"),
    path("commissionplans/add/", PlanAdd.as_view(), name="commissionplan-add"),
    path("commissionplans/<int:plan>/", PlanEdit.as_view(), name="commissionplan-edit"),
    path("commissionplans/<int:plan>/delete/", PlanDelete.as_view(), name="commissionplan-delete"),
)
