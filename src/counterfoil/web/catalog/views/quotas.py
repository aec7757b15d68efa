"""Quotas: how many tickets there are of what, how many are taken, and how many are left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog import queries, quotas
from counterfoil.catalog.models import Quota
from counterfoil.orders.queries import Availability, availability
from counterfoil.web.catalog.forms.quotas import QuotaForm
from counterfoil.web.catalog.onboarding import with_next_step
from counterfoil.web.framework.filters import Filter
from counterfoil.web.framework.forms.dates import date_label
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, event_routes

_WRITE = ("event.items:write",)
#: What the list can be sorted by.
_SORTED = {"name": "name", "date": "subevent__date_from"}


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """A quota as a list shows it: products by name, and what of it is taken."""

    quota: Quota
    date: str
    products: list[str]
    counted: Availability


class Quotas(EventPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        words, chosen = self.asked("q"), self.asked("date")
        found = queries.quotas_of(self.event).select_related("subevent")
        if words:
            found = found.filter(name__icontains=words)
        dates = self._dates()
        if chosen in dict(dates):
            found = found.filter(subevent=int(chosen))
        rows = self.rows(self.in_order(found, _SORTED, "date"))
        known = {
            "rows": rows,
            "quotas": list(_rows(list(rows))),
            "words": words,
            "filters": self._filters(dates, chosen),
            "chosen": chosen,
        }
        return self.render("web/catalog/quotas/list.html", known)

    def _filters(self, dates: list[tuple[str, str]], chosen: str) -> list[Filter]:
        options = [("", _("All dates")), *dates]
        return [Filter.of("date", _("Date"), options, chosen)] if dates else []

    def _dates(self) -> list[tuple[str, str]]:
        dates = self.event.subevents.order_by("date_from", "pk")
        return [(str(each.pk), date_label(each)) for each in dates]


def _rows(found: list[Quota]) -> Iterable[QuotaRow]:
    counted = availability(found)
    for quota in found:
        date = date_label(quota.subevent) if quota.subevent else ""
        yield QuotaRow(quota, date, _products(quota), counted[quota.pk])


def _products(quota: Quota) -> list[str]:
    variations: dict[int, list[str]] = {}
    for each in quota.variations.all():
        variations.setdefault(each.item_id, []).append(in_page_language(each.value))
    named = []
    for item in quota.items.all():
        of_item = variations.get(item.pk)
        name = in_page_language(item.name)
        named.append(f"{name} ({', '.join(of_item)})" if of_item else name)
    return named


def _preset(product: str) -> list[str]:
    """Return the choice that a product is in the form, from the key of an offer of it."""
    item, _dash, variation = product.partition("-")
    return [f"v{variation}" if variation else f"i{item}"] if item else []


class QuotaAdd(FormPage, EventPage):
    read_permissions = write_permissions = _WRITE
    template = "web/catalog/quotas/form.html"
    title = _("New quota")
    button = _("Create quota")

    def form(self, *sent: Any) -> QuotaForm:
        return QuotaForm(
            *sent[:1],
            event=self.event,
            subevent=self.asked("date") or None,
            products=_preset(self.asked("product")),
        )

    def more(self) -> dict[str, Any]:
        return {"back": self.link("quotas")}

    def send(self, form: QuotaForm) -> HttpResponse:
        made = quotas.save_quota(quota=Quota(event=self.event), fields=form.values())
        self.record("added", made, kind="quota", data={"fields": sorted(form.changed_data)})
        return self.go("quotas", said=with_next_step(self, _("The quota was created.")))


class QuotaPage(EventPage):
    quota: Quota

    def find_scope(self) -> None:
        super().find_scope()
        self.quota = get_object_or_404(queries.quotas_of(self.event), pk=self.kwargs["quota"])
        self.quota.event = self.event


class QuotaEdit(FormPage, QuotaPage):
    history = ("quota", "quota")
    read_permissions = write_permissions = _WRITE
    template = "web/catalog/quotas/form.html"
    title = _("Quota")

    def form(self, *sent: Any) -> QuotaForm:
        return QuotaForm(*sent[:1], event=self.event, quota=self.quota)

    def more(self) -> dict[str, Any]:
        counted = availability([self.quota])[self.quota.pk]
        return {"back": self.link("quotas"), "quota": self.quota, "counted": counted}

    def send(self, form: QuotaForm) -> HttpResponse:
        changed = quotas.save_quota(quota=self.quota, fields=form.values())
        self.record("changed", changed, kind="quota", data={"fields": sorted(form.changed_data)})
        return self.go("quotas", said=_("Saved."))


class QuotaDelete(ConfirmPage, QuotaPage):
    read_permissions = write_permissions = _WRITE

    def question(self) -> Any:
        return _("Delete the quota “%(quota)s”?") % {"quota": self.quota}

    def consequence(self) -> Any:
        return _("Tickets are kept. Products without a quota cannot be sold.")

    def back(self) -> str:
        return self.link("quotas")

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.quota, kind="quota")
        quotas.delete_quota(quota=self.quota)
        return self.go("quotas", said=_("The quota was deleted."))


routes = event_routes(
    path("quotas/", Quotas.as_view(), name="quotas"),
    path("quotas/new/", QuotaAdd.as_view(), name="quota-add"),
    path("quotas/<int:quota>/", QuotaEdit.as_view(), name="quota"),
    path("quotas/<int:quota>/delete/", QuotaDelete.as_view(), name="quota-delete"),
)
