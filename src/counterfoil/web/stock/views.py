"""The stock of a batch, actions on its tickets, and the counter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterfoil.accounts.queries import names_of
from counterfoil.batches.books import parse_books
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch, Validity
from counterfoil.batches.ticket_ranges import parse_tickets
from counterfoil.catalog.models import Quota
from counterfoil.checkin.queries import entries
from counterfoil.core.ids import row_id
from counterfoil.core.ranges import format_ranges, ranges_of
from counterfoil.core.refusals import Conflict, Invalid, Refusal
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.sellers.returns import documents_of
from counterfoil.stock import counter, ledger, queries, services
from counterfoil.stock.execution import ActionRefused, Outcome
from counterfoil.stock.models import StockDocument, StockEvent
from counterfoil.stock.moves import Action
from counterfoil.stock.replacement import replace_ticket
from counterfoil.stock.selection import Selection, select
from counterfoil.stock.services import Options
from counterfoil.web.batches.views import batch_of
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, Needs, event_routes
from counterfoil.web.stock.bars import bars_of
from counterfoil.web.stock.forms import ActionForm, ActivateForm, CancelOrderForm
from counterfoil.web.stock.words import ACTIONS

READ: Needs = ("event.orders:read", "event.stock:write")
WRITE: Needs = ("event.stock:write",)
_ROWS = 50
_SHOWN_REFUSALS = 20


class StockPage(EventPage):
    """A page about the tickets of one batch."""

    read_permissions: ClassVar[tuple[str, ...]] = READ
    write_permissions = WRITE
    batch: OfflineSalesBatch

    def find_scope(self) -> None:
        super().find_scope()
        self.batch = batch_of(self.event, self.kwargs["batch"])
        self.batch.event = self.event


class BatchStock(StockPage):
    """Shows where the tickets of a batch are, by state and by book, and what happened to them."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = list(StockEvent.objects.filter(batch=self.batch).order_by("-number")[:_ROWS])
        sums = queries.batch_stock(self.batch)
        context = {
            "batch": self.batch,
            "bars": bars_of(sums),
            "books": queries.books_of(self.batch, self.batch.book_size),
            "entries": rows,
            "names": names_of(row.actor for row in rows),
            "head": ledger.head_hash(self.organizer),
            "actions": ACTIONS,
            "uninformed": queries.uninformed_scanners(self.batch),
            "documents": self._documents(),
        }
        return self.render("web/stock/batch.html", context)

    def _documents(self) -> list[StockDocument]:
        """Return what was issued after days of return, if the reader may know of sellers."""
        allowed = (
            self.actor.may_in_organizer(need, self.organizer)
            for need in ("organizer.sellers:read", "organizer.sellers:write")
        )
        rows = documents_of(self.event).filter(hand_out__batch=self.batch)
        return list(rows) if any(allowed) else []


