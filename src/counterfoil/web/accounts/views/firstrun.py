"""The first account: the page behind the link that the server prints while there is none."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.bootstrap import begin
from counterfoil.accounts.links import Purpose, find_link
from counterfoil.accounts.models import OneTimeLink, User
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Organizer
from counterfoil.core import language
from counterfoil.web.accounts.forms.account import Start as StartForm
from counterfoil.web.accounts.sign_in import let_in, note
from counterfoil.web.framework.views import FormPage


class Start(FormPage):
    public = True
    template = "web/accounts/account/start.html"
    title = _("Welcome to Counterfoil")
    button = _("Begin")

    known: OneTimeLink

    def find_scope(self) -> None:
        self.known = find_link(Purpose.START, self.kwargs["token"])

    def form(self, *sent: Any) -> StartForm:
        return StartForm(*sent, with_organizer=not Organizer.objects.exists())

    def send(self, form: StartForm) -> HttpResponse:
        person = {**form.person(), "locale": language.active_language()}
        first = form.first_organizer()
        user = begin(link=self.known, person=person, organizer=first)
        note(self.request, user, "added")
        for team in user.teams.select_related("organizer"):
            if first is not None:
                self._record(user, "organizer.added", team.organizer, team.organizer)
            self._record(user, "team.member_added", team, team.organizer)
        return let_in(self.request, user)

    def _record(self, user: User, did: str, obj: Model, organizer: Organizer) -> None:
        action = f"counterfoil.{did}"
        audit.record(actor=UserActor(user), action=action, obj=obj, organizer=organizer)


routes = [path("start/<str:token>/", Start.as_view(), name="start")]
