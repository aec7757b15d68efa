"""Links for one action of one person, once. Only their hashes are stored."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts import team_permissions
from counterfoil.accounts.models import OneTimeLink, User
from counterfoil.accounts.services import hash_token, new_secret
from counterfoil.accounts.teams import MANAGING, check_may_reset
from counterfoil.catalog.models import Organizer
from counterfoil.core import clock
from counterfoil.core.refusals import Forbidden, Gone

Purpose = OneTimeLink.Purpose

#: For a link that goes from hand to hand: long enough for a night, no longer than needed.
PASSWORD_LIFETIME = timedelta(hours=24)


@transaction.atomic
def open_password_link(
    user: User, *, by: User | None = None, organizer: Organizer | None = None
) -> str:
    """Make a link for choosing a new password; return its secret. Older ones are dead.

    ``by`` is who made it for a member of a team in ``organizer``; None for the command line.

    Raises:
        Forbidden: the account reaches further than ``by`` does.
    """
    if by is not None and organizer is not None:
        check_may_reset(by=by, user=user, organizer=organizer)
    return _open(Purpose.PASSWORD, user, PASSWORD_LIFETIME, made_by=by, organizer=organizer)


@transaction.atomic
def open_start_link() -> str | None:
    """Make the link for the first account; return its secret, or None if there is an account.

    The one before is dead: the link of a start that somebody read long ago must not wait.
    """
    close_start_links()
    return None if User.objects.exists() else _open(Purpose.START, None, None)


def close_start_links() -> None:
    OneTimeLink.objects.filter(purpose=Purpose.START).delete()


def find_link(purpose: str, raw: str) -> OneTimeLink:
    """Find the link with this secret.

    Raises:
        Gone: it was used, replaced, or has expired; or its maker could not make it today; or it
            never was.
    """
    links = OneTimeLink.objects.select_related("user", "made_by", "organizer").filter(
        purpose=purpose, token_hash=hash_token(raw)
    )
    link = links.first()
    is_over = link is None or (link.expires is not None and link.expires <= clock.now())
    if link is None or is_over or not _maker_may_still_reset(link):
        raise Gone(_("This link works no longer. Ask for a new one."))
    return link


def use_link(link: OneTimeLink) -> None:
    """Use a link up. Of two who use it at once, one does.

    Raises:
        Gone: somebody was faster, or its maker could not make it today.
    """
    if not _maker_may_still_reset(link):
        raise Gone(_("This link works no longer. Ask for a new one."))
    used, _rows = OneTimeLink.objects.filter(pk=link.pk).delete()
    if not used:
        raise Gone(_("This link was used already."))


def _maker_may_still_reset(link: OneTimeLink) -> bool:
    """Tell whether its maker may reset this account today: rights of both change."""
    by, user, organizer = link.made_by, link.user, link.organizer
    if by is None or user is None or organizer is None:
        return True
    permissions = team_permissions.of_user(by, organizer)
    if not by.is_active or (team_permissions.ORGANIZER, MANAGING) not in permissions:
        return False
    try:
        check_may_reset(by=by, user=user, organizer=organizer)
    except Forbidden:
        return False
    return True


def _open(
    purpose: str, user: User | None, lifetime: timedelta | None, **maker: User | Organizer | None
) -> str:
    raw = new_secret()
    OneTimeLink.objects.filter(purpose=purpose, user=user).delete()
    OneTimeLink.objects.filter(expires__lte=clock.now()).delete()
    expires = clock.now() + lifetime if lifetime else None
    OneTimeLink.objects.create(
        purpose=purpose, user=user, token_hash=hash_token(raw), expires=expires, **maker
    )
    return raw