class ActOnTickets(FormPage, StockPage):
    """Asks which tickets, shows how many and their value, and acts once the count is typed."""

    template = "web/stock/act.html"
    read_permissions = WRITE

    def form(self, *sent: Any) -> ActionForm:
        initial = {name: self.asked(name) for name in ("action", "tickets", "books")}
        return ActionForm(self.batch, *sent[:1], initial=initial)

    def more(self) -> dict[str, Any]:
        return {
            "batch": self.batch,
            "back": self.link("batch-stock", self.batch.pk),
            "uninformed": queries.uninformed_scanners(self.batch),
        }

    def send(self, form: ActionForm) -> HttpResponseBase:
        data = form.cleaned_data
        selections = select(
            event=self.event,
            batch=self.batch,
            tickets=data["tickets"] or None,
            books=data.get("books") or None,
        )
        actions = [Action(data["action"])]
        if data["also_void"]:
            actions.append(Action.VOID)
        options = {"reason": data["reason"], "skip": data["skip"], "force": data["force"]}
        planned = self._plan(actions[0], selections, Options(dry_run=True, **options))
        typed = data["typed"]
        if typed != planned.count:
            if typed is not None:
                form.add_error("typed", _("This is not the number of tickets."))
            return self._ask(form, planned, actions)
        left_out = {each.number for each in planned.refused}
        selections = [_without(selection, left_out) for selection in selections]
        lowered = self._quotas() if data["lower_quota"] and Action.VOID in actions else []
        try:
            services.act_together(
                actor=self.actor,
                event=self.event,
                actions=actions,
                selections=selections,
                options=Options(**options),
                lowered=lowered,
            )
        except ActionRefused as refusal:
            raise Invalid({"tickets": [refusal_words(refusal)]}) from None
        for quota in lowered:
            self.record("changed", quota, kind="quota", data={"size": f"-{planned.count}"})
        words = ngettext("Done: %(count)d ticket.", "Done: %(count)d tickets.", planned.count)
        return self.go("batch-stock", self.batch.pk, said=words % {"count": planned.count})

    def _plan(self, action: Action, selections: list[Selection], options: Options) -> Outcome:
        try:
            return services.act(
                actor=self.actor,
                event=self.event,
                action=action,
                selections=selections,
                options=options,
            )
        except ActionRefused as refusal:
            raise Invalid({"tickets": [refusal_words(refusal)]}) from None

    def _quotas(self) -> list[Quota]:
        """Return the limited quotas that the tickets are from, if the reader may change them."""
        if not self.has_permission(("event.items:write",)):
            return []
        batch = self.batch
        quotas = Quota.objects.filter(items=batch.item, subevent=batch.subevent, size__gt=0)
        return list(quotas.filter(variations=batch.variation) if batch.variation else quotas)

    def _ask(self, form: ActionForm, planned: Outcome, actions: list[Action]) -> HttpResponse:
        context = {
            "form": form,
            "planned": planned,
            "labels": [ACTIONS[action] for action in actions],
            "voids": Action.VOID in actions,
            "quotas": self._quotas(),
            **self.more(),
        }
        return self.render("web/stock/confirm.html", context, status=422 if form.errors else 200)


def _without(selection: Selection, left_out: set[int | None]) -> Selection:
    """Return a selection of a batch without some of its numbers."""
    numbers = (number for part in selection.numbers for number in part)
    return replace(selection, numbers=tuple(ranges_of(n for n in numbers if n not in left_out)))


def refusal_words(refusal: ActionRefused) -> str:
    """Name the refused tickets and why, the first of many."""
    lines = [
        f"{each.serial or each.number or each.order}: {each.reason}"
        for each in refusal.refused[:_SHOWN_REFUSALS]
    ]
    more = len(refusal.refused) - len(lines)
    if more:
        lines.append(ngettext("and %(more)d more", "and %(more)d more", more) % {"more": more})
    return " · ".join(lines)


class ActivateTickets(FormPage, StockPage):
    """Activates a range or books: on a phone, typed or by a hand scanner."""

    template = "web/stock/activate.html"
    read_permissions = WRITE
    button = gettext_lazy("Activate")

    def form(self, *sent: Any) -> ActivateForm:
        return ActivateForm(self.batch, *sent[:1])

    def more(self) -> dict[str, Any]:
        return {"batch": self.batch, "back": self.link("batch-stock", self.batch.pk)}

    def send(self, form: ActivateForm) -> HttpResponseBase:
        data = form.cleaned_data
        if data.get("books"):
            numbers = parse_books(self.batch, data["books"], field="books")
        else:
            first = number_of(self.batch, data["first"], field="first")
            last = number_of(self.batch, data["last"] or data["first"], field="last")
            if last < first:
                raise Invalid({"last": [_("The last ticket comes before the first.")]})
            numbers = [range(first, last + 1)]
        try:
            done = services.act(
                actor=self.actor,
                event=self.event,
                action=Action.ACTIVATE,
                selections=[Selection.of_batch(self.batch, numbers)],
            )
        except ActionRefused as refusal:
            form.add_error(None, refusal_words(refusal))
            return self.shown(form, status=422)
        words = ngettext(
            "%(count)d ticket is active now: %(ranges)s.",
            "%(count)d tickets are active now: %(ranges)s.",
            done.count,
        )
        said = words % {"count": done.count, "ranges": format_ranges(numbers)}
        return self.go("batch-activate", self.batch.pk, said=said)


