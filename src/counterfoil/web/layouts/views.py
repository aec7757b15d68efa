"""Ticket layouts: the gallery, new ones, import and export, and which product prints with which."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil import __version__
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.printed import printed_with
from counterfoil.catalog.models import Event
from counterfoil.core.ids import row_id
from counterfoil.files import services as files
from counterfoil.layouts import services
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.models import Background, TicketLayout, TicketLayoutItem
from counterfoil.layouts.pictures import exported, import_pictures
from counterfoil.layouts.pretix_incompatibilities import pretix_incompatibilities
from counterfoil.layouts.queries import Choice, LayoutChooser, layouts_of
from counterfoil.layouts.services import LayoutValues
from counterfoil.layouts.templates import starter
from counterfoil.printing import previews
from counterfoil.printing.samples import Subject, usual_subject
from counterfoil.render import Plan, Ticket
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, event_routes
from counterfoil.web.layouts.forms import (
    AssignmentsForm,
    ImportForm,
    LayoutNameForm,
    NewLayoutForm,
)

DESIGN = ("event.settings.general:write",)
_THUMBNAIL_DPI = 60


class LayoutPage(EventPage):
    """A page about one layout of the event."""

    layout: TicketLayout

    def find_scope(self) -> None:
        super().find_scope()
        self.layout = get_object_or_404(layouts_of(self.event), pk=self.kwargs["layout"])


class Layouts(EventPage):
    """All layouts as they print, and with what products."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = self.rows(_with_products(layouts_of(self.event)))
        return self.render("web/layouts/list.html", {"rows": rows})


class LayoutPicture(LayoutPage):
    """The first page of a sample ticket, small. It changes only when what stands on it does."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        choice = Choice(
            name=self.layout.name,
            elements=self.layout.layout or built_in_layout(),
            background=self.layout.background_id,
        )
        return sample_picture(request, self.event, choice)


class LayoutSample(EventPage):
    """The first page of a ticket of a batch: of what it is for, and with which layout."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        subject = self._subject()
        choice = LayoutChooser(self.event).choose(
            item=subject.item.pk if subject.item else 0,
            channel=self._key("channel"),
            override=layouts_of(self.event).filter(pk=self._key("layout")).first(),
        )
        return sample_picture(request, self.event, choice, subject)

    def _subject(self) -> Subject:
        if not self.asked("item"):
            return replace(usual_subject(self.event), of_batch=True)
        items = self.event.items.select_related("tax_rule")
        item = get_object_or_404(items, pk=self._key("item"))
        return Subject(
            item=item,
            variation=item.variations.filter(pk=self._key("variation")).first(),
            subevent=self.event.subevents.filter(pk=self._key("subevent")).first(),
            of_batch=True,
            testmode=bool(self.asked("testmode")),
            locale=self._locale(),
        )

    def _locale(self) -> str:
        locale = self.asked("locale")
        return locale if locale in self.event.locales else ""

    def _key(self, name: str) -> int:
        return row_id(self.asked(name)) or 0


class LayoutNew(FormPage, EventPage):
    """A new layout, which the editor opens at once."""

    write_permissions = DESIGN
    read_permissions = DESIGN
    title = gettext_lazy("New layout")
    button = gettext_lazy("Create and open")
    values: LayoutValues

    def form(self, *sent: Any) -> NewLayoutForm:
        return NewLayoutForm(*sent)

    def prepare(self, form: NewLayoutForm) -> None:
        self.values = self._values(form.cleaned_data["name"], form.size)

    def send(self, form: NewLayoutForm) -> HttpResponseBase:
        layout = services.create_layout_on_page(
            actor=self.actor, event=self.event, values=self.values
        )
        return self.go("layout-edit", layout.pk)

    def _values(self, name: str, size: tuple[float, float] | None) -> LayoutValues:
        if size is None:
            return LayoutValues(name=name, layout=built_in_layout())
        background = services.create_blank_background(
            event=self.event, width=size[0], height=size[1]
        )
        return LayoutValues(name=name, layout=starter(*size), background=background)


