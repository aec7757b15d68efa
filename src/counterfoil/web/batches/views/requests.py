"""Asking for a batch, watching it being made, calling it off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.display_names import names_of
from counterfoil.batches import queries, services, wishes
from counterfoil.batches.models import MAX_AMOUNT, BatchRequest
from counterfoil.core.refusals import Conflict
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import LayoutChooser
from counterfoil.web.batches.forms import NewBatchForm, chosen_of
from counterfoil.web.batches.views.batches import READ, WRITE
from counterfoil.web.framework.views import EventPage, FormPage, event_routes

#: What the address may fill in beforehand.
_PRESET = ("subevent", "item", "amount", "sales_channel", "layout", "testmode", "comment")


class NewBatch(FormPage, EventPage):
    """Asks for a batch. htmx asks for the same page again while an amount is typed."""

    template = "web/batches/new.html"
    read_permissions = WRITE
    write_permissions = WRITE

    def form(self, *sent: Any) -> NewBatchForm:
        chosen = {name: self.asked(name) for name in _PRESET if name in self.request.GET}
        return NewBatchForm(self.event, *sent[:1], chosen=chosen)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form()
        if self.is_partial:
            known = {"form": form, **_shown_of(form)}
            return self.render("web/batches/_choice.html", known)
        return self.shown(form)

    def shown(self, form: Any, *, status: int = 200) -> HttpResponse:
        back = self.link("batches" if self.has_permission(READ) else "event")
        known = {"form": form, "back": back, **_shown_of(form)}
        return self.render(self.template, known, status=status)

    def send(self, form: NewBatchForm) -> HttpResponseBase:
        asked = services.request_batch(
            actor=self.actor,
            event=self.event,
            new=form.new_batch(),
            form_id=str(form.cleaned_data["form"]),
        )
        return self.go("batch-request", asked.pk)


class _OfRequest(EventPage):
    """A page about one request for a batch."""

    def asked_for(self) -> BatchRequest:
        """Return the request of this event that the path names."""
        job: UUID = self.kwargs["job"]
        found = queries.request_of(self.event, job)
        if found is None:
            raise Http404
        return found


class Request(_OfRequest):
    """How the making of a batch stands. It goes on to the batch as soon as there is one.

    Who may make tickets and not see any stays here.
    """

    read_permissions = READ + WRITE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = self.asked_for()
        if found.batch_id is not None and self.has_permission(READ):
            return self._to_batch(found.batch_id)
        (wish,) = wishes.with_things(self.event, [found])
        template = "_progress" if self.is_partial else "request"
        known = {
            "wish": wish,
            "job": found.job,
            "who": names_of([found.requested_by]).get(found.requested_by),
        }
        return self.render(f"web/batches/{template}.html", known)

    def _to_batch(self, batch: int) -> HttpResponseBase:
        if not self.is_partial:
            return self.go("batch", batch)
        messages.success(self.request, _("The batch is made."))
        return HttpResponse(headers={"HX-Redirect": self.link("batch", batch)})


class CancelRequest(_OfRequest):
    write_permissions = WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = self.asked_for()
        try:
            services.cancel_request(actor=self.actor, request=found)
        except Conflict as refusal:
            messages.warning(request, str(refusal))
        return self.go("batch-request", found.pk)


def _shown_of(form: NewBatchForm) -> dict[str, Any]:
    """What stands beside the product and the amount."""
    return {"max_amount": MAX_AMOUNT, "prints_with": _layout_of(form)}


def _layout_of(form: NewBatchForm) -> TicketLayout | None:
    """Return the layout that is chosen, or that the automatic choice comes to."""
    choices: Any = form.fields
    override: TicketLayout | None = chosen_of(choices["layout"].queryset, form["layout"].value())
    channel = chosen_of(choices["sales_channel"].queryset, form["sales_channel"].value())
    if override is not None or form.chosen is None or channel is None:
        return override
    return LayoutChooser(form.event).automatic(item=form.chosen.item.pk, channel=channel.pk)


routes = event_routes(
    path("batches/new/", NewBatch.as_view(), name="batch-new"),
    path("batches/requests/<uuid:job>/", Request.as_view(), name="batch-request"),
    path(
        "batches/requests/<uuid:job>/cancel/", CancelRequest.as_view(), name="batch-request-cancel"
    ),
)
