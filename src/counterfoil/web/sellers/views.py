"""Sellers: who has which tickets, what they owe; hand out, take back, settle; their own pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core import signing
from django.core.cache import cache
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterfoil.batches.models import BatchTicket, OfflineSalesBatch, Place, Validity
from counterfoil.batches.tables import BatchTable, read_batch_table
from counterfoil.core.ranges import format_ranges, ranges_of
from counterfoil.core.refusals import Invalid
from counterfoil.sellers import (
    accounts,
    consignments,
    covers,
    documents,
    imports,
    notices,
    people,
    returns,
    standings,
    statements,
)
from counterfoil.sellers.consignments import LimitExceeded
from counterfoil.sellers.models import Consignment, Seller, SellerNotice, Statement
from counterfoil.sellers.overview import overviews_of
from counterfoil.stock.execution import ActionRefused
from counterfoil.stock.selection import select
from counterfoil.web.framework.addresses import site_address
from counterfoil.web.framework.shown_once import shown_once
from counterfoil.web.framework.views import (
    ConfirmPage,
    EventPage,
    FormPage,
    OrganizerPage,
    Page,
    event_routes,
    organizer_routes,
)
from counterfoil.web.sellers.forms import (
    ImportForm,
    MoveForm,
    NoticeForm,
    PaymentForm,
    SellerForm,
    StatementForm,
)
from counterfoil.web.stock.bars import bars_of

READ = ("organizer.sellers:read", "organizer.sellers:write")
WRITE = ("organizer.sellers:write",)
_RECENT = 20
_PDF = "application/pdf"
#: Requests of one link, or of one address that guesses links.
_A_MINUTE = 60


class SellersPage(OrganizerPage):
    read_permissions: ClassVar[tuple[str, ...]] = READ
    write_permissions = WRITE


class Sellers(SellersPage):
    """Lists sellers with their stock, what they owe and by when: late ones first."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = overviews_of(self.organizer, self.organizer.sellers.all())
        return self.render("web/sellers/list.html", {"rows": rows})


class SellerPage(SellersPage):
    """A page about one seller."""

    seller: Seller

    def find_scope(self) -> None:
        super().find_scope()
        self.seller = get_object_or_404(self.organizer.sellers, pk=self.kwargs["seller"])
        self.seller.organizer = self.organizer

    def seller_link(self) -> str:
        return reverse("web:seller", args=[self.organizer.slug, self.seller.pk])


