"""The first account: the page behind the link that the server prints while there is none."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.firstrun import begin
from counterfoil.accounts.links import Purpose, find_link
from counterfoil.accounts.models import OneTimeLink
from counterfoil.catalog.models import Organizer
from counterfoil.web.forms.accounts import Start as StartForm
from counterfoil.web.page import FormPage
from counterfoil.web.signingin import let_in, note


class Start(FormPage):
    public = True
    template = "web/account/start.html"
    title = _("Welcome to Counterfoil")
    button = _("Begin")

    known: OneTimeLink

    def find_scope(self) -> None:
        self.known = find_link(Purpose.START, self.kwargs["token"])

    def form(self, *sent: Any) -> StartForm:
        return StartForm(*sent, with_organizer=not Organizer.objects.exists())

    def send(self, form: StartForm) -> HttpResponse:
        person = {**form.person(), "locale": get_language() or "en"}
        user = begin(link=self.known, person=person, organizer=form.first_organizer())
        note(self.request, user, "added")
        return let_in(self.request, user)


routes = [path("start/<str:token>/", Start.as_view(), name="start")]
