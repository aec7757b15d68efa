"""The pages of an event's batches: the list, one batch, its tickets, and requests for batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.queries import names_of
from counterfoil.batches import queries, requests, services
from counterfoil.batches.books import books_in
from counterfoil.batches.models import MAX_AMOUNT, BatchRequest, BatchTicket, OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.checkin.queries import lists_of
from counterfoil.core.ids import row_id
from counterfoil.core.refusals import Conflict
from counterfoil.jobs.models import Job
from counterfoil.printing.queries import prints_of
from counterfoil.printing.samples import Subject
from counterfoil.stock.queries import batch_stock
from counterfoil.web.batches.forms import NewBatchForm, chosen_of, values_of
from counterfoil.web.batches.unavailable import explained
from counterfoil.web.framework.filters import Filter
from counterfoil.web.framework.forms.dates import date_label
from counterfoil.web.framework.forms.translated import language_name
from counterfoil.web.framework.labels import product_name
from counterfoil.web.framework.views import EventPage, FormPage, event_routes
from counterfoil.web.printing.forms import PrinterForm
from counterfoil.web.printing.prints_with import PrintsWith, prints_with, subject_of
from counterfoil.web.stock.bars import bars_of

READ = ("event.orders:read",)
WRITE = ("event.orders:write",)
FIRST = 10

#: The states to filter the list by.
STATES: dict[str, tuple[Job.State, ...]] = {
    "under_way": (Job.State.WAITING, Job.State.RUNNING),
    "done": (Job.State.DONE,),
    "failed": (Job.State.FAILED,),
    "cancelled": (Job.State.CANCELLED,),
}
#: What the options of that filter are called.
STATE_NAMES = (
    ("", _("All")),
    ("under_way", _("waiting or running")),
    ("done", _("done")),
    ("failed", _("failed")),
    ("cancelled", _("cancelled")),
)
_PRESENCES = (
    ("", _("All")),
    ("in", _("checked in")),
    ("out", _("not checked in")),
    ("cancelled", _("cancelled")),
)
#: What the list can be sorted by.
_SORTED = {"created": "created", "amount": "amount"}
_SORTED_TICKETS = {"number": "number", "order": "position__order__code"}


class Batches(EventPage):
    """Lists the requests for batches. While one is under way, the list refreshes itself."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = self.rows(self.in_order(self._queryset(), _SORTED, "-created"))
        batch_requests = list(rows.object_list)
        is_running = any(each.job.state in STATES["under_way"] for each in batch_requests)
        context = {"rows": rows, "batch_requests": batch_requests, "is_running": is_running}
        if self.is_partial:
            return self.render("web/batches/_list.html", context)
        return self.render("web/batches/list.html", {**context, **self._filters()})

    def _queryset(self) -> QuerySet[BatchRequest]:
        queryset = requests.requests_of(self.event)
        if text := self.asked("q"):
            queryset = requests.search(queryset, text, self.event)
        if states := STATES.get(self.asked("state")):
            queryset = requests.in_states(queryset, states)
        for name in ("item", "subevent"):
            if (key := row_id(self.asked(name))) is not None:
                queryset = requests.for_product_or_date(queryset, **{name: key})
        return queryset

    def _filters(self) -> dict[str, Any]:
        items = self.event.items.order_by("position", "pk")
        products = [(item.pk, product_name(item)) for item in items]
        dates = [
            (date.pk, date_label(date)) for date in self.event.subevents.order_by("date_from", "pk")
        ]
        filters = [
            self._filter("item", _("Product"), [("", _("All products")), *products]),
            self._filter("subevent", _("Date"), [("", _("All dates")), *dates]),
            self._filter("state", _("State"), STATE_NAMES),
        ]
        return {
            "filters": [each for each in filters if len(each.options) > 1],
            "query": {name: self.asked(name) for name in ("q", "state", "item", "subevent")},
            "is_filtered": any(map(self.asked, ("q", "state", "item", "subevent"))),
        }

    def _filter(self, name: str, label: Any, options: Iterable[tuple[Any, Any]]) -> Filter:
        return Filter.of(name, label, options, self.asked(name))


class Batch(EventPage):
    """Shows a batch with its first tickets and its prints."""

    history = ("offlinesalesbatch", "batch")
    read_permissions = READ
    batch: OfflineSalesBatch

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = self.batch = batch_of(self.event, kwargs["batch"])
        printed = prints_of(self.event).filter(batch_print__batch=batch)
        prints = list(printed.select_related("batch_print__batch", "print")[:FIRST])
        requested_by = getattr(getattr(batch, "request", None), "requested_by", "")
        context = {
            "batch": batch,
            "tickets": queries.annotated_tickets(batch)[:FIRST],
            "is_numbered": queries.is_numbered(batch),
            "serials": queries.serials_of(batch),
            "books": books_in(batch),
            "prints": prints,
            "printer": PrinterForm(),
            "requested_by": requested_by,
            "names": names_of([requested_by, *(each.requested_by for each in prints)]),
            "entered": queries.entries_of(batch),
            "cancelled": queries.cancelled_of(batch),
            "tables": tables_of(self, batch),
            "bars": bars_of(batch_stock(batch)),
            "may_print": self.has_permission(("event.prints:write",)),
            "filters": [Filter.of("state", _("State"), _PRESENCES, "")],
            "languages": self.event.locales,
            "language": language_name(batch.locale or self.event.locale),
            "prints_with": prints_with(
                self, subject_of(batch), channel=batch.sales_channel, override=batch.layout
            ),
        }
        return self.render("web/batches/detail.html", context)


