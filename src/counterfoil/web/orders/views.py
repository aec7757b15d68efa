"""The pages of orders and of single tickets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterfoil.audit.models import LogEntry
from counterfoil.audit.queries import entries_in
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.checkin import secrets
from counterfoil.checkin.models import Checkin, CheckinList, RevokedSecret
from counterfoil.checkin.scans import Scan
from counterfoil.checkin.services import redeem
from counterfoil.core.ids import row_id
from counterfoil.core.refusals import Refusal
from counterfoil.core.transactions import late_atomic
from counterfoil.layouts.queries import LayoutChooser
from counterfoil.orders import search, services
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.ticket_counts import orders_in
from counterfoil.printing import previews
from counterfoil.printing.access_log import record_download, record_preview
from counterfoil.printing.queries import has_ticket, may_be_downloaded
from counterfoil.printing.ticket_downloads import check_handed_out
from counterfoil.printing.variables.names import attendee_name
from counterfoil.render import Plan, Ticket
from counterfoil.web.framework.addresses import own
from counterfoil.web.framework.labels import REFUSALS
from counterfoil.web.framework.views import ConfirmPage, EventPage, event_routes
from counterfoil.web.orders.forms import OrderFilterForm
from counterfoil.web.stock.ticketlog import log_of

READ = ("event.orders:read",)
WRITE = ("event.orders:write",)
_MAX_ENTRIES = 50
#: What the list of orders can be sorted by.
_SORTED = {
    "code": "code",
    "state": "status",
    "channel": "sales_channel__position",
    "created": "datetime",
    "total": "total",
}
_BLOCK = "admin"
#: Tickets that a bulk action leaves as they were are named up to this number.
_TOLD = 5
_PICTURE_DPI = 100


class OrderPage(EventPage):
    """A page about one order of the event."""

    order: Order

    def find_scope(self) -> None:
        super().find_scope()
        orders = Order.objects.filter(organizer=self.organizer, event=self.event)
        orders = orders.select_related("sales_channel")
        self.order = get_object_or_404(orders, code=self.kwargs["order"])
        self.order.event = self.event


class Orders(EventPage):
    """Lists orders. A scanned secret redirects to its ticket."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        text = self.asked("q")
        if text and (ticket := search.scanned(self.event, text)):
            return self.go("ticket", ticket.pk)
        form = OrderFilterForm(request.GET or None, event=self.event)
        orders = self._filtered(form, text)
        is_whole = not text and not (form.is_bound and form.has_changed())
        count = orders_in([self.event.pk]) if is_whole else None
        orders = self.in_order(orders, _SORTED, "-created")
        context = {
            "rows": self.rows(orders, count),
            "form": form,
            "text": text,
            "has_test_orders": Order.objects.filter(event=self.event, testmode=True).exists(),
        }
        return self.render("web/orders/list.html", context)

    def _filtered(self, form: OrderFilterForm, text: str) -> QuerySet[Order]:
        orders = _with_tickets(Order.objects.filter(event=self.event))
        if text:
            orders = search.search_orders(orders, text, search.Scope.of(self.event))
        if not form.is_bound:
            return orders
        if not form.is_valid():
            return orders.none()
        if form.cleaned_data["status"]:
            orders = orders.filter(status=form.cleaned_data["status"])
        condition = form.position_condition()
        if condition:
            positions = OrderPosition.objects.filter(condition, order=OuterRef("pk"))
            orders = orders.filter(Exists(positions))
        return orders


class OrderDetail(OrderPage):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        positions = self.order.positions.select_related(
            "item__event", "variation__item", "subevent"
        )
        return self.render(
            "web/orders/detail.html",
            {
                "order": self.order,
                "positions": positions.order_by("positionid"),
                "payments": self.order.payments.order_by("local_id"),
                "entries": _entries(self.order),
            },
        )


class OrderDelete(ConfirmPage, OrderPage):
    write_permissions = WRITE
    read_permissions = WRITE

    def question(self) -> str:
        return _("Delete the order %s?") % self.order.code

    def consequence(self) -> str:
        if not self.order.testmode:
            return _("Only test orders can be deleted.")
        return _("Its tickets and check-ins are deleted as well. Its quota is available again.")

    def back(self) -> str:
        return self.link("order", self.order.code)

    def carry_out(self) -> HttpResponseBase:
        services.delete_order(actor=self.actor, order=self.order)
        return self.go("orders", said=_("The order has been deleted."))


