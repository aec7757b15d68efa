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
from counterfoil.checkin.reasons import Reason
from counterfoil.checkin.scans import Outcome, Scan
from counterfoil.orders.models import OrderPosition
from counterfoil.orders.search import Scope, positions_like
from counterfoil.printing.variables.names import attendee_name
from counterfoil.web.checkin.forms import CheckinListForm
from counterfoil.web.framework.filters import Filter
from counterfoil.web.framework.labels import REFUSALS
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, event_routes

_READ = ("event.orders:read", "event.orders:checkin")
_WRITE = ("event.settings.general:write",)
_SCAN = ("event.orders:write", "event.orders:checkin")

#: What the list can be sorted by.
_SORTED = {"name": "name"}
_PRESENCES = (
    ("", gettext_lazy("All")),
    ("came", gettext_lazy("checked in")),
    ("missing", gettext_lazy("not checked in")),
)


@dataclass(frozen=True, slots=True)
class ListCounts:
    """A list with its numbers of tickets and of tickets checked in at least once."""

    list: CheckinList
    tickets: int
    checked_in: int


class CheckinLists(EventPage):
    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = queries.lists_of(self.event)
        rows = self.rows(self.in_order(found, _SORTED, "name") if self.asked("sort") else found)
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
    history = ("checkinlist", "list")
    read_permissions = _READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        text, state = self.asked("q"), self.asked("state")
        tally = queries.tallies(self.event, [self.list])[self.list.pk]
        count = None if text or state else tally.positions.total()
        rows = self.rows(self._tickets(text, state), count)
        rows.object_list = list(rows.object_list)
        # Asked of the page's tickets only: PostgreSQL would look at all that are inside.
        shown = queries.presences(self.list).filter(
            inside=True, position_id__in=[ticket.pk for ticket in rows.object_list]
        )
        are_inside = set(shown.values_list("position_id", flat=True))
        for ticket in rows.object_list:
            ticket.is_inside = ticket.pk in are_inside
        return self.render(
            "web/checkin/detail.html",
            {
                "list": self.list,
                "tickets": tally.positions.total(),
                "checked_in": tally.checkins.total(),
                "inside": inside_of(self.list.pk),
                "rows": rows,
                "lists": [self.list],
                "text": text,
                "filters": [Filter.of("state", _("State"), _PRESENCES, state)],
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


class ListCopy(ListPage):
    """Makes a list like this one. Its scans stay its own."""

    write_permissions = _WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        copy = lists.copy_list(
            checkin_list=self.list,
            name=_("%(name)s (copy)") % {"name": self.list.name[:170]},
            actor=self.actor,
        )
        said = _("The check-in list was copied. Change what is different.")
        return self.go("checkinlist-edit", copy.pk, said=said)


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


class Gate(ListPage):
    """Scans without leaving the page: a plate says in colour and words whether somebody comes in.

    A scanner that types codes works, and so does somebody who types them.
    """

    read_permissions = write_permissions = _SCAN

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.render("web/checkin/gate.html", self._known(None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        plate = Plate.of(_scanned(self, request))
        template = "_plate" if self.is_partial else "gate"
        return self.render(f"web/checkin/{template}.html", self._known(plate))

    def _known(self, plate: Plate | None) -> dict[str, Any]:
        tally = queries.tallies(self.event, [self.list])[self.list.pk]
        return {
            "list": self.list,
            "plate": plate,
            "tickets": tally.positions.total(),
            "checked_in": tally.checkins.total(),
            "type": self.request.POST.get("type", Checkin.Type.ENTRY),
        }


@dataclass(frozen=True, slots=True)
class Plate:
    """What the scanning page shows of a scan. ``kind`` is ``good``, ``warn`` or ``bad``."""

    kind: str
    sentence: Any
    position: OrderPosition | None
    attendee: str
    explanation: str
    note: str
    first: Checkin | None

    @classmethod
    def of(cls, scan: tuple[Outcome, bool]) -> Plate:
        """Describe the outcome of an entry or an exit."""
        outcome, is_exit = scan
        denial, position = outcome.denial, outcome.position
        if outcome.admitted:
            kind, sentence = "good", _("Checked out") if is_exit else _("Come in")
        elif denial is None:
            kind, sentence = "bad", REFUSALS[Reason.INCOMPLETE]
        else:
            is_used = denial.reason == Reason.ALREADY_REDEEMED
            kind = "warn" if is_used else "bad"
            sentence = REFUSALS.get(denial.reason, denial.reason)
        return cls(
            kind=kind,
            sentence=sentence,
            position=position,
            attendee=attendee_name(position) or "" if position else "",
            explanation=(denial.explanation or "") if denial else "",
            note=_note(position) if position else "",
            first=_first_scan(outcome) if kind == "warn" else None,
        )


def _note(position: OrderPosition) -> str:
    """Return what staff shall know of a ticket."""
    variation, item = position.variation, position.item
    texts = [item.checkin_text, variation.checkin_text if variation else None]
    return " ".join(filter(None, texts))


def _first_scan(outcome: Outcome) -> Checkin | None:
    entered = Checkin.objects.filter(
        position=outcome.position, successful=True, type=Checkin.Type.ENTRY
    )
    return entered.select_related("list", "device").order_by("datetime", "pk").first()


def _scanned(page: ListPage, request: HttpRequest) -> tuple[Outcome, bool]:
    """Carry out the scan that a form asks for; tell whether it was one of the exit."""
    is_exit = request.POST.get("type") == Checkin.Type.EXIT
    scan = Scan(
        lists=[page.list],
        secret=request.POST.get("secret", "").replace("\0", "").strip(),
        type=Checkin.Type.EXIT if is_exit else Checkin.Type.ENTRY,
        questions_supported=False,
    )
    return services.redeem(scan=scan, actor=page.actor), is_exit


class ListScan(ListPage):
    """Checks a ticket in or out like a scanner, from a row or from a scanned code."""

    write_permissions = _SCAN

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        outcome, is_exit = _scanned(self, request)
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
    path("checkin/<int:list>/copy/", ListCopy.as_view(), name="checkinlist-copy"),
    path("checkin/<int:list>/gate/", Gate.as_view(), name="checkinlist-gate"),
    path("checkin/<int:list>/scan/", ListScan.as_view(), name="checkinlist-scan"),
)
