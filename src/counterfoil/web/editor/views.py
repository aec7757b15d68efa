"""The layout editor: its page, and what the page's modules ask for while somebody edits.

Their questions and answers are JSON; static/web/js/editor/types.js says what they look like.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _

from counterfoil.batches.printed import printed_with
from counterfoil.core.refusals import Conflict, Invalid
from counterfoil.layouts.models import Background
from counterfoil.layouts.pictures import (
    MAX_BYTES,
    adopt_pictures,
    keys_in,
    name_in_layouts,
    pictures_of,
    store_picture,
)
from counterfoil.layouts.services import LayoutContent, create_background, create_blank_background
from counterfoil.orders.models import OrderPosition
from counterfoil.printing import previews
from counterfoil.printing.access_log import record_preview
from counterfoil.printing.queries import prints_of
from counterfoil.printing.variables.ticket_source import read_picture
from counterfoil.web.editor import bootstrap_data, parsing, preview, saving
from counterfoil.web.editor.tickets import find_position
from counterfoil.web.framework.views import EventPage, event_routes
from counterfoil.web.layouts.views import LayoutPage

_DESIGN = ("event.settings.general:write",)
_SEE_TICKETS = ("event.orders:read",)


class Editor(LayoutPage):
    read_permissions = _DESIGN

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        data = {
            **bootstrap_data.editor_data(self.event, self.layout),
            "writable": self.has_permission(_DESIGN),
            "orders": self.has_permission(_SEE_TICKETS),
            "urls": {
                "picture": self.link("editor-picture"),
                "proof": self.link("editor-proof"),
                "save": self.link("editor-save", self.layout.pk),
                "copy": self.link("editor-copy"),
                "background": self.link("editor-background"),
                "upload": self.link("editor-upload"),
                "adopt": self.link("editor-adopt"),
                "close": self.link("layouts"),
            },
        }
        known = {"layout": self.layout, "data": data, "back_to_print": self._print()}
        return self.render("web/layouts/edit.html", known)

    def _print(self) -> str | None:
        """Return the way back to the print whose finding led here."""
        try:
            key = UUID(self.asked("print"))
        except ValueError:
            return None
        is_here = prints_of(self.event).filter(pk=key).exists()
        return self.link("print", key) if is_here else None


class Asked(EventPage):
    """Something that the editor's modules ask for."""

    write_permissions = _DESIGN

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return self.answer(request)
        except parsing.Unreadable as problem:
            return JsonResponse({"message": str(problem)}, status=problem.status)
        except parsing.EditorJsonView as problem:
            return JsonResponse({"problems": problem.problems}, status=422)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        raise NotImplementedError

    def refused(self, sentence: Any, status: int) -> HttpResponse:
        return JsonResponse({"message": str(sentence)}, status=status)


class Shown(Asked):
    """A ticket with the layout that is being edited: a real one is looked at, which is logged."""

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        asked = parsing.read_picture(parsing.read_body(request), self.event)
        position: OrderPosition | None = None
        if isinstance(asked.ticket, dict):
            if not self.has_permission(_SEE_TICKETS):
                return self.refused(_("Your teams do not have permission to view tickets."), 403)
            position = find_position(self.event, asked.ticket)
            if position is None:
                return self.refused(_("No ticket of this event matches."), 404)
        shown = self.show(asked, position)
        if position is not None:
            layout = str(previews.UNSAVED)
            record_preview(actor=self.actor, position=position, layout=layout)
        return shown

    def show(self, asked: parsing.PictureAsked, position: OrderPosition | None) -> HttpResponseBase:
        raise NotImplementedError


class Picture(Shown):
    """The page as it would be printed."""

    def show(self, asked: parsing.PictureAsked, position: OrderPosition | None) -> HttpResponseBase:
        picture = preview.draw(self.event, asked, position)
        if picture.problems:
            return JsonResponse({"problems": picture.problems, **picture.answer}, status=422)
        return JsonResponse(picture.answer)