class SellerDetail(SellerPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        events = self.actor.events(self.organizer).order_by("-date_from", "pk")
        seller, currency = self.seller, self.seller.currency or "EUR"
        context = {
            "seller": seller,
            "currency": currency,
            "account": {"currency": currency},
            "bars": bars_of(standings.stock_of(seller, events)),
            "balance": accounts.balance_of(seller),
            "gate": standings.gate_of(seller, _with_tickets(seller, events)),
            "events": events[:_RECENT],
            "consignments": Consignment.objects.filter(Q(seller=seller) | Q(to=seller))
            .filter(event__in=events)
            .defer("pdf", "paper")
            .select_related("event")
            .order_by("-pk")[:_RECENT],
            "statements": Statement.objects.filter(seller=seller, event__in=events, state="issued")
            .defer("pdf", "paper")
            .select_related("event")
            .order_by("-pk")[:_RECENT],
            "payments": seller.payments.order_by("-pk")[:_RECENT],
            "notices": seller.notices.filter(state="waiting", batch__event__in=events)
            .select_related("batch__event", "batch__item")
            .order_by("pk"),
        }
        return self.render("web/sellers/detail.html", context)


def _with_tickets(seller: Seller, events: Any) -> Any:
    return events.filter(
        pk__in=Consignment.objects.filter(seller=seller, state="accepted").values("event")
    ) | events.filter(pk__in=Consignment.objects.filter(to=seller).values("event"))


class SellerAdd(FormPage, SellersPage):
    read_permissions = WRITE
    title = gettext_lazy("New seller")
    seller: Seller | None = None

    def form(self, *sent: Any) -> SellerForm:
        return SellerForm(self.organizer, *sent[:1], instance=self.seller)

    def send(self, form: SellerForm) -> HttpResponseBase:
        is_new = self.seller is None
        seller = people.save_seller(
            seller=self.seller, organizer=self.organizer, fields=form.cleaned_data
        )
        self.record("added" if is_new else "changed", seller, kind="seller")
        return self.go("seller", seller.pk, said=_("Saved."))


class SellerImport(FormPage, SellersPage):
    """Shows what a table says, and makes its sellers once that is confirmed."""

    read_permissions = WRITE
    template = "web/sellers/import.html"
    _SALT = "sellers.import"

    def form(self, *sent: Any) -> ImportForm:
        return ImportForm(*sent)

    def more(self) -> dict[str, Any]:
        return {"columns": imports.COLUMNS, "back": self.link("sellers")}

    def send(self, form: ImportForm) -> HttpResponseBase:
        data = form.cleaned_data
        if data["file"]:
            table = read_batch_table(data["file"])
            rows = imports.check_sellers(self.organizer, table)
            signed = signing.dumps(table.to_json(), salt=self._SALT, compress=True)
            again = ImportForm(initial={"preview": signed})
            context = {**self.more(), "form": again, "table": table, "count": len(rows)}
            return self.render(self.template, context)
        try:
            stored = signing.loads(data["preview"], salt=self._SALT, max_age=3600)
        except signing.BadSignature:
            raise Invalid({"file": [_("Choose the file once more.")]}) from None
        made = imports.import_sellers(
            actor=self.actor, organizer=self.organizer, table=BatchTable.from_json(stored)
        )
        words = ngettext("%(count)d seller was added.", "%(count)d sellers were added.", len(made))
        return self.go("sellers", said=words % {"count": len(made)})


class SellerEdit(SellerAdd):
    title = gettext_lazy("Change seller")

    def find_scope(self) -> None:
        super().find_scope()
        self.seller = get_object_or_404(self.organizer.sellers, pk=self.kwargs["seller"])


class SellerDelete(ConfirmPage, SellerPage):
    read_permissions = WRITE

    def question(self) -> Any:
        return _("Delete the seller %(name)s?") % {"name": self.seller.name}

    def back(self) -> str:
        return self.seller_link()

    def carry_out(self) -> HttpResponseBase:
        self.record("deleted", self.seller, kind="seller")
        people.delete_seller(seller=self.seller)
        return self.go("sellers", said=_("The seller was deleted."))


class SellerLink(SellerPage):
    """Makes a new link to the seller's own page, which ends the one before."""

    read_permissions = WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        secret = people.make_link(seller=self.seller)
        self.record("linked", self.seller, kind="seller")
        return shown_once(
            self,
            title=_("Link for %(name)s") % {"name": self.seller.name},
            explanation=_(
                "Whoever has this link sees the tickets and the balance of this seller and can "
                "report sales. It is shown only now; a new link ends this one."
            ),
            secret=site_address(request) + reverse("web:seller-own-page", args=[secret]),
            back=self.seller_link(),
        )


class SellerUnlink(ConfirmPage, SellerPage):
    read_permissions = WRITE
    button: ClassVar[Any] = gettext_lazy("Revoke")

    def question(self) -> Any:
        return _("Revoke the link for %(name)s?") % {"name": self.seller.name}

    def consequence(self) -> Any:
        return _("The link stops working immediately.")

    def back(self) -> str:
        return self.seller_link()

    def carry_out(self) -> HttpResponseBase:
        people.revoke_link(seller=self.seller)
        self.record("unlinked", self.seller, kind="seller")
        return self.go("seller", self.seller.pk, said=_("The link was revoked."))


class SellerPay(FormPage, SellerPage):
    read_permissions = WRITE
    title = gettext_lazy("Payment")

    def form(self, *sent: Any) -> PaymentForm:
        events = self.actor.events(self.organizer).order_by("-date_from", "pk")
        return PaymentForm(events, *sent[:1])

    def send(self, form: PaymentForm) -> HttpResponseBase:
        data = form.cleaned_data
        accounts.record_payment(
            actor=self.actor,
            seller=self.seller,
            amount=data["amount"],
            currency=data["event"].currency,
            event=data["event"],
            note=data["note"],
        )
        return self.go("seller", self.seller.pk, said=_("The payment is recorded."))


class NoticeDecide(SellerPage):
    """Says yes or no to what a seller reported."""

    read_permissions = WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = self.seller.notices.select_related("batch__event__organizer")
        events = self.actor.events(self.organizer)
        notice = get_object_or_404(rows, pk=self.kwargs["notice"], batch__event__in=events)
        notice.seller = self.seller
        approve = request.POST.get("approve") == "yes"
        notices.decide(actor=self.actor, notice=notice, approve=approve)
        said = _("Noted.") if approve else _("The entry was refused.")
        return self.go("seller", self.seller.pk, said=said)


class SellerOfEvent(EventPage):
    """A page about one seller at one event."""

    read_permissions: ClassVar[tuple[str, ...]] = WRITE
    write_permissions = WRITE
    seller: Seller

    def find_scope(self) -> None:
        super().find_scope()
        self.seller = get_object_or_404(self.organizer.sellers, pk=self.kwargs["seller"])
        self.seller.organizer = self.organizer

    def has_permission(self, needs: tuple[str, ...]) -> bool:
        """Check permissions of the organizer there; menus ask for those of the event as well."""
        of_organizer = tuple(need for need in needs if need.startswith("organizer."))
        of_event = tuple(need for need in needs if need not in of_organizer)
        return (
            not needs
            or (bool(of_organizer) and OrganizerPage.has_permission(self, of_organizer))
            or (bool(of_event) and super().has_permission(of_event))
        )

    def to_seller(self, said: str) -> HttpResponseBase:
        messages.success(self.request, said)
        return redirect(reverse("web:seller", args=[self.organizer.slug, self.seller.pk]))


class _Move(FormPage, SellerOfEvent):
    """Moves tickets, if as many as were counted."""

    template = "web/sellers/move.html"
    kind: ClassVar[str]

    def form(self, *sent: Any) -> MoveForm:
        return MoveForm(self.event, self.seller, self.kind, *sent[:1])

    def more(self) -> dict[str, Any]:
        return {
            "seller": self.seller,
            "used": None,
            "back": reverse("web:seller", args=[self.organizer.slug, self.seller.pk]),
        }

    def send(self, form: MoveForm) -> HttpResponseBase:
        data, way = form.cleaned_data, form.way
        lines = covers.lines_of(data[way], data["batch"], way=way, event=self.event.pk)
        count = 0
        for line in lines:
            line.batch.event = self.event
            try:
                (selection,) = select(event=self.event, batch=line.batch, **{line.way: line.text})
            except Invalid as problem:
                raise Invalid({way: problem.sentences}) from None
            count += selection.count
        if count != data["counted"]:
            words = _("These are %(count)d tickets, and you counted %(counted)d.")
            raise Invalid({"counted": [words % {"count": count, "counted": data["counted"]}]})
        draft = consignments.save_draft(
            draft=None,
            event=self.event,
            fields={
                "kind": self.kind,
                "seller": self.seller,
                "to": data.get("to"),
                "return_by": data.get("return_by"),
            },
            lines=lines,
        )
        try:
            done = consignments.accept(
                actor=self.actor, consignment=draft, reason=data.get("reason", "")
            )
        except LimitExceeded as refusal:
            raise Invalid({"reason": [str(refusal)]}) from None
        except ActionRefused as refusal:
            sentences = [
                f"{each.number}: {each.reason}" if each.number else each.reason
                for each in refusal.refused[:10]
            ]
            raise Invalid({way: sentences}) from None
        return self.to_seller(self.done_words(done))

    def done_words(self, done: Consignment) -> str:
        return _("Done: note %(number)s.") % {"number": done.number}


class HandOut(_Move):
    kind = Consignment.Kind.OUT
    title = gettext_lazy("Hand out tickets")
    button = gettext_lazy("Hand out")

    def more(self) -> dict[str, Any]:
        limit = self.seller.credit_limit
        return {
            **super().more(),
            "used": accounts.exposure_of(self.seller) if limit is not None else None,
            "ranges": _ranges_with(self.seller, self.event),
        }


class TakeBack(_Move):
    """Takes back what was counted blind: only then it shows what the seller still has."""

    kind = Consignment.Kind.BACK
    title = gettext_lazy("Take tickets back")
    button = gettext_lazy("Take back")

    def done_words(self, done: Consignment) -> str:
        left = _ranges_with(self.seller, self.event)
        count = sum(each for _batch, _numbers, each in left)
        if not count:
            words = _("Done: note %(number)s. The seller has no tickets of this event any more.")
            return words % {"number": done.number}
        words = _("Done: note %(number)s. Still with the seller: %(numbers)s (%(count)d).")
        numbers = "; ".join(f"{batch.comment or batch}: {each}" for batch, each, _count in left)
        return words % {"number": done.number, "count": count, "numbers": numbers[:300]}


class PassOn(_Move):
    kind = Consignment.Kind.TRANSFER
    title = gettext_lazy("Pass tickets on")
    button = gettext_lazy("Pass on")

    def more(self) -> dict[str, Any]:
        return {**super().more(), "ranges": _ranges_with(self.seller, self.event)}


class BookCovers(EventPage):
    """The labels of a batch's books, to be scanned when they are handed out."""

    read_permissions: ClassVar[tuple[str, ...]] = ("event.stock:write", "event.orders:read")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = get_object_or_404(
            self.event.offline_sales_batches.select_related("item"), pk=self.kwargs["batch"]
        )
        batch.event = self.event
        return HttpResponse(covers.cover_labels(batch), content_type=_PDF)


class SettlePage(FormPage, SellerOfEvent):
    """Shows a statement on the chosen basis, and issues it."""

    template = "web/sellers/statement.html"
    button = gettext_lazy("Issue statement")

    def form(self, *sent: Any) -> StatementForm:
        return StatementForm(sent[0] if sent else None, initial={"basis": self.asked("basis")})

    def more(self) -> dict[str, Any]:
        asked = self.asked("basis")
        basis = asked if asked in Statement.Basis.values else Statement.Basis.DECLARED
        row = Statement(event=self.event, organizer=self.organizer, seller=self.seller, basis=basis)
        statements.compute(row)
        back = reverse("web:seller", args=[self.organizer.slug, self.seller.pk])
        return {"seller": self.seller, "statement": row, "back": back}

    def send(self, form: StatementForm) -> HttpResponseBase:
        row = statements.draft(
            event=self.event, seller=self.seller, basis=form.cleaned_data["basis"]
        )
        issued = statements.issue(actor=self.actor, statement=row)
        return self.to_seller(_("Statement %(number)s is issued.") % {"number": issued.number})


class ConsignmentPaper(SellerOfEvent):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        mine = Q(seller=self.seller) | Q(to=self.seller)
        rows = Consignment.objects.filter(mine, event=self.event)
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        row.event = self.event
        return HttpResponse(documents.pdf_of_consignment(row), content_type=_PDF)


class StatementPaper(SellerOfEvent):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = Statement.objects.filter(event=self.event, seller=self.seller)
        row = get_object_or_404(rows.select_related("seller"), pk=self.kwargs["pk"])
        row.event = self.event
        return HttpResponse(statements.pdf_of(row), content_type=_PDF)


class ReturnPaper(SellerOfEvent):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = returns.documents_of(self.event).filter(hand_out__seller=self.seller.pk)
        return HttpResponse(
            returns.pdf_of(get_object_or_404(rows, pk=self.kwargs["pk"])), content_type=_PDF
        )


class OwnPage(FormPage, Page):
    """A seller's own page. It is nobody's session, and no search engine's."""

    public = True
    template = "web/sellers/own.html"
    seller: Seller

    def find_scope(self) -> None:
        seller = people.seller_of_link(self.kwargs["secret"])
        if seller is None:
            raise Http404
        self.seller = seller

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seller = people.seller_of_link(kwargs["secret"])
        who = str(seller.pk) if seller else request.META.get("REMOTE_ADDR", "")
        if _is_too_often(f"seller-own-page:{who}"):
            return HttpResponse(status=429, headers={"Retry-After": "60"})
        with translation.override(seller.language if seller else translation.get_language()):
            response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"  # else forms have no origin
        response["Cache-Control"] = "private, no-store"
        return response

    def form(self, *sent: Any) -> NoticeForm:
        return NoticeForm(_batches_with(self.seller), *sent[:1])

    def more(self) -> dict[str, Any]:
        seller = self.seller
        return {
            "seller": seller,
            "currency": seller.currency or "EUR",
            "balance": accounts.balance_of(seller),
            "ranges": _ranges_with(seller),
            "notices": seller.notices.select_related("batch__item").order_by("-pk")[:_RECENT],
        }

    def send(self, form: NoticeForm) -> HttpResponseBase:
        data = form.cleaned_data
        try:
            notice = notices.give_notice(
                seller=self.seller, batch=data["batch"], kind=data["kind"], tickets=form.tickets
            )
        except Invalid as problem:
            raise Invalid({"first": problem.sentences}) from None
        except ActionRefused as refusal:
            sentences = [f"{each.number}: {each.reason}" for each in refusal.refused[:10]]
            raise Invalid({"first": sentences}) from None
        waits = notice.state == SellerNotice.State.WAITING
        said = _("Thank you. The organizer will look at it.") if waits else _("Thank you. Noted.")
        return self.go("seller-own-page", self.kwargs["secret"], said=said)


def _is_too_often(key: str) -> bool:
    """Count a request; tell whether there were more than a person makes in a minute."""
    if cache.add(key, 1, 60):
        return False
    try:
        return cache.incr(key) > _A_MINUTE
    except ValueError:  # it has ended just now
        return False


def _batches_with(seller: Seller) -> Any:
    held = _held(seller).values("batch")
    return OfflineSalesBatch.objects.filter(pk__in=held).select_related("event__organizer", "item")


def _held(seller: Seller) -> Any:
    rows = BatchTicket.objects.filter(seller=seller.pk, place=Place.WITH_SELLER)
    return rows.exclude(validity=Validity.VOID)


def _ranges_with(seller: Seller, event: Any = None) -> list[tuple[OfflineSalesBatch, str, int]]:
    """Return which tickets a seller has, by batch."""
    numbers: dict[int, list[int]] = {}
    held = _held(seller).filter(batch__event=event) if event else _held(seller)
    for batch, number in held.order_by("batch", "number").values_list("batch", "number"):
        numbers.setdefault(batch, []).append(number)
    batches = OfflineSalesBatch.objects.select_related("event", "item").in_bulk(numbers)
    return [
        (batches[pk], format_ranges(ranges_of(each)).replace(",", ", "), len(each))
        for pk, each in numbers.items()
    ]


routes = [
    *organizer_routes(
        path("sellers/", Sellers.as_view(), name="sellers"),
        path("sellers/add/", SellerAdd.as_view(), name="seller-add"),
        path("sellers/import/", SellerImport.as_view(), name="seller-import"),
        path("sellers/<int:seller>/", SellerDetail.as_view(), name="seller"),
        path("sellers/<int:seller>/edit/", SellerEdit.as_view(), name="seller-edit"),
        path("sellers/<int:seller>/delete/", SellerDelete.as_view(), name="seller-delete"),
        path("sellers/<int:seller>/link/", SellerLink.as_view(), name="seller-link"),
        path("sellers/<int:seller>/unlink/", SellerUnlink.as_view(), name="seller-unlink"),
        path("sellers/<int:seller>/pay/", SellerPay.as_view(), name="seller-pay"),
        path(
            "sellers/<int:seller>/notices/<int:notice>/",
            NoticeDecide.as_view(),
            name="seller-notice",
        ),
    ),
    *event_routes(
        path("sellers/<int:seller>/hand-out/", HandOut.as_view(), name="seller-hand-out"),
        path("sellers/<int:seller>/take-back/", TakeBack.as_view(), name="seller-take-back"),
        path("sellers/<int:seller>/pass-on/", PassOn.as_view(), name="seller-pass-on"),
        path("batches/<int:batch>/covers.pdf", BookCovers.as_view(), name="batch-covers"),
        path("sellers/<int:seller>/settle/", SettlePage.as_view(), name="seller-settle"),
        path(
            "sellers/<int:seller>/notes/<int:pk>.pdf",
            ConsignmentPaper.as_view(),
            name="seller-note",
        ),
        path(
            "sellers/<int:seller>/statements/<int:pk>.pdf",
            StatementPaper.as_view(),
            name="seller-statement",
        ),
        path(
            "sellers/<int:seller>/returns/<int:pk>.pdf",
            ReturnPaper.as_view(),
            name="seller-return",
        ),
    ),
    path("seller/<str:secret>/", OwnPage.as_view(), name="seller-own-page"),
]
