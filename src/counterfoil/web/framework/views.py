"""What every page stands on. How to add one:

    class Quotas(EventPage):                        # or OrganizerPage, Page
        read_permissions = ()                       # any one of these; () = seeing the event
        write_permissions = ("event.items:write",)  # for POST

        def get(self, request, **kwargs):
            return self.render("web/catalog/quotas/list.html", {"quotas": ...})

    class QuotaEdit(FormPage, EventPage):           # a form: GET shows it, POST sends it
        template = "web/catalog/quotas/edit.html"
        def form(self, *args): ...                  # (data, files) or nothing
        def send(self, form): ...                   # one service call; returns where to go

    class QuotaDelete(ConfirmPage, EventPage):      # asks first; POST does it

    routes = event_routes(path("quotas/", Quotas.as_view(), name="quotas"), ...)

``self.actor``, ``self.organizer`` and ``self.event`` are there when a handler runs. What the actor
may not see does not exist (404); what they may see and not do is a 403 that says so. Refusals that
services raise become a message at the form's field, or a page with the sentence.
Add the module to ``web.urls``, an entry to ``web.navigation`` if people should find it there, and a
row per route to ``tests/pagetable.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page as PageOfRows
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, URLPattern, path, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import User
from counterfoil.audit import services as audit
from counterfoil.audit.models import LogEntry
from counterfoil.audit.queries import history_of
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core.paging import LongPaginator
from counterfoil.core.refusals import Invalid, Refusal
from counterfoil.core.transactions import late_atomic
from counterfoil.ops.responses import RETRY_AFTER, status_of
from counterfoil.web.accounts.forms.account import SignIn
from counterfoil.web.framework import interrupted, navigation
from counterfoil.web.framework.addresses import own
from counterfoil.web.framework.moments import region_of, set_region

Needs = tuple[str, ...]

#: Rows of a list on one page.
ROWS = 50
ROWS_OFFERED = (25, 50, 100, 200)

#: Entries of a history that a page shows.
_ENTRIES = 20
_ASKING = frozenset({"GET", "HEAD"})


class Page(View):
    """A page for somebody who is signed in."""

    read_permissions: ClassVar[Needs] = ()
    write_permissions: ClassVar[Needs] = ()
    #: Whether anybody may see it: only pages that let people in.
    public: ClassVar[bool] = False

    #: What the history below the page is of: a kind of log entries, and the page's attribute.
    history: ClassVar[tuple[str, str] | None] = None

    actor: UserActor
    organizer: Organizer | None = None
    event: Event | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "\0" in request.path_info:  # no text column holds one; PostgreSQL fails on asking
            raise Http404
        if isinstance(request.user, User):
            self.actor = UserActor(request.user)
        elif not self.public:
            return self._sent_to_signin()
        return self._dispatched()

    def _sent_to_signin(self) -> HttpResponseBase:
        """Ask who it is. A page that looks again by itself is left, not given a form inside."""
        answer = redirect_to_login(self._way_back())
        if self.is_partial:
            return HttpResponse(headers={"HX-Redirect": answer["Location"]})
        if kept := interrupted.pack(self.request, self._way_back()):
            context = {"form": SignIn(), "interrupted": kept, "action": answer["Location"]}
            return self.render("web/accounts/account/signin.html", context)
        return answer

    def _way_back(self) -> str:
        """Return where to go after signing in: of what was sent, to the page it was sent from."""
        here = self.request.get_full_path()
        if self.request.method in _ASKING:
            return here
        return own(self.request, self.request.headers.get("Referer", ""), here)

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Lead on who comes to a button's address: after signing in, or in another language."""
        if request.method in _ASKING:
            return redirect(_above(request.path))
        return super().http_method_not_allowed(request, *args, **kwargs)

    def _dispatched(self) -> HttpResponseBase:
        # Put back what find_scope sets.
        with timezone.override(timezone.get_current_timezone()), region_of(self.request):
            try:
                self.find_scope()
                if not self.has_permission(self.needs()):
                    return self.refused(_("Your teams do not have permission for this."), 403)
                return super().dispatch(self.request, *self.args, **self.kwargs)
            except Refusal as refusal:
                return self.refused(str(refusal), status_of(refusal))

    def needs(self) -> Needs:
        """Return the permissions of which one is enough for this request."""
        return self.read_permissions if self.request.method in _ASKING else self.write_permissions

    def find_scope(self) -> None:
        """Find what the path names among what the actor may see.

        Raises:
            Http404: it is not there, or not for them.
        """

    def has_permission(self, needs: Needs) -> bool:
        """Tell whether the actor holds one of the permissions in the scope just found."""
        return not needs

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        """Show a template. It knows the page, whose ``event`` and ``organizer`` frame it."""
        known = {
            "page": self,
            "organizer": self.organizer,
            "event": self.event,
            "navigation": navigation.entries(self),
            "rows_offered": ROWS_OFFERED,
        }
        answer = render(self.request, template, {**known, **(context or {})}, status=status)
        if status == 503:
            answer["Retry-After"] = RETRY_AFTER
        return answer

    def past(self) -> list[LogEntry]:
        """Return what happened to what the page is about, newest first, as ``history`` says."""
        if self.history is None or self.organizer is None:
            return []
        kind, attribute = self.history
        row = getattr(self, attribute)
        return list(history_of(kind, row, organizer=self.organizer)[:_ENTRIES])

    def refused(self, sentence: Any, status: int) -> HttpResponse:
        """Say that the rules are against it."""
        context = {"sentence": sentence, "is_refused": True}
        page = self.render("web/refused.html", context, status=status)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            page["Retry-After"] = RETRY_AFTER
        return page

    def rows(self, found: QuerySet[Any], count: int | None = None) -> PageOfRows[Any]:
        """Return the page of a list that ``?page=`` names; odd numbers mean the nearest.

        ``?rows=`` is how many it shows, if that is offered. ``count`` is how many rows the list
        has, if that is known.
        """
        requested = self.asked("rows")
        size = int(requested) if requested in map(str, ROWS_OFFERED) else ROWS
        pages = LongPaginator(found, size, count=lambda: count)
        return pages.get_page(self.request.GET.get("page"))

    def in_order(
        self, found: QuerySet[Any], columns: Mapping[str, str], usual: str
    ) -> QuerySet[Any]:
        """Order a list by ``?sort=``, which names one of its columns, or ``-`` and one.

        ``columns`` maps names to fields; ``usual`` is the order without a parameter.
        """
        requested = self.asked("sort")
        name = requested.removeprefix("-") if requested.removeprefix("-") in columns else ""
        chosen = requested if name else usual
        sign = "-" if chosen.startswith("-") else ""
        return found.order_by(sign + columns[chosen.removeprefix("-")], sign + "pk")

    def asked(self, name: str) -> str:
        """Return what the query string says, without what no database takes."""
        return self.request.GET.get(name, "").replace("\0", "").strip()

    def go(self, name: str, *args: Any, said: Any = None) -> HttpResponse:
        """Go on to another page, where ``said`` is shown."""
        if said is not None:
            messages.success(self.request, said)
        return redirect(self.link(name, *args))

    def replaced_by(self, path: str) -> HttpResponse:
        """Answer htmx that another page takes the place of this one: Back does not return to it."""
        event = json.dumps({"page-replaced": {"path": path}})
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Trigger": event})

    def tell_printed(self, count: int) -> None:
        """Say how many tickets are out on paper with what has just been changed."""
        if count:
            words = ngettext(
                "%(count)d ticket has been printed with the old values. Paper does not change: "
                "print it again or tell its holder.",
                "%(count)d tickets have been printed with the old values. Paper does not change: "
                "print them again or tell their holders.",
                count,
            )
            messages.warning(self.request, words % {"count": count})

    def link(self, name: str, *args: Any) -> str:
        """Return the path of a page below the same organizer or event."""
        return reverse(f"web:{name}", args=[*self.scope_names(), *args])

    def scope_names(self) -> list[str]:
        return []

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return self.request.headers.get("HX-Request") == "true"

    def record(
        self, verb: str, obj: Model, *, kind: str, data: dict[str, Any] | None = None
    ) -> None:
        """Write down who did what, where the service does not."""
        audit.record(
            actor=self.actor,
            action=f"counterfoil.{kind}.{verb}",
            obj=obj,
            event=self.event,
            organizer=self.organizer,
            data=data,
        )


