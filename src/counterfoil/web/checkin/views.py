"""The pages of check-in lists: counts, tickets, and manual check-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.checkin import lists, queries, services
from counterfoil.checkin.entry_counts import inside_of
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.scans import Outcome, Scan
from counterfoil.orders.models import OrderPosition
from counterfoil.orders.search import Scope, positions_like
from counterfoil.web.checkin.forms import CheckinListForm
from counterfoil.web.framework.labels import REFUSALS
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, event_routes

_READ = ("event.orders:read", "event.orders:checkin")
_WRITE = ("event.settings.general:write",)
_SCAN = ("event.orders:write", "event.orders:checkin")


@dataclass(frozen=True, slots=True)
class ListCounts:
    """A list with its numbers of tickets and of tickets checked in at least once."""

    list: CheckinList
    tickets: int
    checked_in: int


class CheckinLists(EventPage):
    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = self.rows(queries.lists_of(self.event))
        page = list(rows.object_list)
        tallies = queries.tallies(self.event, page)
        counts = [
            ListCounts(
                each,
                tallies[each.pk].positions.total(),
                tallies[each.pk].checkins.total(),
            )
            for each in page
        ]
        return self.render("web/checkin/list.html", {"rows": rows, "counts": counts})


class ListPage(EventPage):
    """A page about one check-in list of the event."""

    list: CheckinList

    def find_scope(self) -> None:
        super().find_scope()
        self.list = get_object_or_404(queries.lists_of(self.event), pk=self.kwargs["list"])
        self.list.event = self.event


class ListDetail(ListPage):
    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        text, state = self.asked("q"), self.asked("state")
        tally = queries.tallies(self.event, [self.list])[self.list.pk]
        inside = queries.presences(self.list).filter(inside=True)
        is_inside = Exists(inside.filter(position_id=OuterRef("pk")))
        count = None if text or state else tally.positions.total()
        rows = self.rows(self._tickets(text, state).annotate(is_inside=is_inside), count)
        return self.render(
            "web/checkin/detail.html",
            {
                "list": self.list,
                "tickets": tally.positions.total(),
                "checked_in": tally.checkins.total(),
                "inside": inside_of(self.list.pk),
                "rows": rows,
                "text": text,
                "state": state,
                "products": [
                    (item, *tally.of_item(item)) for item in queries.products_of(self.list)
                ],
            },
        )

    def _tickets(self, text: str, state: str) -> QuerySet[OrderPosition]:
        tickets = queries.tickets_of([self.list]).select_related(
            "order", "item__event", "variation__item", "subevent"
        )
        if text:
            tickets = positions_like(tickets, text, Scope.of(self.event))
        if state in ("came", "missing"):
            came = Exists(queries.presences(self.list).filter(position_id=OuterRef("pk")))
            tickets = tickets.filter(came if state == "came" else ~came)
        return tickets


class ListNew(FormPage, EventPage):
    read_permissions = write_permissions = _WRITE
    title = gettext_lazy("New check-in list")

    def form(self, *sent: Any) -> CheckinListForm:
        return CheckinListForm(*sent, event=self.event)

    def send(self, form: CheckinListForm) -> HttpResponseBase:
        checkin_list = lists.save_list(
            event=self.event, checkin_list=None, fields=form.values(), actor=self.actor
        )
        return self.go(
            "checkinlist", checkin_list.pk, said=_("The check-in list has been created.")
        )


class ListEdit(FormPage, ListPage):
    read_permissions = write_permissions = _WRITE
    title = gettext_lazy("Edit check-in list")

    def form(self, *sent: Any) -> CheckinListForm:
        return CheckinListForm(*sent, event=self.event, checkin_list=self.list)

    def send(self, form: CheckinListForm) -> HttpResponseBase:
        lists.save_list(
            event=self.event, checkin_list=self.list, fields=form.values(), actor=self.actor
        )
        return self.go("checkinlist", self.list.pk, said=_("Saved."))


class ListDelete(ConfirmPage, ListPage):
    read_permissions = write_permissions = _WRITE

    def question(self) -> str:
        return _("Delete the check-in list “%s”?") % self.list

    def consequence(self) -> str:
        scans = self.list.checkins.count()
        return _("Its scans (%d) are deleted as well. Tickets are not affected.") % scans

    def back(self) -> str:
        return self.link("checkinlist", self.list.pk)

    def carry_out(self) -> HttpResponseBase:
        lists.delete_list(checkin_list=self.list, actor=self.actor)
        return self.go("checkinlists", said=_("The check-in list has been deleted."))


class ListScan(ListPage):
    """Checks a ticket in or out like a scanner, from a row or from a scanned code."""

    write_permissions = _SCAN

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        secret = request.POST.get("secret", "").replace("\0", "").strip()
        is_exit = request.POST.get("type") == Checkin.Type.EXIT
        scan = Scan(
            lists=[self.list],
            secret=secret,
            type=Checkin.Type.EXIT if is_exit else Checkin.Type.ENTRY,
            questions_supported=False,
        )
        outcome = services.redeem(scan=scan, actor=self.actor)
        messages.add_message(request, *_message(outcome, is_exit=is_exit))
        query = request.GET.urlencode()
        return redirect(self.link("checkinlist", self.list.pk) + (f"?{query}" if query else ""))


def _message(outcome: Outcome, *, is_exit: bool) -> tuple[int, str]:
    ticket = outcome.position or "?"
    if outcome.denial is not None:
        reason = REFUSALS.get(outcome.denial.reason, outcome.denial.reason)
        text = _("Denied: %(reason)s (ticket %(ticket)s).")
        return messages.ERROR, text % {"reason": reason, "ticket": ticket}
    text = _("Ticket %s has been checked out.") if is_exit else _("Ticket %s has been checked in.")
    return messages.SUCCESS, text % ticket


routes = event_routes(
    path("checkin/", CheckinLists.as_view(), name="checkinlists"),
    path("checkin/new/", ListNew.as_view(), name="checkinlist-new"),
    path("checkin/<int:list>/", ListDetail.as_view(), name="checkinlist"),
    path("checkin/<int:list>/edit/", ListEdit.as_view(), name="checkinlist-edit"),
    path("checkin/<int:list>/delete/", ListDelete.as_view(), name="checkinlist-delete"),
    path("checkin/<int:list>/scan/", ListScan.as_view(), name="checkinlist-scan"),
)