def number_of(batch: OfflineSalesBatch, text: str, *, field: str) -> int:
    """Return the number of the ticket that somebody typed or scanned.

    Raises:
        Invalid: the batch has no such ticket.
    """
    text = text.strip()
    scanned = batch.tickets.filter(position__secret=text).values_list("number", flat=True).first()
    if scanned is not None:
        return scanned
    ranges = parse_tickets(batch, text, field=field)
    if len(ranges) != 1 or len(ranges[0]) != 1:
        raise Invalid({field: [_("Give one ticket.")]})
    return ranges[0].start


class CancelBatch(ConfirmPage, StockPage):
    """Makes a whole batch void while nothing of it was scanned."""

    read_permissions = WRITE
    button = gettext_lazy("Make all tickets void")

    def question(self) -> str:
        return _("Make all tickets of batch %(batch)d void?") % {"batch": self.batch.pk}

    def consequence(self) -> str:
        count = self.batch.tickets.exclude(validity=Validity.VOID).count()
        words = ngettext(
            "%(count)d ticket will never be admitted again. Its place can be sold again.",
            "%(count)d tickets will never be admitted again. Their places can be sold again.",
            count,
        )
        return words % {"count": count} + " " + _("This cannot be undone.")

    def back(self) -> str:
        return self.link("batch-stock", self.batch.pk)

    def carry_out(self) -> HttpResponseBase:
        scanned = entries().filter(position__batch_ticket__batch=self.batch)
        if scanned.exists():
            raise Conflict(
                _("Tickets of this batch were scanned already. Make the others void by number.")
            )
        numbers = [range(1, self.batch.amount + 1)]
        done = services.act(
            actor=self.actor,
            event=self.event,
            action=Action.VOID,
            selections=[Selection.of_batch(self.batch, numbers)],
            options=Options(skip=True),
        )
        words = ngettext("Done: %(count)d ticket.", "Done: %(count)d tickets.", done.count)
        return self.go("batch-stock", self.batch.pk, said=words % {"count": done.count})


class CancelOrder(FormPage, EventPage):
    """Cancels one order; its tickets become void."""

    template = "web/stock/cancel_order.html"
    read_permissions = ("event.orders:write",)
    write_permissions = ("event.orders:write",)
    button = gettext_lazy("Cancel the order")
    order: Order

    def find_scope(self) -> None:
        super().find_scope()
        orders = self.event.orders.exclude(status=Order.Status.CANCELED)
        self.order = get_object_or_404(orders, code=self.kwargs["order"])
        self.order.event = self.event

    def form(self, *sent: Any) -> CancelOrderForm:
        form = CancelOrderForm(*sent[:1])
        if not self._is_scanned():
            del form.fields["force"]
        return form

    def more(self) -> dict[str, Any]:
        return {"order": self.order, "back": self.link("order", self.order.code)}

    def send(self, form: CancelOrderForm) -> HttpResponseBase:
        if self._is_scanned() and not form.cleaned_data.get("force"):
            raise Conflict(_("A ticket of this order was scanned already."))
        services.cancel_order(
            actor=self.actor, order=self.order, comment=form.cleaned_data["comment"]
        )
        return self.go("order", self.order.code, said=_("The order has been cancelled."))

    def _is_scanned(self) -> bool:
        return entries().filter(position__order=self.order).exists()


class ReplaceTicket(ConfirmPage, EventPage):
    """Makes a ticket void and creates one that replaces it."""

    read_permissions = WRITE
    write_permissions = WRITE
    button = gettext_lazy("Replace the ticket")
    position: OrderPosition

    def find_scope(self) -> None:
        super().find_scope()
        positions = OrderPosition.objects.select_related(
            *("order__event__organizer", "order__sales_channel", "batch_ticket"),
            *("item__tax_rule", "variation", "subevent"),
        )
        live = positions.filter(order__event=self.event, canceled=False)
        self.position = get_object_or_404(live, pk=self.kwargs["ticket"])

    def question(self) -> str:
        return _("Replace the ticket %s?") % self.position

    def consequence(self) -> str:
        return _(
            "The ticket becomes void. A new order with a new code takes its place; print it from "
            "its page. This cannot be undone."
        )

    def back(self) -> str:
        return self.link("ticket", self.position.pk)

    def carry_out(self) -> HttpResponseBase:
        try:
            new = replace_ticket(actor=self.actor, position=self.position)
        except ActionRefused as refusal:
            raise Conflict(refusal.refused[0].reason) from None
        return self.go("ticket", new.pk, said=_("This ticket replaces the other one."))


