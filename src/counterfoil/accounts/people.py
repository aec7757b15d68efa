"""Accounts of people: made, changed, their passwords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from counterfoil.accounts.models import OneTimeLink, User
from counterfoil.core.refusals import Invalid


@transaction.atomic
def create_person(
    *, email: str, fullname: str = "", password: str | None = None, locale: str = "en"
) -> User:
    """Make an account. Without a password nobody can sign in until one is chosen.

    Raises:
        Invalid: the address has an account already, or the password is too easy.
    """
    user = User(email=email.strip().lower(), fullname=fullname, locale=locale)
    _check_free(user)
    if password is not None:
        check_password(password, user)
    return User.objects.create_user(user.email, password, fullname=fullname, locale=locale)


@transaction.atomic
def change_person(*, user: User, fields: Mapping[str, Any]) -> User:
    """Change somebody's name, e-mail address or language.

    Raises:
        Invalid: the address is another account's.
    """
    for name, value in fields.items():
        setattr(user, name, value.strip().lower() if name == "email" else value)
    _check_free(user)
    user.save(update_fields=sorted(fields))
    return user


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """Give somebody another password. All their sessions end, and links for choosing one.

    Raises:
        Invalid: it is too easy.
    """
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    user.links.filter(purpose=OneTimeLink.Purpose.PASSWORD).delete()


def end_sessions(*, user: User) -> None:
    """End all sessions of somebody; the page at hand may renew its own afterwards."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def activate(*, user: User) -> bool:
    """Activate a deactivated account; return whether it was deactivated."""
    if user.is_active:
        return False
    user.is_active = True
    user.save(update_fields=["is_active"])
    return True


def check_password(password: str, user: User) -> None:
    """Refuse a password that is too easy to guess.

    Raises:
        Invalid: on ``password``.
    """
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Invalid({"password": problem.messages}) from None


def _check_free(user: User) -> None:
    if User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
        raise Invalid({"email": [_("There is an account with this e-mail address already.")]})
