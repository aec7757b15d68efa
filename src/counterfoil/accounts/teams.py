"""Teams: their rights, their members, their tokens."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts import team_permissions
from counterfoil.accounts.actors import Actor, TokenActor, UserActor
from counterfoil.accounts.models import APIToken, Team, User
from counterfoil.accounts.services import deactivate_token, new_token
from counterfoil.catalog import saving
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core.refusals import Conflict, Forbidden

MANAGING = "organizer.teams:write"
CREATING = "organizer.events:create"
ADMINISTRATORS = "Administrators"

_NEW: dict[str, Any] = {
    "all_events": False,
    "limit_events": (),
    "all_event_permissions": False,
    "event_permissions": (),
    "all_organizer_permissions": False,
    "organizer_permissions": (),
}


@transaction.atomic
def save_team(
    *, team: Team | None, organizer: Organizer, by: User, fields: Mapping[str, Any]
) -> Team:
    """Make or change a team. What it had may stay; what it gets or loses, ``by`` must hold.

    Raises:
        Invalid: an event is another organizer's.
        Forbidden: ``by`` does not hold a right that the team would get or lose.
        Conflict: nobody could manage the organizer's teams any more, or nobody had all rights.
    """
    _one_at_a_time(organizer)
    had_owner = _has_owner(organizer)
    team_permissions.check_limit(organizer, fields.get("limit_events", ()))
    before = team_permissions.fields_of(team) if team else _NEW
    old, new = (
        team_permissions.from_fields(before),
        team_permissions.from_fields({**before, **fields}),
    )
    team_permissions.check_may_give(by, organizer, team_permissions.missing_from(new, old))
    team_permissions.check_may_take(by, organizer, team_permissions.missing_from(old, new))
    saved = saving.write(team or Team(organizer=organizer), fields)
    if team is not None:
        _check_somebody_manages(organizer, had_owner=had_owner)
    return saved


def show_to_maker(*, actor: Actor, event: Event) -> None:
    """Let whoever made an event see it, even if their teams are limited to chosen events."""
    if isinstance(actor, TokenActor):
        makers = Team.objects.filter(pk=actor.token.team_id)
    elif isinstance(actor, UserActor):
        makers = actor.user.teams.filter(organizer=event.organizer_id)
    else:
        return
    for team in makers.filter(all_events=False):
        if team.all_organizer_permissions or CREATING in team.organizer_permissions:
            team.limit_events.add(event)


@transaction.atomic
def delete_team(*, team: Team, by: User | None = None) -> None:
    """Delete a team with its tokens and invitations. ``by`` is None for the operator.

    Raises:
        Forbidden: the team may do what ``by`` may not.
        Conflict: nobody could manage the organizer's teams any more, or nobody had all rights.
    """
    _one_at_a_time(team.organizer)
    had_owner = by is not None and _has_owner(team.organizer)  # the operator can restore one
    team_permissions.check_may_take(by, team.organizer, team_permissions.of_team(team))
    saving.delete(copy(team))  # if refused, the row at hand is still good
    _check_somebody_manages(team.organizer, had_owner=had_owner)


@transaction.atomic
def remove_member(*, team: Team, member: User, by: User | None = None) -> None:
    """Take somebody out of a team. Anybody may leave. ``by`` is None for the operator.

    Raises:
        Forbidden: the team may do what ``by`` may not.
        Conflict: nobody could manage the organizer's teams any more, or nobody had all rights.
    """
    _one_at_a_time(team.organizer)
    had_owner = by is not None and _has_owner(team.organizer)  # the operator can restore one
    if member != by:
        team_permissions.check_may_take(by, team.organizer, team_permissions.of_team(team))
    team.members.remove(member)
    _check_somebody_manages(team.organizer, had_owner=had_owner)


@transaction.atomic
def create_token(*, team: Team, by: User, name: str) -> tuple[APIToken, str]:
    """Create a token; return it and its text, which is not stored.

    Raises:
        Forbidden: the team may do what its maker may not.
    """
    team_permissions.check_may_give(by, team.organizer, team_permissions.of_team(team))
    return new_token(team, name)


@transaction.atomic
def switch_token_off(*, token: APIToken, by: User) -> None:
    """Switch a token off for good.

    Raises:
        Forbidden: the token may do what ``by`` may not.
    """
    team_permissions.check_may_take(by, token.team.organizer, team_permissions.of_team(token.team))
    deactivate_token(token)


@transaction.atomic
def join_administrators(*, user: User, organizer: Organizer) -> Team:
    """Put somebody into the organizer's team that may do everything; make it if there is none."""
    everything = {
        "all_events": True,
        "all_event_permissions": True,
        "all_organizer_permissions": True,
    }
    team = organizer.teams.filter(name=ADMINISTRATORS, **everything).order_by("pk").first()
    team = team or Team.objects.create(organizer=organizer, name=ADMINISTRATORS, **everything)
    team.members.add(user)
    return team


def check_may_reset(*, by: User, user: User, organizer: Organizer) -> None:
    """Refuse a link to somebody's account to who may do less than they.

    Raises:
        Forbidden: the account has permissions that the actor lacks.
    """
    if user.teams.exclude(organizer=organizer).exists():
        raise Forbidden(
            _(
                "This account belongs to other organizers too. Whoever runs the server can make"
                " the link: counterfoil user reset %(email)s"
            )
            % {"email": user.email}
        )
    team_permissions.check_may_give(by, organizer, team_permissions.of_user(user, organizer))


def _one_at_a_time(organizer: Organizer) -> None:
    """Two who remove each other at once would both see the other still there."""
    Organizer.objects.select_for_update().get(pk=organizer.pk)


def _has_owner(organizer: Organizer) -> bool:
    """Tell whether somebody can do everything, by one of their teams or by several together."""
    everywhere = organizer.teams.filter(all_events=True, all_event_permissions=True)
    owners = User.objects.filter(
        is_active=True, teams__in=organizer.teams.filter(all_organizer_permissions=True)
    )
    return owners.filter(pk__in=User.objects.filter(teams__in=everywhere).values("pk")).exists()


def _check_somebody_manages(organizer: Organizer, *, had_owner: bool) -> None:
    """Refuse to leave an organizer to people who could never give back what is lost."""
    if had_owner and not _has_owner(organizer):
        raise Conflict(
            _("Nobody would have all rights any more. Give them to somebody else first.")
        )
    teams = organizer.teams.filter(members__is_active=True).distinct()
    if not any(
        team.all_organizer_permissions or MANAGING in team.organizer_permissions for team in teams
    ):
        raise Conflict(_("Nobody could manage the teams any more. Let somebody else do it first."))
