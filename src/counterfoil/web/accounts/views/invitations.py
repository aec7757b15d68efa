"""Invitations into a team: made and revoked by its managers, accepted by whoever holds the link."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.forms import Form as EmptyForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts import invitations
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import Invitation, User
from counterfoil.accounts.people import create_person
from counterfoil.audit import services as audit
from counterfoil.core import language
from counterfoil.web.accounts.forms.account import NewAccount
from counterfoil.web.accounts.forms.teams import InvitationForm
from counterfoil.web.accounts.sign_in import let_in, note
from counterfoil.web.accounts.views.teams import TeamPage
from counterfoil.web.framework.addresses import site_address
from counterfoil.web.framework.shown_once import shown_once
from counterfoil.web.framework.views import ConfirmPage, FormPage, organizer_routes


class InvitationAdd(FormPage, TeamPage):
    title = _("Invite a member")
    button = _("Create link")

    def form(self, *sent: Any) -> InvitationForm:
        return InvitationForm(*sent)

    def more(self) -> dict[str, Any]:
        return {"back": self.team_link()}

    def send(self, form: InvitationForm) -> HttpResponse:
        made, raw = invitations.invite(
            team=self.team, by=self.actor.user, note=form.cleaned_data["note"]
        )
        self.record("added", made, kind="invitation", data={"team": self.team.name})
        return shown_once(
            self,
            title=_("Invitation for %(name)s") % {"name": made.note},
            explanation=_(
                "Send this link yourself. The first person to open it joins the team. The "
                "link works once, expires after seven days and is shown only now."
            ),
            secret=site_address(self.request) + reverse("web:invitation", args=[raw]),
            back=self.team_link(),
        )


class InvitationRevoke(ConfirmPage, TeamPage):
    button = _("Revoke")

    invitation: Invitation

    def find_scope(self) -> None:
        super().find_scope()
        self.invitation = get_object_or_404(self.team.invitations, pk=self.kwargs["invitation"])

    def question(self) -> Any:
        return _("Revoke the invitation for %(name)s?") % {"name": self.invitation.note}

    def consequence(self) -> Any:
        return _("The link stops working immediately.")

    def back(self) -> str:
        return self.team_link()

    def carry_out(self) -> HttpResponse:
        self.record("revoked", self.invitation, kind="invitation", data={"team": self.team.name})
        invitations.revoke(invitation=self.invitation, by=self.actor.user)
        return self.go("team", self.team.pk, said=_("The invitation was revoked."))


class InvitationAccept(FormPage):
    """Lets whoever holds the link into the team, with a new account or their own."""

    public = True
    template = "web/accounts/teams/invitation.html"
    title = _("Invitation")

    invitation: Invitation

    def find_scope(self) -> None:
        self.invitation = invitations.find_invitation(self.kwargs["token"])

    def form(self, *sent: Any) -> BaseForm:
        return EmptyForm(*sent) if self._is_known() else NewAccount(*sent)

    def more(self) -> dict[str, Any]:
        team = self.invitation.team
        signin = f"{reverse('web:signin')}?next={self.request.path}"
        words = _("Join the team") if self._is_known() else _("Create account and join")
        return {"team": team, "inviter": team.organizer, "signin": signin, "button": words}

    def send(self, form: Any) -> HttpResponse:
        if self._is_known():
            return self._join(self.actor.user)
        user = create_person(**form.person(), locale=language.active_language())
        note(self.request, user, "added")
        self._join(user)
        return let_in(self.request, user)

    def _is_known(self) -> bool:
        return isinstance(self.request.user, User)

    def _join(self, user: User) -> HttpResponse:
        team = self.invitation.team
        audit.record(
            actor=UserActor(user),
            action="counterfoil.invitation.accepted",
            obj=self.invitation,
            organizer=team.organizer,
            data={"team": team.name, "member": user.email},
        )
        invitations.accept(invitation=self.invitation, user=user)
        words = _("You are now a member of “%(team)s”.") % {"team": team.name}
        return self.go("home", said=words)


routes = [
    *organizer_routes(
        path("teams/<int:team>/invitations/add/", InvitationAdd.as_view(), name="invitation-add"),
        path(
            "teams/<int:team>/invitations/<int:invitation>/revoke/",
            InvitationRevoke.as_view(),
            name="invitation-revoke",
        ),
    ),
    path("invitations/<str:token>/", InvitationAccept.as_view(), name="invitation"),
]