class OrganizerPage(Page):
    """A page below ``organizers/<organizer>/``."""

    organizer: Organizer

    def find_scope(self) -> None:
        found = self.actor.organizers().filter(slug=self.kwargs["organizer"]).first()
        if found is None:
            raise Http404
        self.organizer = found

    def has_permission(self, needs: Needs) -> bool:
        return not needs or any(
            self.actor.may_in_organizer(permission, self.organizer) for permission in needs
        )

    def scope_names(self) -> list[str]:
        return [self.organizer.slug]


class EventPage(OrganizerPage):
    """A page below ``organizers/<organizer>/events/<event>/``, in the event's time zone."""

    event: Event

    def find_scope(self) -> None:
        super().find_scope()
        found = self.actor.events(self.organizer).filter(slug=self.kwargs["event"]).first()
        if found is None:
            raise Http404
        found.organizer = self.organizer
        self.event = found
        timezone.activate(found.tz)
        set_region(found.region)

    def has_permission(self, needs: Needs) -> bool:
        return not needs or any(
            self.actor.may_in_event(permission, self.event) for permission in needs
        )

    def scope_names(self) -> list[str]:
        return [self.organizer.slug, self.event.slug]


class FormPage(Page):
    """GET shows a form, POST sends it. What the rules say stands at the field it is about."""

    template: ClassVar[str] = "web/form.html"
    #: Shown by the template ``web/form.html``.
    title: ClassVar[Any] = ""
    button: ClassVar[Any] = _("Save")

    def form(self, *sent: Any) -> BaseForm:
        """Return the form, filled with what was sent: (data, files), or nothing."""
        raise NotImplementedError

    def prepare(self, form: Any) -> None:
        """Do what takes long and needs no lock, before the transaction: nobody waits for it."""

    def send(self, form: Any) -> HttpResponseBase:
        """Do what a valid form asks for, and say where to go on. Runs in a transaction."""
        raise NotImplementedError

    def more(self) -> dict[str, Any]:
        """What else the template shows."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.shown(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.shown(form, status=422)
        try:
            self.prepare(form)
            with late_atomic():
                return self.send(form)
        except Refusal as refusal:
            _tell(form, refusal)
            return self.shown(form, status=422)

    def shown(self, form: BaseForm, *, status: int = 200) -> HttpResponse:
        known = {"form": form, "title": self.title, "button": self.button}
        return self.render(self.template, {**known, **self.more()}, status=status)


def _tell(form: BaseForm, refusal: Refusal) -> None:
    """Show a refusal at the fields that it names, or above the form."""
    problems = refusal.by_field if isinstance(refusal, Invalid) else {"": [str(refusal)]}
    for field, sentences in problems.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


class ConfirmPage(Page):
    """Asks whether something shall really be done; POST does it."""

    button: ClassVar[Any] = _("Delete")

    def question(self) -> Any:
        raise NotImplementedError

    def consequence(self) -> Any:
        """Say what it means, and what it does not."""
        return ""

    def back(self) -> str:
        """Return the path of where to go if not."""
        raise NotImplementedError

    def carry_out(self) -> HttpResponseBase:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.render("web/confirm.html", self._known())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        known = self._known()  # a row that was deleted, if only for a moment, cannot tell
        try:
            with late_atomic():
                return self.carry_out()
        except Refusal as refusal:
            told = {**known, "refusal": str(refusal)}
            return self.render("web/confirm.html", told, status=status_of(refusal))

    def _known(self) -> dict[str, Any]:
        return {
            "question": self.question(),
            "consequence": self.consequence(),
            "button": self.button,
            "back": self.back(),
        }


def _above(path: str) -> str:
    """Return the path of the nearest page above one."""
    while True:
        path = path.rstrip("/").rpartition("/")[0] + "/"
        with suppress(Resolver404):
            if hasattr(getattr(resolve(path).func, "view_class", None), "get"):
                return path


def organizer_routes(*routes: URLPattern) -> list[URLPattern]:
    """Put routes below ``organizers/<organizer>/``."""
    return [_below("organizers/<str:organizer>/", route) for route in routes]


def event_routes(*routes: URLPattern) -> list[URLPattern]:
    """Put routes below ``organizers/<organizer>/events/<event>/``."""
    return [_below("organizers/<str:organizer>/events/<str:event>/", route) for route in routes]


def _below(prefix: str, route: URLPattern) -> URLPattern:
    return path(f"{prefix}{route.pattern}", route.callback, name=route.name)
