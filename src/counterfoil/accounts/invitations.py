"""Invitations to teams: a link that is shown once."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts import team_permissions
from counterfoil.accounts.models import Invitation, Team, User
from counterfoil.accounts.services import hash_token, new_secret
from counterfoil.accounts.teams import MANAGING
from counterfoil.core import clock
from counterfoil.core.refusals import Gone

LIFETIME = timedelta(days=7)


@transaction.atomic
def invite(*, team: Team, by: User, note: str = "") -> tuple[Invitation, str]:
    """Create an invitation; return it and its secret, which is not stored.

    Raises:
        Forbidden: the team may do what the inviter may not.
    """
    team_permissions.check_may_give(by, team.organizer, team_permissions.of_team(team))
    Invitation.objects.filter(expires__lte=clock.now()).delete()
    raw = new_secret()
    expires = clock.now() + LIFETIME
    invitation = Invitation.objects.create(
        team=team, invited_by=by, note=note, token_hash=hash_token(raw), expires=expires
    )
    return invitation, raw


def find_invitation(raw: str) -> Invitation:
    """Find the invitation with this secret.

    Raises:
        Gone: it was used or revoked, or has expired; or the inviter may no longer give what the
            team holds today; or it never was.
    """
    invitations = Invitation.objects.select_related("team__organizer", "invited_by").filter(
        token_hash=hash_token(raw), expires__gt=clock.now()
    )
    invitation = invitations.first()
    if invitation is None:
        raise Gone(_("This invitation works no longer. Ask for a new one."))
    _check_may_still_invite(invitation)
    return invitation


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Team:
    """Let somebody into the team. Of two who use the link at once, one gets in.

    Raises:
        Gone: it was used or revoked meanwhile, or the inviter may no longer invite.
    """
    _use_up(invitation)
    _check_may_still_invite(invitation)
    invitation.team.members.add(user)
    return invitation.team


def revoke(*, invitation: Invitation, by: User | None = None) -> None:
    """Take an invitation back. ``by`` is None for the operator.

    Raises:
        Forbidden: the team may do what ``by`` may not.
        Gone: it was used or revoked meanwhile.
    """
    team = invitation.team
    team_permissions.check_may_take(by, team.organizer, team_permissions.of_team(team))
    _use_up(invitation)


def _check_may_still_invite(invitation: Invitation) -> None:
    """Refuse a link whose maker could not make it today: the team or they changed since."""
    team, inviter = invitation.team, invitation.invited_by
    is_good = inviter is not None and inviter.is_active
    if is_good and inviter is not None:
        permissions = team_permissions.of_user(inviter, team.organizer)
        is_good = (
            team_permissions.ORGANIZER,
            MANAGING,
        ) in permissions and not team_permissions.missing_from(
            team_permissions.of_team(team), permissions
        )
    if not is_good:
        raise Gone(_("This invitation works no longer. Ask for a new one."))


def _use_up(invitation: Invitation) -> None:
    deleted, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    if not deleted:
        raise Gone(_("This invitation was used or revoked already."))