class Counter(EventPage):
    """The box office: sells the next tickets from stock, or the one that is scanned."""

    read_permissions = WRITE
    write_permissions = WRITE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self._shown()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            if "undo" in request.POST:
                done = self._undo(request.POST["undo"])
                said = ngettext(
                    "Taken back: %(count)d ticket.", "Taken back: %(count)d tickets.", done.count
                )
            else:
                done = self._sell(request)
                said = ngettext("Sold: %(count)d ticket.", "Sold: %(count)d tickets.", done.count)
        except ActionRefused as refusal:
            return self._shown(refusal_words(refusal))
        except Refusal as refusal:
            return self._shown(str(refusal))
        messages.success(request, said % {"count": done.count})
        batch = row_id(request.POST.get("batch"))
        query = f"?batch={batch}" if batch is not None else ""
        return redirect(self.link("counter") + query)

    def _sell(self, request: HttpRequest) -> Outcome:
        typed = request.POST.get("amount", "").replace("\0", "").strip()
        amount = row_id(typed)
        if typed and (amount is None or amount > services.AT_ONCE):
            code = typed  # a scanner types into the field that has the focus
        else:
            code = request.POST.get("code", "").replace("\0", "").strip()
        if code:
            return services.act(
                actor=self.actor,
                event=self.event,
                action=Action.SOLD,
                selections=select(event=self.event, secrets=[code]),
                options=Options(reason=counter.REASON),
            )
        batch = self._batch(request.POST.get("batch"))
        if batch is None or not amount:
            raise Conflict(_("Choose a batch and how many tickets, or scan a ticket."))
        first = row_id(request.POST.get("first"))
        return counter.sell_next(actor=self.actor, batch=batch, amount=amount, first=first)

    def _undo(self, number: str) -> Outcome:
        return counter.take_back(actor=self.actor, event=self.event, number=row_id(number) or 0)

    def _batch(self, key: Any) -> OfflineSalesBatch | None:
        number = row_id(key)
        batch = self.event.offline_sales_batches.filter(pk=number or 0).first()
        if batch is not None:
            batch.event = self.event
        return batch

    def _shown(self, problem: str = "") -> HttpResponse:
        in_stock = BatchTicket.objects.filter(batch=OuterRef("pk"), place="stock")
        batches = list(
            self.event.offline_sales_batches.select_related("item", "variation", "subevent")
            .filter(Exists(in_stock.exclude(validity=Validity.VOID)))
            .order_by("-pk")
        )
        source = self.request.POST if self.request.method == "POST" else self.request.GET
        chosen = self._batch(source.get("batch")) or (batches[0] if batches else None)
        numbers = counter.next_numbers(chosen, 1) if chosen else []
        context = {
            "batches": batches,
            "chosen": chosen,
            "first": numbers[0] if numbers else None,
            "shift": counter.shift_of(self.actor, self.event),
            "problem": problem,
        }
        return self.render("web/stock/counter.html", context, status=422 if problem else 200)


routes = event_routes(
    path("batches/<int:batch>/stock/", BatchStock.as_view(), name="batch-stock"),
    path("batches/<int:batch>/stock/act/", ActOnTickets.as_view(), name="batch-act"),
    path("batches/<int:batch>/activate/", ActivateTickets.as_view(), name="batch-activate"),
    path("batches/<int:batch>/cancel/", CancelBatch.as_view(), name="batch-cancel"),
    path("orders/<str:order>/cancel/", CancelOrder.as_view(), name="order-cancel"),
    path("orders/tickets/<int:ticket>/replace/", ReplaceTicket.as_view(), name="ticket-replace"),
    path("counter/", Counter.as_view(), name="counter"),
)
