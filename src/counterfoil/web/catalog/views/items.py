"""Products with their variations and pictures, and the categories they are shown under."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.batches.printed import printed_of_item
from counterfoil.catalog import products, queries, quotas, saving
from counterfoil.catalog.models import Item, ItemCategory, Quota
from counterfoil.core.refusals import Invalid
from counterfoil.core.transactions import late_atomic
from counterfoil.files import services as files
from counterfoil.files.pictures import PAGE_TYPES, content_type, keep_picture
from counterfoil.files.uploads import store_upload
from counterfoil.web.catalog.forms.items import CategoryForm, ItemForm
from counterfoil.web.catalog.onboarding import with_next_step
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, event_routes

_WRITE = ("event.items:write",)
#: What the list can be sorted by, and how it is sorted without.
_SORTED = {"name": "shown_name", "price": "default_price"}
_IN_ORDER_OF_SALE = (F("category__position").asc(nulls_first=True), "category", "position", "pk")
#: What tickets say of their product.
_ON_PAPER = frozenset(("name", "description", "default_price", "category", "variations"))


class Items(EventPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        words = self.asked("q")
        found = queries.items_of(self.event).select_related("category", "tax_rule")
        if words:
            found = found.filter(queries.containing(words, "name", "internal_name"))
        if self.asked("sort"):
            found = found.annotate(shown_name=KeyTextTransform(self.event.locale, "name"))
            found = self.in_order(found, _SORTED, "name")
        else:
            found = found.order_by(*_IN_ORDER_OF_SALE)
        rows = self.rows(found)
        known = {"rows": rows, "words": words, "sold": saving.protected(rows.object_list)}
        return self.render("web/catalog/items/list.html", known)


class ItemPage(EventPage):
    """A page about one product."""

    item: Item

    def find_scope(self) -> None:
        super().find_scope()
        self.item = get_object_or_404(self.event.items, pk=self.kwargs["item"])
        self.item.event = self.event


class ItemFormPage(FormPage, EventPage):
    """The form of a product. “One more row” sends it as well, and is answered with the form."""

    read_permissions = write_permissions = _WRITE
    template = "web/catalog/items/form.html"

    picture: str | None = None

    def form(self, *sent: Any) -> ItemForm:
        return ItemForm(*sent, event=self.event)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST, request.FILES)
        return self.shown(form) if form.is_draft else super().post(request, **kwargs)

    def prepare(self, form: ItemForm) -> None:
        sent = form.cleaned_data["picture"]
        self.picture = self._kept(sent) if sent else None

    def _kept(self, sent: UploadedFile[Any]) -> str:
        name, kind = str(sent.name).lower(), sent.content_type or ""
        try:
            upload = store_upload(self.actor.key, name, kind, sent, PAGE_TYPES)  # type: ignore[arg-type]
            return keep_picture(upload)
        except Invalid as refusal:
            raise Invalid({"picture": refusal.sentences}) from None

    def fields(self, form: ItemForm) -> dict[str, Any]:
        """Return what is to be written to the row."""
        values = form.values()
        if self.picture:
            return {**values, "picture": self.picture}
        if form.cleaned_data.get("without_picture"):
            return {**values, "picture": None}
        return values

    def more(self) -> dict[str, Any]:
        return {"back": self.link("items")}


class ItemAdd(ItemFormPage):
    title = _("New product")
    button = _("Create product")

    def send(self, form: ItemForm) -> HttpResponse:
        variations = [
            {**row.values(), "position": number}
            for number, row in enumerate(form.variations())
            if not row.cleaned_data["delete"]
        ]
        made = products.create_item(
            event=self.event, fields=self.fields(form), variations=variations
        )
        self.record("added", made, kind="item", data={"fields": sorted(form.changed_data)})
        if form.quota_size() is not None:
            self._count(made, form.quota_size())
        return self.go("items", said=with_next_step(self, _("The product was created.")))

    def _count(self, item: Item, size: int | None) -> None:
        """Make the quota that the form asked for."""
        quota = quotas.save_quota(
            quota=Quota(event=self.event),
            fields={
                "name": in_page_language(item.name)[:200],
                "size": size,
                "items": [item],
                "variations": list(item.variations.all()),
            },
        )
        self.record("added", quota, kind="quota", data={"size": size})


class ItemEdit(ItemFormPage, ItemPage):
    history = ("item", "item")
    title = _("Product")

    def form(self, *sent: Any) -> ItemForm:
        return ItemForm(*sent, event=self.event, item=self.item)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("items"), "item": self.item}

    def send(self, form: ItemForm) -> HttpResponse:
        products.save_item(item=self.item, fields=self.fields(form))
        rows = list(form.variations())
        # New ones come before others go: a product with variations keeps at least one.
        for number, row in sorted(enumerate(rows), key=lambda each: each[1].cleaned_data["delete"]):
            self._write(row, number)
        fields = [*form.changed_data, *(["variations"] if form.rows.has_changed() else [])]
        self.record("changed", self.item, kind="item", data={"fields": sorted(fields)})
        if _ON_PAPER & set(fields):
            self.tell_printed(printed_of_item(self.item))
        return self.go("items", said=_("Saved."))

    def _write(self, row: Any, number: int) -> None:
        values = {**row.values(), "position": number}
        if row.is_new:
            if not row.cleaned_data["delete"]:
                products.add_variation(item=self.item, fields=values)
            return
        variation = self.item.variations.filter(pk=row.cleaned_data["id"]).first()
        if variation is None:
            raise Invalid(str(_("Someone else deleted one of the variations. Reload the page.")))
        variation.item = self.item
        if row.cleaned_data["delete"]:
            products.delete_variation(variation=variation)
        else:
            products.change_variation(variation=variation, fields=values)


class ItemCopy(ItemPage):
    """Makes a product like this one; its quotas stay its own."""

    write_permissions = _WRITE

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        with late_atomic():
            copy = products.copy_item(item=self.item, suffix=str(_("(copy)")))
            self.record("added", copy, kind="item", data={"like": self.item.pk})
        said = _("The product was copied. Change what is different, and add it to a quota.")
        return self.go("item", copy.pk, said=said)


class ItemPicture(ItemPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        if not self.item.picture:
            raise Http404
        try:
            stored = files.open_stored(self.item.picture)
        except FileNotFoundError:
            raise Http404 from None
        name = self.item.picture
        return FileResponse(stored, filename=name, content_type=content_type(name))


class ItemDelete(ConfirmPage, ItemPage):
    read_permissions = write_permissions = _WRITE

    def question(self) -> Any:
        return _("Delete the product “%(product)s”?") % {
            "product": in_page_language(self.item.name)
        }

    def consequence(self) -> Any:
        return _("Its variations are deleted too. A product with orders cannot be deleted.")

    def back(self) -> str:
        return self.link("items")

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.item, kind="item")
        products.delete_item(item=self.item)
        return self.go("items", said=_("The product was deleted."))


class Categories(EventPage):
    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        rows = self.rows(self.event.categories.order_by("position", "pk"))
        return self.render("web/catalog/items/categories.html", {"rows": rows})


class CategoryAdd(FormPage, EventPage):
    read_permissions = write_permissions = _WRITE
    title = _("New category")

    def form(self, *sent: Any) -> CategoryForm:
        return CategoryForm(*sent[:1], event=self.event)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("categories")}

    def send(self, form: CategoryForm) -> HttpResponse:
        category = ItemCategory(event=self.event)
        made = products.save_category(category=category, fields=form.cleaned_data)
        self.record("added", made, kind="category", data={"fields": sorted(form.changed_data)})
        return self.go("categories", said=_("The category was created."))


class CategoryPage(EventPage):
    category: ItemCategory

    def find_scope(self) -> None:
        super().find_scope()
        self.category = get_object_or_404(self.event.categories, pk=self.kwargs["category"])


class CategoryEdit(FormPage, CategoryPage):
    history = ("category", "category")
    read_permissions = write_permissions = _WRITE
    title = _("Category")

    def form(self, *sent: Any) -> CategoryForm:
        return CategoryForm(*sent[:1], event=self.event, category=self.category)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("categories")}

    def send(self, form: CategoryForm) -> HttpResponse:
        changed = products.save_category(category=self.category, fields=form.cleaned_data)
        self.record("changed", changed, kind="category", data={"fields": sorted(form.changed_data)})
        return self.go("categories", said=_("Saved."))


class CategoryDelete(ConfirmPage, CategoryPage):
    read_permissions = write_permissions = _WRITE

    def question(self) -> Any:
        return _("Delete the category “%(category)s”?") % {
            "category": in_page_language(self.category.name)
        }

    def consequence(self) -> Any:
        return _("Its products are kept without a category.")

    def back(self) -> str:
        return self.link("categories")

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.category, kind="category")
        products.delete_category(category=self.category)
        return self.go("categories", said=_("The category was deleted."))


routes = event_routes(
    path("items/", Items.as_view(), name="items"),
    path("items/new/", ItemAdd.as_view(), name="item-add"),
    path("items/<int:item>/", ItemEdit.as_view(), name="item"),
    path("items/<int:item>/picture/", ItemPicture.as_view(), name="item-picture"),
    path("items/<int:item>/copy/", ItemCopy.as_view(), name="item-copy"),
    path("items/<int:item>/delete/", ItemDelete.as_view(), name="item-delete"),
    path("items/categories/", Categories.as_view(), name="categories"),
    path("items/categories/new/", CategoryAdd.as_view(), name="category-add"),
    path("items/categories/<int:category>/", CategoryEdit.as_view(), name="category"),
    path(
        "items/categories/<int:category>/delete/", CategoryDelete.as_view(), name="category-delete"
    ),
)
