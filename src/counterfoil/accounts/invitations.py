"""Invitations into teams: a link, shown once, that goes from hand to hand."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts import rights
from counterfoil.accounts.models import Invitation, Team, User
from counterfoil.accounts.services import hash_token, new_secret
from counterfoil.core import clock
from counterfoil.core.refusals import Gone

LIFETIME = timedelta(days=7)


@transaction.atomic
def invite(*, team: Team, by: User, note: str = "") -> tuple[Invitation, str]:
    """Make an invitation; return it and its secret, which is kept nowhere.

    Raises:
        Forbidden: the team may do what the inviter may not.
    """
    rights.check_may_give(by, team.organizer, rights.rights_of(team))
    Invitation.objects.filter(expires__lte=clock.now()).delete()
    raw = new_secret()
    expires = clock.now() + LIFETIME
    made = Invitation.objects.create(
        team=team, note=note, token_hash=hash_token(raw), expires=expires
    )
    return made, raw


def find_invitation(raw: str) -> Invitation:
    """Find the invitation with this secret.

    Raises:
        Gone: it was used or revoked, or has expired; or it never was.
    """
    found = Invitation.objects.select_related("team__organizer").filter(
        token_hash=hash_token(raw), expires__gt=clock.now()
    )
    invitation = found.first()
    if invitation is None:
        raise Gone(_("This invitation works no longer. Ask for a new one."))
    return invitation


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Team:
    """Let somebody into the team. Of two who use the link at once, one gets in.

    Raises:
        Gone: it was used or revoked meanwhile.
    """
    revoke(invitation=invitation)
    invitation.team.members.add(user)
    return invitation.team


def revoke(*, invitation: Invitation) -> None:
    """Take an invitation back.

    Raises:
        Gone: it was used or revoked meanwhile.
    """
    gone, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    if not gone:
        raise Gone(_("This invitation was used or revoked already."))