class Proof(Shown):
    """The PDF as it would be printed."""

    def show(self, asked: parsing.PictureAsked, position: OrderPosition | None) -> HttpResponseBase:
        return JsonResponse({"pdf": preview.draw_proof(self.event, asked, position)})


class Save(Asked, LayoutPage):
    def answer(self, request: HttpRequest) -> HttpResponseBase:
        body = parsing.read_body(request)
        design = parsing.read_design(body, self.event)
        version = str(body.get("version"))
        try:
            saved = saving.save(
                actor=self.actor, layout=self.layout, design=design, version=version
            )
        except Conflict:
            return JsonResponse(saving.tell_conflict(self.layout, self.actor), status=409)
        except Invalid as refused:
            raise parsing.EditorJsonView.of(refused) from None
        answer = {
            "version": LayoutContent.of(saved).version,
            "name": saved.name,
            "printed": printed_with(saved),
        }
        return JsonResponse(answer)


class Copy(Asked):
    """Saves what is being edited as another layout; its own may be deleted by now."""

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        design = parsing.read_design(parsing.read_body(request), self.event)
        copy = saving.save_copy(actor=self.actor, event=self.event, design=design)
        url = self.link("layout-edit", copy.pk)
        return JsonResponse({"id": copy.pk, "url": url}, status=201)


class NewBackground(Asked):
    """A PDF that was sent, or empty paper of a size."""

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            made = self._made(request)
        except Invalid as refused:
            return self.refused(" ".join(refused.sentences), 422)
        return JsonResponse(saving.tell_background(made))

    def _made(self, request: HttpRequest) -> Background:
        if request.content_type == "application/json":
            width, height, pages = parsing.read_size(parsing.read_body(request))
            return create_blank_background(
                event=self.event, width=width, height=height, pages=pages
            )
        file = request.FILES.get("file")
        if file is None:
            raise parsing.Unreadable(_("Choose a file."))
        return create_background(event=self.event, pdf=file.read())


class NewPicture(Asked):
    """A PNG or JPEG for the layouts of the event."""

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        file = request.FILES.get("file")
        if file is None:
            raise parsing.Unreadable(_("Choose a file."))
        if (file.size or 0) > MAX_BYTES:
            size = MAX_BYTES // 1024**2
            return self.refused(_("A picture can have at most %(size)d MiB.") % {"size": size}, 413)
        try:
            picture = store_picture(event=self.event, name=file.name or "", content=file.read())
        except Invalid as refused:
            return self.refused(" ".join(refused.sentences), 422)
        image = read_picture(picture.stored)
        return JsonResponse(
            {
                "content": name_in_layouts(picture),
                "label": picture.name,
                "width": image.width,
                "height": image.height,
            }
        )


class AdoptPictures(Asked):
    """Pictures that pasted elements bring along from other events of whoever pastes them."""

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        elements = parsing.read_body(request).get("elements")
        named = keys_in(elements)
        events = self.actor.events(self.organizer).filter(layout_pictures__key__in=named)
        sources = [each for each in events.distinct() if self.actor.may_in_event(_DESIGN[0], each)]
        adopt_pictures(event=self.event, layout=elements, sources=sources)
        rows = pictures_of(self.event, elements)
        return JsonResponse(
            {"pictures": [{"content": name_in_layouts(row), "label": row.name} for row in rows]}
        )


routes = event_routes(
    path("layouts/picture/", Picture.as_view(), name="editor-picture"),
    path("layouts/proof/", Proof.as_view(), name="editor-proof"),
    path("layouts/background/", NewBackground.as_view(), name="editor-background"),
    path("layouts/pictures/", NewPicture.as_view(), name="editor-upload"),
    path("layouts/pictures/adopt/", AdoptPictures.as_view(), name="editor-adopt"),
    path("layouts/copy/", Copy.as_view(), name="editor-copy"),
    path("layouts/<int:layout>/edit/", Editor.as_view(), name="layout-edit"),
    path("layouts/<int:layout>/save/", Save.as_view(), name="editor-save"),
)
