"""How much tax is in a price."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog import products, saving
from counterfoil.catalog.models import TaxRule
from counterfoil.web.catalog.forms.taxrules import TaxRuleForm
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, event_routes

_WRITE = ("event.settings.tax:write",)


class TaxRules(EventPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        rows = self.rows(self.event.tax_rules.order_by("pk"))
        known = {"rows": rows, "used": saving.protected(rows.object_list)}
        return self.render("web/catalog/taxrules/list.html", known)


class TaxRuleAdd(FormPage, EventPage):
    read_permissions = write_permissions = _WRITE
    title = _("New tax rule")

    def form(self, *sent: Any) -> TaxRuleForm:
        return TaxRuleForm(*sent[:1], event=self.event)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("taxrules")}

    def send(self, form: TaxRuleForm) -> HttpResponse:
        made = products.save_tax_rule(rule=TaxRule(event=self.event), fields=form.cleaned_data)
        self.record("added", made, kind="taxrule", data={"fields": sorted(form.changed_data)})
        return self.go("taxrules", said=_("The tax rule was created."))


class TaxRulePage(EventPage):
    rule: TaxRule

    def find_scope(self) -> None:
        super().find_scope()
        self.rule = get_object_or_404(self.event.tax_rules, pk=self.kwargs["rule"])


class TaxRuleEdit(FormPage, TaxRulePage):
    history = ("taxrule", "rule")
    read_permissions = write_permissions = _WRITE
    title = _("Tax rule")

    def form(self, *sent: Any) -> TaxRuleForm:
        return TaxRuleForm(*sent[:1], event=self.event, rule=self.rule)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("taxrules")}

    def send(self, form: TaxRuleForm) -> HttpResponse:
        changed = products.save_tax_rule(rule=self.rule, fields=form.cleaned_data)
        self.record("changed", changed, kind="taxrule", data={"fields": sorted(form.changed_data)})
        return self.go("taxrules", said=_("Saved."))


class TaxRuleDelete(ConfirmPage, TaxRulePage):
    read_permissions = write_permissions = _WRITE

    def question(self) -> Any:
        return _("Delete the tax rule “%(rule)s”?") % {"rule": in_page_language(self.rule.name)}

    def consequence(self) -> Any:
        return _("A tax rule that products use cannot be deleted.")

    def back(self) -> str:
        return self.link("taxrules")

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.rule, kind="taxrule")
        products.delete_tax_rule(rule=self.rule)
        return self.go("taxrules", said=_("The tax rule was deleted."))


routes = event_routes(
    path("tax-rules/", TaxRules.as_view(), name="taxrules"),
    path("tax-rules/new/", TaxRuleAdd.as_view(), name="taxrule-add"),
    path("tax-rules/<int:rule>/", TaxRuleEdit.as_view(), name="taxrule"),
    path("tax-rules/<int:rule>/delete/", TaxRuleDelete.as_view(), name="taxrule-delete"),
)
