"""Links that let somebody do one thing once. Only their hashes are kept."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.models import OneTimeLink, User
from counterfoil.accounts.services import hash_token, new_secret
from counterfoil.core import clock
from counterfoil.core.refusals import Gone

Purpose = OneTimeLink.Purpose

#: For a link that goes from hand to hand: long enough for a night, no longer than needed.
PASSWORD_LIFETIME = timedelta(hours=24)


@transaction.atomic
def open_password_link(user: User) -> str:
    """Make a link for choosing a new password; return its secret. Older ones are dead."""
    return _open(Purpose.PASSWORD, user, PASSWORD_LIFETIME)


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
        Gone: it was used, replaced, or has expired; or it never was.
    """
    found = OneTimeLink.objects.select_related("user").filter(
        purpose=purpose, token_hash=hash_token(raw)
    )
    link = found.first()
    if link is None or (link.expires and link.expires <= clock.now()):
        raise Gone(_("This link works no longer. Ask for a new one."))
    return link


def use_link(link: OneTimeLink) -> None:
    """Use a link up. Of two who use it at once, one does.

    Raises:
        Gone: somebody was faster.
    """
    used, _rows = OneTimeLink.objects.filter(pk=link.pk).delete()
    if not used:
        raise Gone(_("This link was used already."))


def _open(purpose: str, user: User | None, lifetime: timedelta | None) -> str:
    raw = new_secret()
    OneTimeLink.objects.filter(purpose=purpose, user=user).delete()
    OneTimeLink.objects.filter(expires__lte=clock.now()).delete()
    expires = clock.now() + lifetime if lifetime else None
    OneTimeLink.objects.create(
        purpose=purpose, user=user, token_hash=hash_token(raw), expires=expires
    )
    return raw
