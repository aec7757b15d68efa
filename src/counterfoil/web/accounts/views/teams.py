"""Teams of an organizer: their rights and members."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts import team_permissions, teams
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.links import open_password_link
from counterfoil.accounts.models import Team, User
from counterfoil.accounts.permissions import EVENT_GROUPS, ORGANIZER_GROUPS, Group
from counterfoil.core import clock
from counterfoil.web.accounts.forms.teams import TeamForm
from counterfoil.web.accounts.sign_in import note
from counterfoil.web.framework.addresses import site_address
from counterfoil.web.framework.shown_once import shown_once
from counterfoil.web.framework.views import ConfirmPage, FormPage, OrganizerPage, organizer_routes

MANAGING = (teams.MANAGING,)


class TeamsPage(OrganizerPage):
    """A page for whoever manages the teams."""

    read_permissions = MANAGING
    write_permissions = MANAGING


class TeamPage(TeamsPage):
    """A page about one team."""

    team: Team

    def find_scope(self) -> None:
        super().find_scope()
        self.team = get_object_or_404(self.organizer.teams, pk=self.kwargs["team"])
        self.team.organizer = self.organizer

    def team_link(self) -> str:
        return self.link("team", self.team.pk)

    def go_on(self, name: str, *args: Any, said: Any) -> HttpResponse:
        """Go on to another page; home, if what was done has led the reader themselves out."""
        if UserActor(self.actor.user).may_in_organizer(teams.MANAGING, self.organizer):
            return self.go(name, *args, said=said)
        messages.success(self.request, said)
        return redirect("web:home")


class Teams(TeamsPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        found = self.organizer.teams.annotate(
            member_count=Count("members", distinct=True),
            token_count=Count("tokens", distinct=True),
            event_count=Count("limit_events", distinct=True),
        )
        found = self.in_order(found, {"name": "name", "members": "member_count"}, "name")
        return self.render("web/accounts/teams/list.html", {"rows": self.rows(found)})


class TeamDetail(TeamPage):
    """A team with its members, invitations and tokens."""

    history = ("team", "team")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        team = self.team
        known = {
            "team": team,
            "limit_events": team.limit_events.order_by("-date_from", "pk"),
            "event_rights": _in_words(EVENT_GROUPS, team.event_permissions),
            "organizer_rights": _in_words(ORGANIZER_GROUPS, team.organizer_permissions),
            "members": team.members.order_by("fullname", "email"),
            "invitations": team.invitations.filter(expires__gt=clock.now()).order_by("pk"),
            "tokens": team.tokens.order_by("-active", "name", "pk"),
        }
        return self.render("web/accounts/teams/detail.html", known)


def _in_words(groups: tuple[Group, ...], held: list[str]) -> list[Any]:
    return [label for _group, rights in groups for name, label in rights if name in held]


class _TeamForm(FormPage, OrganizerPage):
    template = "web/accounts/teams/edit.html"
    team: Team | None = None

    def form(self, *sent: Any) -> TeamForm:
        user = self.actor.user
        offered = frozenset(what for _where, what in team_permissions.of_user(user, self.organizer))
        events = self.actor.events(self.organizer)
        return TeamForm(*sent, team=self.team, offered=offered, events=events)

    def saved(self, form: TeamForm) -> Team:
        return teams.save_team(
            team=self.team,
            organizer=self.organizer,
            by=self.actor.user,
            fields=form.values(),
        )


class TeamAdd(_TeamForm, TeamsPage):
    title = _("New team")
    button = _("Create team")

    def more(self) -> dict[str, Any]:
        return {"back": self.link("teams")}

    def send(self, form: TeamForm) -> HttpResponse:
        team = self.saved(form)
        self.record("added", team, kind="team", data=form.logged())
        return self.go("team", team.pk, said=_("The team was created. You can now invite members."))


class TeamEdit(_TeamForm, TeamPage):
    title = _("Change team")
    team: Team

    def more(self) -> dict[str, Any]:
        return {"back": self.team_link()}

    def send(self, form: TeamForm) -> HttpResponse:
        team = self.saved(form)
        self.record("changed", team, kind="team", data=form.logged())
        return self.go_on("team", team.pk, said=_("The team was changed."))


class TeamDelete(ConfirmPage, TeamPage):
    def question(self) -> Any:
        return _("Delete the team “%(name)s”?") % {"name": self.team.name}

    def consequence(self) -> Any:
        return _(
            "Members keep their accounts but lose the permissions of this team. Its API "
            "tokens and invitations are deleted, and programs that use those tokens lose "
            "access."
        )

    def back(self) -> str:
        return self.team_link()

    def carry_out(self) -> HttpResponse:
        self.record("deleted", self.team, kind="team")
        teams.delete_team(team=self.team, by=self.actor.user)
        return self.go_on("teams", said=_("The team was deleted."))


class MemberPage(TeamPage):
    """A page about a member of a team."""

    member: User

    def find_scope(self) -> None:
        super().find_scope()
        self.member = get_object_or_404(self.team.members, pk=self.kwargs["member"])


class MemberRemove(ConfirmPage, MemberPage):
    button = _("Remove")

    def question(self) -> Any:
        known = {"person": self.member.fullname or self.member.email, "team": self.team.name}
        return _("Remove %(person)s from “%(team)s”?") % known

    def consequence(self) -> Any:
        return _("The account keeps the permissions of its other teams.")

    def back(self) -> str:
        return self.team_link()

    def carry_out(self) -> HttpResponse:
        teams.remove_member(team=self.team, member=self.member, by=self.actor.user)
        told = {"member": self.member.email}
        self.record("member_removed", self.team, kind="team", data=told)
        return self.go_on("team", self.team.pk, said=_("The member was removed."))


class MemberReset(ConfirmPage, MemberPage):
    """Makes a link by which a member chooses a new password: there is no mail that could."""

    button = _("Create link")

    def question(self) -> Any:
        person = self.member.fullname or self.member.email
        return _("Create a password reset link for %(person)s?") % {"person": person}

    def consequence(self) -> Any:
        return _(
            "Give the link to nobody else. Unless the account has a second factor, anyone "
            "who opens the link can take over the account. The old password works until "
            "a new one is set."
        )

    def back(self) -> str:
        return self.team_link()

    def carry_out(self) -> HttpResponse:
        raw = open_password_link(self.member, by=self.actor.user, organizer=self.organizer)
        told = {"member": self.member.email}
        self.record("password_link_made", self.team, kind="team", data=told)
        note(self.request, self.member, "password_link_made", known=False)
        return shown_once(
            self,
            title=_("Password reset link"),
            explanation=_("The link works once, expires after 24 hours and is shown only now."),
            secret=site_address(self.request) + reverse("web:password-reset", args=[raw]),
            back=self.team_link(),
        )


routes = organizer_routes(
    path("teams/", Teams.as_view(), name="teams"),
    path("teams/add/", TeamAdd.as_view(), name="team-add"),
    path("teams/<int:team>/", TeamDetail.as_view(), name="team"),
    path("teams/<int:team>/edit/", TeamEdit.as_view(), name="team-edit"),
    path("teams/<int:team>/delete/", TeamDelete.as_view(), name="team-delete"),
    path(
        "teams/<int:team>/members/<int:member>/remove/",
        MemberRemove.as_view(),
        name="member-remove",
    ),
    path(
        "teams/<int:team>/members/<int:member>/password/",
        MemberReset.as_view(),
        name="member-reset",
    ),
)
