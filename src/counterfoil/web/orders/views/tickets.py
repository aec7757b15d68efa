"""One ticket: its picture, its PDF, its check-ins, and ways to keep it from being used."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.checkin import secrets
from counterfoil.checkin.models import Checkin, RevokedSecret
from counterfoil.layouts.queries import LayoutChooser
from counterfoil.orders.models import OrderPosition
from counterfoil.printing import previews
from counterfoil.printing.queries import has_ticket, may_be_downloaded
from counterfoil.printing.ticket_downloads import check_handed_out
from counterfoil.printing.variables.names import attendee_name
from counterfoil.render import Plan, Ticket
from counterfoil.web.framework.views import ConfirmPage, EventPage, event_routes

_READ = ("event.orders:read",)
_WRITE = ("event.orders:write",)
_BLOCK = "admin"
_PICTURE_DPI = 100


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

    def drawn(self) -> tuple[Plan, Ticket]:
        """Return what prints the ticket and what stands on it, as it would be printed now.

        Raises:
            Invalid: it cannot be printed, and why.
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
    read_permissions = _READ

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
                "checkins": scans.order_by("-datetime", "-pk"),
                "prints": position.print_logs.order_by("-datetime", "-pk"),
                "is_revoked": RevokedSecret.objects.filter(
                    event=self.event, secret=position.secret
                ).exists(),
                "has_ticket": has_ticket(position) and may_be_downloaded(position.order),
            },
        )


class TicketPicture(TicketPage):
    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        plan, ticket = self.drawn()
        png = previews.draw_png(plan, ticket, page=1, dpi=_PICTURE_DPI)
        return _private(HttpResponse(png, content_type="image/png"))


class TicketPdf(TicketPage):
    """The ticket alone, made at once: it takes a few milliseconds."""

    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        position = self.position
        check_handed_out(position)
        plan, ticket = self.drawn()
        pdf = previews.draw_pdf(plan, ticket, title=str(self.event))
        name = f"{self.event.slug.upper()}-{position.order.code}-{position.positionid}.pdf"
        self.record("downloaded", position, kind="orderposition")
        answer = HttpResponse(pdf, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return _private(answer)


class TicketBlock(TicketPage):
    """Keeps a ticket out for now, or lets it in again."""

    write_permissions = _WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        blocked = request.POST.get("blocked") == "yes"
        secrets.set_block(position=self.position, name=_BLOCK, blocked=blocked, actor=self.actor)
        said = _("The ticket is blocked.") if blocked else _("The ticket is no longer blocked.")
        return self.go("ticket", self.position.pk, said=said)


class TicketRevoke(ConfirmPage, TicketPage):
    write_permissions = _WRITE
    read_permissions = _WRITE
    button = gettext_lazy("Revoke for good")

    def question(self) -> str:
        return _("Revoke the ticket %s?") % self.position

    def consequence(self) -> str:
        return _(
            "Nobody gets in with it any more, also at scanners that work offline once they have "
            "heard of it. This cannot be undone."
        )

    def back(self) -> str:
        return self.link("ticket", self.position.pk)

    def carry_out(self) -> HttpResponseBase:
        secrets.revoke_secret(position=self.position, actor=self.actor)
        return self.go("ticket", self.position.pk, said=_("The ticket is revoked."))


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer


routes = event_routes(
    path("orders/tickets/<int:ticket>/", TicketDetail.as_view(), name="ticket"),
    path("orders/tickets/<int:ticket>/picture.png", TicketPicture.as_view(), name="ticket-picture"),
    path("orders/tickets/<int:ticket>/ticket.pdf", TicketPdf.as_view(), name="ticket-pdf"),
    path("orders/tickets/<int:ticket>/block/", TicketBlock.as_view(), name="ticket-block"),
    path("orders/tickets/<int:ticket>/revoke/", TicketRevoke.as_view(), name="ticket-revoke"),
)