class TestOrdersDelete(ConfirmPage, EventPage):
    """Deletes all test orders of the event."""

    write_permissions = WRITE
    read_permissions = WRITE

    def question(self) -> str:
        count = self._test_orders().count()
        return ngettext("Delete %d test order?", "Delete %d test orders?", count) % count

    def consequence(self) -> str:
        return _("Their tickets and check-ins are deleted as well. Real orders are not affected.")

    def back(self) -> str:
        return self.link("orders")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.carry_out()  # in transactions of its own, so that others need not wait

    def carry_out(self) -> HttpResponseBase:
        count = services.delete_test_orders(actor=self.actor, event=self.event)
        text = ngettext(
            "%d test order has been deleted.", "%d test orders have been deleted.", count
        )
        return self.go("orders", said=text % count)

    def _test_orders(self) -> QuerySet[Order]:
        return Order.objects.filter(event=self.event, testmode=True)


def _with_tickets(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Add the number of tickets and the positions that the list shows."""
    positions = OrderPosition.objects.select_related("item__event", "variation__item")
    # A subquery counts only for the orders of a page; a join would count for all orders first.
    live = OrderPosition.objects.filter(order=OuterRef("pk"), canceled=False)
    tickets = live.order_by().values("order").annotate(count=Count("pk")).values("count")
    return (
        orders.select_related("sales_channel")
        .annotate(tickets=Coalesce(Subquery(tickets), 0))
        .prefetch_related(Prefetch("positions", positions.order_by("positionid")))
        .order_by("-datetime", "-pk")
    )


def _entries(order: Order) -> QuerySet[LogEntry]:
    """Return the log entries of an order and its tickets, newest first."""
    tickets = list(order.positions.values_list("pk", flat=True))
    about = {"order": [order.pk], "orderposition": tickets, "checkin": tickets}
    return entries_in(order.event, about)[:_MAX_ENTRIES]


class TicketPage(EventPage):
    """A page about one position of the event."""

    position: OrderPosition

    def find_scope(self) -> None:
        super().find_scope()
        positions = OrderPosition.objects.select_related(
            "order__event__organizer", "order__sales_channel", "item", "variation", "subevent"
        )
        self.position = get_object_or_404(
            positions, order__event=self.event, pk=self.kwargs["ticket"]
        )

    @property
    def batch(self) -> OfflineSalesBatch | None:
        return OfflineSalesBatch.objects.filter(tickets__position=self.position).first()

    def plan_and_ticket(self) -> tuple[Plan, Ticket]:
        """Return the plan and the values to print the ticket as of now.

        Raises:
            Invalid: the ticket cannot be printed.
        """
        batch = self.batch
        choice = LayoutChooser(self.event).choose(
            item=self.position.item_id,
            channel=self.position.order.sales_channel_id,
            override=batch.layout if batch else None,
        )
        plan = previews.preview_plan(
            elements=choice.elements, background=choice.background, name=choice.name
        )
        return plan, previews.real_ticket(plan, self.position)


class TicketDetail(TicketPage):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        position = self.position
        scans = Checkin.objects.filter(position=position).select_related("list", "device")
        return self.render(
            "web/orders/ticket.html",
            {
                "position": position,
                "order": position.order,
                "batch": self.batch,
                "attendee": attendee_name(position),
                "log": log_of(position),
                "checkins": scans.order_by("-datetime", "-pk"),
                "prints": position.print_logs.order_by("-datetime", "-pk"),
                "is_revoked": RevokedSecret.objects.filter(
                    event=self.event, secret=position.secret
                ).exists(),
                "entries": entries_in(self.event, {"orderposition": [position.pk]})[:_MAX_ENTRIES],
                "has_ticket": has_ticket(position) and may_be_downloaded(position.order),
            },
        )


class TicketPicture(TicketPage):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        plan, ticket = self.plan_and_ticket()
        png = previews.draw_png(plan, ticket, page=1, dpi=_PICTURE_DPI)
        record_preview(actor=self.actor, position=self.position, layout=plan.name)
        return _private(HttpResponse(png, content_type="image/png"))


class TicketPdf(TicketPage):
    """Downloads the PDF of one ticket, created in the request: it takes a few milliseconds."""

    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        position = self.position
        check_handed_out(position)
        plan, ticket = self.plan_and_ticket()
        pdf = previews.draw_pdf(plan, ticket, title=str(self.event))
        name = f"{self.event.slug.upper()}-{position.order.code}-{position.positionid}.pdf"
        record_download(actor=self.actor, position=position, layout=plan.name)
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return _private(response)


class TicketBlock(TicketPage):
    """Blocks or unblocks a ticket."""

    write_permissions = WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        blocked = request.POST.get("blocked") == "yes"
        secrets.set_block(position=self.position, name=_BLOCK, blocked=blocked, actor=self.actor)
        message = (
            _("The ticket has been blocked.") if blocked else _("The ticket has been unblocked.")
        )
        return self.go("ticket", self.position.pk, said=message)


class TicketRevoke(ConfirmPage, TicketPage):
    write_permissions = WRITE
    read_permissions = WRITE
    button = gettext_lazy("Revoke permanently")

    def question(self) -> str:
        return _("Revoke the ticket %s?") % self.position

    def consequence(self) -> str:
        return _(
            "The ticket is no longer admitted. Offline scanners reject it after their next "
            "synchronization. This cannot be undone."
        )

    def back(self) -> str:
        return self.link("ticket", self.position.pk)

    def carry_out(self) -> HttpResponseBase:
        secrets.revoke_secret(position=self.position, actor=self.actor)
        return self.go("ticket", self.position.pk, said=_("The ticket has been revoked."))


class TicketsBulk(EventPage):
    """Does the same with several tickets. Revoking asks first, for it cannot be undone."""

    write_permissions = WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        keys = {key for text in request.POST.getlist("ticket") if (key := row_id(text))}
        found = OrderPosition.objects.filter(order__event=self.event, pk__in=keys)
        positions = list(found.select_related("order__event__organizer", "item", "variation"))
        back = own(request, request.POST.get("back", ""), self.link("orders"))
        if not positions:
            messages.warning(request, _("Select at least one ticket."))
            return redirect(back)
        action = request.POST.get("action", "")
        if action == "revoke" and "confirmed" not in request.POST:
            context = {"positions": positions, "back": back}
            return self.render("web/orders/bulk_revoke.html", context)
        self._carry_out(action, positions)
        return redirect(back)

    def _carry_out(self, action: str, positions: list[OrderPosition]) -> None:
        done, refused = 0, []
        for position in positions:
            try:
                with late_atomic():
                    refusal = self._one(action, position)
            except Refusal as problem:
                refusal = str(problem)
            if refusal:
                refused.append(f"{position}: {refusal}")
            else:
                done += 1
        words = ngettext("%(count)d ticket changed.", "%(count)d tickets changed.", done)
        messages.success(self.request, words % {"count": done})
        if refused:
            words = ngettext("%(count)d stays:", "%(count)d stay:", len(refused))
            first = " · ".join(refused[:_TOLD])
            messages.warning(self.request, f"{words % {'count': len(refused)}} {first}")

    def _one(self, action: str, position: OrderPosition) -> str:
        """Return why it was not done, if it was not."""
        if action in ("block", "unblock"):
            blocked = action == "block"
            secrets.set_block(position=position, name=_BLOCK, blocked=blocked, actor=self.actor)
        elif action == "revoke":
            secrets.revoke_secret(position=position, actor=self.actor)
        elif action == "checkin":
            return self._check_in(position)
        else:
            return str(_("There is no such action."))
        return ""

    def _check_in(self, position: OrderPosition) -> str:
        lists = CheckinList.objects.filter(event=self.event)
        gate = lists.filter(pk=row_id(self.request.POST.get("list", "")) or 0).first()
        if gate is None:
            return str(_("Select a check-in list."))
        scan = Scan(lists=[gate], secret=position.secret, questions_supported=False)
        outcome = redeem(scan=scan, actor=self.actor)
        if outcome.denial is None:
            return ""
        return str(REFUSALS.get(outcome.denial.reason, outcome.denial.reason))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


routes = event_routes(
    path("orders/tickets/", TicketsBulk.as_view(), name="tickets-bulk"),
    path("orders/tickets/<int:ticket>/", TicketDetail.as_view(), name="ticket"),
    path("orders/tickets/<int:ticket>/picture.png", TicketPicture.as_view(), name="ticket-picture"),
    path("orders/tickets/<int:ticket>/ticket.pdf", TicketPdf.as_view(), name="ticket-pdf"),
    path("orders/tickets/<int:ticket>/block/", TicketBlock.as_view(), name="ticket-block"),
    path("orders/tickets/<int:ticket>/revoke/", TicketRevoke.as_view(), name="ticket-revoke"),
    path("orders/", Orders.as_view(), name="orders"),
    path("orders/test-orders/delete/", TestOrdersDelete.as_view(), name="test-orders-delete"),
    path("orders/<str:order>/", OrderDetail.as_view(), name="order"),
    path("orders/<str:order>/delete/", OrderDelete.as_view(), name="order-delete"),
)
