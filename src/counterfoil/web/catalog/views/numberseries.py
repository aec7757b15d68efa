"""Number series of an organizer, and which of them number a product."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog import numbers
from counterfoil.catalog.models import NumberSeries
from counterfoil.web.catalog.forms.numberseries import NumberSeriesForm, ProductNumbersForm
from counterfoil.web.catalog.views.items import ItemPage
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.views import (
    ConfirmPage,
    FormPage,
    OrganizerPage,
    event_routes,
    organizer_routes,
)

_WRITE = ("organizer.settings.general:write",)


class NumberSeriesList(OrganizerPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        series = self.organizer.number_series.filter(is_test=False).order_by("name", "pk")
        rows = self.rows(series)
        context = {
            "rows": rows,
            "series": [(each, each.serial(each.next)) for each in rows.object_list],
        }
        return self.render("web/catalog/numberseries/list.html", context)


class NumberSeriesAdd(FormPage, OrganizerPage):
    read_permissions = write_permissions = _WRITE
    title = _("New number series")

    def form(self, *sent: Any) -> NumberSeriesForm:
        return NumberSeriesForm(*sent[:1])

    def more(self) -> dict[str, Any]:
        return {"back": self.link("numberseries")}

    def send(self, form: NumberSeriesForm) -> HttpResponse:
        series = numbers.save_series(
            series=None, organizer=self.organizer, fields=form.cleaned_data
        )
        self.record("added", series, kind="numberseries", data=form.cleaned_data)
        return self.go("numberseries", said=_("The number series was created."))


class NumberSeriesPage(OrganizerPage):
    series: NumberSeries

    def find_scope(self) -> None:
        super().find_scope()
        rows = self.organizer.number_series.filter(is_test=False)
        self.series = get_object_or_404(rows, pk=self.kwargs["series"])


class NumberSeriesEdit(FormPage, NumberSeriesPage):
    history = ("numberseries", "series")
    read_permissions = write_permissions = _WRITE
    title = _("Number series")

    def form(self, *sent: Any) -> NumberSeriesForm:
        return NumberSeriesForm(*sent[:1], series=self.series)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("numberseries")}

    def send(self, form: NumberSeriesForm) -> HttpResponse:
        fields = {name: form.cleaned_data[name] for name in ("name", *form.changed_data)}
        changed = numbers.save_series(series=self.series, organizer=self.organizer, fields=fields)
        data = {"fields": sorted(form.changed_data)}
        self.record("changed", changed, kind="numberseries", data=data)
        return self.go("numberseries", said=_("Saved."))


class NumberSeriesDelete(ConfirmPage, NumberSeriesPage):
    read_permissions = write_permissions = _WRITE

    def question(self) -> Any:
        return _("Delete the number series “%(name)s”?") % {"name": self.series.name}

    def consequence(self) -> Any:
        return _("A number series that has numbered tickets cannot be deleted.")

    def back(self) -> str:
        return self.link("numberseries")

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.series, kind="numberseries")
        numbers.delete_series(series=self.series)
        return self.go("numberseries", said=_("The number series was deleted."))


class ProductNumbers(FormPage, ItemPage):
    """Chooses the series of a product and of its variations."""

    read_permissions = write_permissions = ("event.items:write",)
    template = "web/catalog/numberseries/product.html"

    def form(self, *sent: Any) -> ProductNumbersForm:
        return ProductNumbersForm(*sent[:1], item=self.item)

    def more(self) -> dict[str, Any]:
        title = _("Numbers of “%(product)s”") % {"product": in_page_language(self.item.name)}
        return {"back": self.link("items"), "title": title}

    def send(self, form: ProductNumbersForm) -> HttpResponse:
        chosen = {variation: form.cleaned_data[name] for name, variation in form.variations.items()}
        numbers.assign_series(item=self.item, chosen=chosen)
        data = {"series": {name: row and row.pk for name, row in form.cleaned_data.items()}}
        self.record("changed", self.item, kind="item", data=data)
        return self.go("items", said=_("Saved."))


routes = [
    *organizer_routes(
        path("number-series/", NumberSeriesList.as_view(), name="numberseries"),
        path("number-series/new/", NumberSeriesAdd.as_view(), name="numberseries-add"),
        path("number-series/<int:series>/", NumberSeriesEdit.as_view(), name="numberseries-edit"),
        path(
            "number-series/<int:series>/delete/",
            NumberSeriesDelete.as_view(),
            name="numberseries-delete",
        ),
    ),
    *event_routes(
        path("items/<int:item>/numbers/", ProductNumbers.as_view(), name="item-numbers"),
    ),
]
