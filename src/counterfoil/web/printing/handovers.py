"""Hand a print over to a print shop, and the page that it sees without an account."""

from __future__ import annotations

import tempfile
from typing import Any, ClassVar

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from counterfoil.files.services import open_stored
from counterfoil.printing import handovers
from counterfoil.printing.models import HandOver, Print
from counterfoil.printing.prints import prints_of
from counterfoil.web.framework.addresses import site_address
from counterfoil.web.framework.shown_once import shown_once
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, Page, event_routes
from counterfoil.web.printing.print_step import PRINTS

PDF = "application/pdf"
_TITLES = {
    handovers.JOB_SHEET: _("Job sheet"),
    handovers.LABELS: _("Labels for boxes, piles and books"),
    handovers.CHECKSUMS: _("Checksums (SHA-256)"),
}


class HandOverForm(forms.Form):
    recipient = forms.CharField(
        label=_("For"), max_length=190, help_text=_("Who gets the link, for example a print shop.")
    )
    days = forms.IntegerField(
        label=_("Days that the link works"), min_value=1, max_value=handovers.MAX_DAYS, initial=14
    )


class ApprovalForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=190)


class HandOverAdd(FormPage, EventPage):
    title = _("Hand over to a print shop")
    button = _("Create link")
    read_permissions = write_permissions = PRINTS

    def form(self, *sent: Any) -> HandOverForm:
        self.printed()
        return HandOverForm(*sent[:1])

    def printed(self) -> Print:
        return get_object_or_404(prints_of(self.event), request_id=self.kwargs["job"])

    def more(self) -> dict[str, Any]:
        return {"back": self.link("print", self.kwargs["job"])}

    def send(self, form: HandOverForm) -> HttpResponse:
        _made, token = handovers.hand_over(
            actor=self.actor, printed=self.printed(), **form.cleaned_data
        )
        return shown_once(
            self,
            title=_("Link for %(name)s") % {"name": form.cleaned_data["recipient"]},
            explanation=_(
                "Send this link to the print shop. Whoever has it can download the tickets, so "
                "treat it like the tickets. It is shown only now; you can revoke it at any time."
            ),
            secret=site_address(self.request) + reverse("web:handover", args=[token]),
            back=self.link("print", self.kwargs["job"]),
        )


class HandOverRevoke(ConfirmPage, EventPage):
    button: ClassVar[Any] = _("Revoke")
    read_permissions = write_permissions = PRINTS

    @property
    def handover(self) -> HandOver:
        rows = HandOver.objects.select_related("print__request__event")
        return get_object_or_404(rows, pk=self.kwargs["handover"], print__request__event=self.event)

    def question(self) -> Any:
        return _("Revoke the link for %(name)s?") % {"name": self.handover.recipient}

    def consequence(self) -> Any:
        return _("The link stops working immediately.")

    def back(self) -> str:
        return self.link("print", self.handover.print.request_id)

    def carry_out(self) -> HttpResponseBase:
        handover = self.handover
        handovers.revoke(actor=self.actor, handover=handover)
        return self.go("print", handover.print.request_id, said=_("The link was revoked."))


class _HandedOver(Page):
    """What a link hands over. It is nobody's session, and no search engine's."""

    public = True
    handover: HandOver

    def find_scope(self) -> None:
        self.handover = handovers.find_handover(self.kwargs["token"])
        timezone.activate(self.handover.print.request.event.tz)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "private, no-store"
        return response


class HandedOver(FormPage, _HandedOver):
    """Lists the files and asks for approval."""

    template = "web/printing/handover.html"

    def form(self, *sent: Any) -> ApprovalForm:
        return ApprovalForm(*sent[:1])

    def more(self) -> dict[str, Any]:
        return {
            "handover": self.handover,
            "printed": self.handover.print,
            "files": [
                (each, _TITLES.get(each.name, each.name))
                for each in handovers.files_of(self.handover.print)
            ],
            "token": self.kwargs["token"],
        }

    def send(self, form: ApprovalForm) -> HttpResponseBase:
        handovers.approve(handover=self.handover, name=form.cleaned_data["name"])
        return self.go(
            "handover", self.kwargs["token"], said=_("Thank you. Your approval is noted.")
        )


class HandedOverFile(_HandedOver):
    """One of the files."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        printed, name = self.handover.print, kwargs["name"]
        if name == f"{handovers.basename_of(printed)}.pdf" and printed.file is not None:
            try:
                stored = open_stored(printed.file)
            except FileNotFoundError:
                raise Http404 from None
            handovers.record_download(handover=self.handover, name=name)
            return _file(stored, name)
        if name == handovers.CHECKSUMS:
            text = handovers.checksums(printed)
            return HttpResponse(text, content_type="text/plain; charset=utf-8")
        if name == handovers.JOB_SHEET:
            return HttpResponse(handovers.job_sheet(printed), content_type=PDF)
        if name == handovers.LABELS:
            return HttpResponse(handovers.pile_labels(printed), content_type=PDF)
        for lift in handovers.lifts_of(printed):
            if lift.filename == name:
                file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer is sent
                handovers.write_lift(printed, lift, file)
                file.seek(0)
                handovers.record_download(handover=self.handover, name=name)
                return _file(file, name)
        raise Http404


def _file(stream: Any, name: str) -> FileResponse:
    return FileResponse(stream, as_attachment=True, filename=name, content_type=PDF)


routes = [
    *event_routes(
        path("batches/prints/<uuid:job>/handover/", HandOverAdd.as_view(), name="handover-add"),
        path(
            "batches/prints/handovers/<int:handover>/revoke/",
            HandOverRevoke.as_view(),
            name="handover-revoke",
        ),
    ),
    path("handover/<str:token>/", HandedOver.as_view(), name="handover"),
    path("handover/<str:token>/<str:name>", HandedOverFile.as_view(), name="handover-file"),
]
