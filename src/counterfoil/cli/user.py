"""Accounts, for whoever runs the server: there is no mail that could send a link.

The links go to standard output. A password never stands in a command, which others can read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from counterfoil.core.setup import set_up
from counterfoil.ops.errors import Stop, readable_errors

if TYPE_CHECKING:
    from counterfoil.accounts.models import Team, User
    from counterfoil.catalog.models import Organizer


_BY = {"by": "command line"}


@click.group()
def user() -> None:
    """Create accounts and password reset links."""
    with readable_errors():
        set_up()


@user.command()
@click.argument("email")
@click.option("--name", default="", help="The person's name.")
@click.option("--organizer", "slug", help="Make the account an administrator of this organizer.")
def add(email: str, name: str, slug: str | None) -> None:
    """Create an account and print a link for choosing its password.

    With --organizer the account may exist already. It becomes an administrator of the organizer,
    even if the organizer has no administrator left.
    """
    from django.db import transaction

    from counterfoil.accounts.models import User
    from counterfoil.accounts.people import activate, create_person
    from counterfoil.accounts.teams import join_administrators

    with readable_errors(), transaction.atomic():
        _check_address(email)
        organizer = _organizer(slug) if slug else None
        existing = User.objects.filter(email=email.strip().lower()).first()
        if existing is None or organizer is None:
            account = create_person(email=email, fullname=name)
            _record(account, "added")
        else:
            account = existing
            if activate(user=account):
                _record(account, "activated")
        if organizer is not None:
            _record_membership(account, join_administrators(user=account, organizer=organizer))
        link = _password_link(account) if existing is None else None
    if link is not None:
        click.echo(f"Link for {account.email} to choose a password (valid for 24 hours): {link}")
    else:
        click.echo(
            f"{account.email} is now an administrator of {slug}. If the password is lost:"
            f" counterfoil user reset {account.email}"
        )


@user.command()
@click.argument("email")
@click.option(
    "--without-second-factor",
    is_flag=True,
    help="Also turn off the second factor, if phone and recovery codes are lost.",
)
def reset(email: str, *, without_second_factor: bool) -> None:
    """Print a password reset link that works once."""
    from django.db import transaction

    from counterfoil.accounts import secondfactor
    from counterfoil.accounts.models import User

    with readable_errors(), transaction.atomic():
        account = User.objects.filter(email=email.strip().lower()).first()
        if account is None:
            raise Stop(f"No account has the e-mail address {email}.")
        if without_second_factor:
            secondfactor.turn_off(user=account)
            _record(account, "secondfactor_off")
        link = _password_link(account)
    click.echo(f"Link for {account.email} to choose a new password (valid for 24 hours): {link}")


def _password_link(account: User) -> str:
    from counterfoil.accounts.links import open_password_link

    _record(account, "password_link_made")
    return f"{address()}/password/{open_password_link(account)}/"


def address() -> str:
    """Return where the pages are, as far as the settings tell."""
    from django.conf import settings

    base_url = settings.PUBLIC_URL or f"http://{settings.HOST}:{settings.PORT}"
    return str(base_url).rstrip("/")


def _check_address(email: str) -> None:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(email.strip())
    except ValidationError:
        raise Stop(f"{email!r} is not an e-mail address.") from None


def _organizer(slug: str) -> Organizer:
    from counterfoil.catalog.models import Organizer

    row = Organizer.objects.filter(slug=slug).first()
    if row is None:
        raise Stop(f"No organizer has the short form {slug!r}.")
    return row


def _record(account: User, verb: str) -> None:
    from counterfoil.audit import services as audit

    audit.record(actor=None, action=f"counterfoil.user.{verb}", obj=account, data=_BY)


def _record_membership(member: User, team: Team) -> None:
    from counterfoil.audit import services as audit

    audit.record(
        actor=None,
        action="counterfoil.team.member_added",
        obj=team,
        organizer=team.organizer,
        data={"member": member.email, **_BY},
    )