def batch_of(event: Event, key: int) -> OfflineSalesBatch:
    """Return a batch of the event, with the related objects that its page shows.

    Raises:
        Http404: the event has no such batch.
    """
    batches = queries.batches_of(event).select_related(
        "item", "variation", "subevent", "layout", "request", "sales_channel", "event__organizer"
    )
    return get_object_or_404(batches, pk=key)


def tables_of(page: EventPage, batch: OfflineSalesBatch) -> str:
    """Return the path of the API that exports the tickets of a batch as CSV or XLSX."""
    return reverse("offlinesalesbatch-tickets", args=[*page.scope_names(), batch.pk])


class Tickets(EventPage):
    """Lists the tickets of a batch, filtered by a text or a state."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = batch_of(self.event, kwargs["batch"])
        rows = self.rows(self.in_order(self._queryset(batch), _SORTED_TICKETS, "number"))
        context = {
            "batch": batch,
            "rows": rows,
            "tickets": rows.object_list,
            "is_numbered": queries.is_numbered(batch),
            "tables": tables_of(self, batch),
            "lists": lists_of(self.event).order_by("name", "pk"),
            "query": {"q": self.asked("q")},
            "filters": [Filter.of("state", _("State"), _PRESENCES, self.asked("state"))],
        }
        return self.render("web/batches/tickets.html", context)

    def _queryset(self, batch: OfflineSalesBatch) -> QuerySet[BatchTicket]:
        queryset = queries.in_state(queries.annotated_tickets(batch), self.asked("state"))
        text = self.asked("q")
        return queries.search(queryset, text, batch) if text else queryset


class NewBatch(FormPage, EventPage):
    """Requests a batch. While you type an amount, htmx loads the same page again."""

    template = "web/batches/new.html"
    read_permissions = WRITE
    write_permissions = WRITE

    def form(self, *sent: Any) -> NewBatchForm:
        names = NewBatchForm.base_fields.keys() & self.request.GET.keys() - {"form"}
        chosen = {name: self.asked(name) for name in names}
        return NewBatchForm(self.event, *sent, chosen=chosen)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form()
        if self.is_partial:
            context = {"form": form, **_form_context(self, form)}
            return self.render("web/batches/_choice.html", context)
        return self.shown(form)

    def shown(self, form: Any, *, status: int = 200) -> HttpResponse:
        back = self.link("batches" if self.has_permission(READ) else "event")
        context = {"form": form, "back": back, **_form_context(self, form)}
        return self.render(self.template, context, status=status)

    def send(self, form: NewBatchForm) -> HttpResponseBase:
        batch_request = services.request_batch(
            actor=self.actor,
            event=self.event,
            new=form.batch_spec(),
            form_id=str(form.cleaned_data["form"]),
            table=form.batch_table,
        )
        return self.go("batch-request", batch_request.pk)


class _RequestPage(EventPage):
    """A page about one request for a batch."""

    def batch_request(self) -> BatchRequest:
        """Return the request of this event that the path names."""
        job: UUID = self.kwargs["job"]
        batch_request = queries.request_of(self.event, job)
        if batch_request is None:
            raise Http404
        return batch_request


class Request(_RequestPage):
    """Shows the progress of a request, and redirects to the batch once it exists.

    Users who may create tickets but not see any stay on this page.
    """

    read_permissions = READ + WRITE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch_request = self.batch_request()
        if batch_request.batch_id is not None and self.has_permission(READ):
            return self._redirect_to_batch(batch_request.batch_id)
        requested_by = batch_request.requested_by
        template = "_progress" if self.is_partial else "request"
        context = {
            "batch_request": batch_request,
            "again": urlencode(values_of(batch_request)),
            "job": batch_request.job,
            "requested_by": names_of([requested_by]).get(requested_by),
        }
        return self.render(f"web/batches/{template}.html", context)

    def _redirect_to_batch(self, batch: int) -> HttpResponseBase:
        if not self.is_partial:
            return self.go("batch", batch)
        messages.success(self.request, _("The batch has been created."))
        return self.replaced_by(self.link("batch", batch))


class CancelRequest(_RequestPage):
    write_permissions = WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch_request = self.batch_request()
        try:
            services.cancel_request(actor=self.actor, request=batch_request)
        except Conflict as refusal:
            messages.warning(request, str(refusal))
        return self.go("batch-request", batch_request.pk)


def _form_context(page: EventPage, form: NewBatchForm) -> dict[str, Any]:
    """Return the context for the part of the form with the product and the amount."""
    return {
        "max_amount": MAX_AMOUNT,
        "prints_with": _prints_with(page, form),
        "unavailable": list(explained(page, form.unavailable)),
    }


def _prints_with(page: EventPage, form: NewBatchForm) -> PrintsWith | None:
    """Return the selected layout, or the one that is selected automatically."""
    if form.chosen is None or form.channel is None:
        return None
    choices: Any = form.fields
    subject = Subject(
        item=form.chosen.item,
        variation=form.chosen.variation,
        subevent=form.date,
        of_batch=True,
        testmode=bool(form["testmode"].value()),
        locale=str(form["locale"].value() or "") if "locale" in form.fields else "",
    )
    override = chosen_of(choices["layout"].queryset, form["layout"].value())
    return prints_with(page, subject, channel=form.channel, override=override)


routes = event_routes(
    path("batches/", Batches.as_view(), name="batches"),
    path("batches/new/", NewBatch.as_view(), name="batch-new"),
    path("batches/requests/<uuid:job>/", Request.as_view(), name="batch-request"),
    path(
        "batches/requests/<uuid:job>/cancel/", CancelRequest.as_view(), name="batch-request-cancel"
    ),
    path("batches/<int:batch>/", Batch.as_view(), name="batch"),
    path("batches/<int:batch>/tickets/", Tickets.as_view(), name="batch-tickets"),
)