class LayoutImport(FormPage, EventPage):
    """A layout from a file. Nothing is made unless all of it can be used."""

    write_permissions = DESIGN
    read_permissions = DESIGN
    title = gettext_lazy("Import a layout")
    button = gettext_lazy("Import")
    values: LayoutValues

    def form(self, *sent: Any) -> ImportForm:
        return ImportForm(*sent)

    def prepare(self, form: ImportForm) -> None:
        services.check_elements(form.cleaned_data["layout"])
        import_pictures(
            event=self.event, pictures=form.pictures, layout=form.cleaned_data["layout"]
        )
        self.values = LayoutValues(
            name=form.cleaned_data["name"],
            layout=form.cleaned_data["layout"],
            background=self._background(form.cleaned_data["background"]),
        )

    def send(self, form: ImportForm) -> HttpResponseBase:
        layout = services.create_layout_on_page(
            actor=self.actor, event=self.event, values=self.values
        )
        said = _("The layout was imported.")
        if layout.default:
            said = _(
                "The layout was imported. It is the default: products without a layout of their "
                "own print with it."
            )
        return self.go("layouts", said=said)

    def _background(self, sent: UploadedFile[Any] | None) -> Background | None:
        if sent is None:
            return None
        return services.create_background(event=self.event, pdf=sent.read())


class LayoutRename(FormPage, LayoutPage):
    write_permissions = DESIGN
    read_permissions = DESIGN
    title = gettext_lazy("Rename the layout")

    def form(self, *sent: Any) -> LayoutNameForm:
        return LayoutNameForm(sent[0] if sent else None, initial={"name": self.layout.name})

    def send(self, form: LayoutNameForm) -> HttpResponseBase:
        services.rename_layout(actor=self.actor, layout=self.layout, name=form.cleaned_data["name"])
        return self.go("layouts", said=_("The layout was renamed."))


class LayoutDuplicate(LayoutPage):
    write_permissions = DESIGN

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        name = _("%(name)s (copy)") % {"name": self.layout.name[:170]}
        services.duplicate_layout(actor=self.actor, layout=self.layout, name=name)
        return self.go("layouts", said=_("The layout was copied as “%s”.") % name)


class LayoutDefault(LayoutPage):
    write_permissions = DESIGN

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        services.make_default(actor=self.actor, layout=self.layout)
        return self.go("layouts", said=_("“%s” is now the default.") % self.layout)


class LayoutDelete(ConfirmPage, LayoutPage):
    write_permissions = DESIGN
    read_permissions = DESIGN

    def question(self) -> str:
        return _("Delete the layout “%s”?") % self.layout

    def consequence(self) -> str:
        batches = OfflineSalesBatch.objects.filter(layout=self.layout).count()
        return _(
            "Printed tickets are not affected. Products (%(products)d) and batches "
            "(%(batches)d) that use this layout fall back to their next one."
        ) % {"products": self.layout.item_assignments.count(), "batches": batches}

    def back(self) -> str:
        return self.link("layouts")

    def carry_out(self) -> HttpResponseBase:
        services.delete_layout(actor=self.actor, layout=self.layout)
        return self.go("layouts", said=_("The layout was deleted."))


class LayoutDetail(LayoutPage):
    history = ("ticketlayout", "layout")
    """How one layout prints, who prints with it, and the ways to take it elsewhere."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        known = {
            "layout": self.layout,
            "additions": pretix_incompatibilities(self.layout.layout),
            "printed": printed_with(self.layout),
        }
        return self.render("web/layouts/detail.html", known)


class LayoutExport(LayoutPage):
    """The elements, exactly as they are stored: pretix reads them, and so do we.

    A layout with pictures of the event is a file that only we read: they come along.
    """

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        layout = self.layout.layout
        pictures = exported(self.event, layout)
        told = {"layout": layout, "pictures": pictures} if pictures else layout
        content = json.dumps(told, ensure_ascii=False, indent=2)
        answer = HttpResponse(content, content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{_filename(self.layout)}.json"'
        return answer


class LayoutBackground(LayoutPage):
    """The PDF under a layout, as it was uploaded."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        background = self.layout.background
        if background is None:
            raise Http404
        try:
            stored = files.open_stored(background.original)
        except FileNotFoundError:
            raise Http404 from None
        return FileResponse(stored, as_attachment=True, filename=f"{_filename(self.layout)}.pdf")


