"""API tokens of a team: shown once when they are made, and switched off for good."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts.models import APIToken
from counterfoil.accounts.teams import create_token, switch_token_off
from counterfoil.web.accounts.forms.teams import TokenForm
from counterfoil.web.accounts.views.teams import TeamPage
from counterfoil.web.framework.shown_once import shown_once
from counterfoil.web.framework.views import ConfirmPage, FormPage, organizer_routes


class TokenAdd(FormPage, TeamPage):
    title = _("New API token")
    button = _("Create token")

    def form(self, *sent: Any) -> TokenForm:
        return TokenForm(*sent)

    def more(self) -> dict[str, Any]:
        return {"back": self.team_link()}

    def send(self, form: TokenForm) -> HttpResponse:
        token, raw = create_token(
            team=self.team, by=self.actor.user, name=form.cleaned_data["name"]
        )
        self.record("added", token, kind="token", data={"team": self.team.name})
        return shown_once(
            self,
            title=_("Token “%(name)s”") % {"name": token.name},
            explanation=_(
                "Copy the token now. It is shown only once. Programs send it in the header "
                "“Authorization: Token …” and have the permissions of the team."
            ),
            secret=raw,
            back=self.team_link(),
        )


class TokenOff(ConfirmPage, TeamPage):
    button = _("Switch off")

    token: APIToken

    def find_scope(self) -> None:
        super().find_scope()
        self.token = get_object_or_404(self.team.tokens, pk=self.kwargs["token"])

    def question(self) -> Any:
        return _("Revoke the token “%(name)s”?") % {"name": self.token.name}

    def consequence(self) -> Any:
        return _("Programs that use this token lose access immediately. You cannot undo this.")

    def back(self) -> str:
        return self.team_link()

    def carry_out(self) -> HttpResponse:
        switch_token_off(token=self.token, by=self.actor.user)
        self.record("switched_off", self.token, kind="token", data={"team": self.team.name})
        return self.go("team", self.team.pk, said=_("The token was revoked."))


routes = organizer_routes(
    path("teams/<int:team>/tokens/add/", TokenAdd.as_view(), name="token-add"),
    path("teams/<int:team>/tokens/<int:token>/off/", TokenOff.as_view(), name="token-off"),
)
