"""The first account: who holds the link that the server printed makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.links import close_start_links, use_link
from counterfoil.accounts.models import OneTimeLink, User
from counterfoil.accounts.people import create_person
from counterfoil.accounts.teams import join_administrators
from counterfoil.catalog.models import Organizer
from counterfoil.catalog.services import create_organizer
from counterfoil.core.refusals import Gone


@transaction.atomic
def begin(
    *, link: OneTimeLink, person: Mapping[str, str], organizer: Mapping[str, Any] | None
) -> User:
    """Make the first account, with teams that may do everything.

    ``organizer`` is made; where ``apply`` made organizers already, it is None and they are led by
    this account.

    Raises:
        Gone: the link was used, or there is an account.
        Invalid: the password is too easy, or the organizer's slug is taken.
    """
    use_link(link)
    if User.objects.exists():
        raise Gone(_("There is an account already. Ask its owner for an invitation."))
    user = create_person(**person)
    if organizer is not None:
        create_organizer(fields=organizer)
    for each in Organizer.objects.order_by("pk"):
        join_administrators(user=user, organizer=each)
    close_start_links()
    return user