class Assignments(FormPage, EventPage):
    """Which product prints with which layout, by sales channel."""

    read_permissions = write_permissions = DESIGN
    template = "web/layouts/assignments.html"
    title = gettext_lazy("Layouts of products")

    def form(self, *sent: Any) -> AssignmentsForm:
        rows = TicketLayoutItem.objects.filter(item__event=self.event)
        return AssignmentsForm(
            *sent,
            items=list(self.event.items.order_by("position", "pk")),
            channels=list(self.organizer.sales_channels.order_by("position", "pk")),
            layouts=list(layouts_of(self.event)),
            assigned=list(rows),
        )

    def send(self, form: AssignmentsForm) -> HttpResponseBase:
        for cell, layout in form.chosen():
            services.reassign_layout(
                actor=self.actor, item=cell.item, sales_channel=cell.channel, layout=layout
            )
        return self.go("layouts", said=_("Saved."))


def _with_products(layouts: QuerySet[TicketLayout]) -> QuerySet[TicketLayout]:
    return layouts.prefetch_related("item_assignments__item__event")


def sample_picture(
    request: HttpRequest, event: Event, choice: Choice, subject: Subject | None = None
) -> HttpResponseBase:
    """Answer with the first page of a ticket of nobody, unless the browser has it already."""
    plan = previews.preview_plan(
        elements=choice.elements, background=choice.background, name=choice.name
    )
    ticket = previews.sample_ticket(plan, event, subject=subject)
    etag = quote_etag(_fingerprint(choice, ticket))
    return get_conditional_response(request, etag=etag) or _thumbnail(plan, ticket, etag)


def _thumbnail(plan: Plan, ticket: Ticket, etag: str) -> HttpResponse:
    dpi = int(min(_THUMBNAIL_DPI, previews.finest_dpi(plan, 1)))
    png = previews.draw_png(plan, ticket, page=1, dpi=dpi)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return HttpResponse(png, content_type="image/png", headers=headers)


def _fingerprint(choice: Choice, ticket: Ticket) -> str:
    """Return what tells one picture of a layout from another."""
    shown = sorted(map(repr, ticket.values.items()))
    told = [__version__, choice.version, ticket.locale, shown, str(ticket.overprint)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _filename(layout: TicketLayout) -> str:
    return slugify(layout.name) or f"layout-{layout.pk}"


routes = event_routes(
    path("layouts/", Layouts.as_view(), name="layouts"),
    path("layouts/new/", LayoutNew.as_view(), name="layout-new"),
    path("layouts/import/", LayoutImport.as_view(), name="layout-import"),
    path("layouts/sample.png", LayoutSample.as_view(), name="layout-sample"),
    path("layouts/assignments/", Assignments.as_view(), name="layout-assignments"),
    path("layouts/<int:layout>/", LayoutDetail.as_view(), name="layout"),
    path("layouts/<int:layout>/picture.png", LayoutPicture.as_view(), name="layout-picture"),
    path("layouts/<int:layout>/rename/", LayoutRename.as_view(), name="layout-rename"),
    path("layouts/<int:layout>/duplicate/", LayoutDuplicate.as_view(), name="layout-duplicate"),
    path("layouts/<int:layout>/default/", LayoutDefault.as_view(), name="layout-default"),
    path("layouts/<int:layout>/delete/", LayoutDelete.as_view(), name="layout-delete"),
    path("layouts/<int:layout>/export.json", LayoutExport.as_view(), name="layout-export"),
    path(
        "layouts/<int:layout>/background.pdf", LayoutBackground.as_view(), name="layout-background"
    ),
)
