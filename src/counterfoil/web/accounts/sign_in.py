"""What happens when somebody is let in: a session, the language of their account, a log entry."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import User
from counterfoil.audit import services as audit
from counterfoil.web.framework.addresses import address_of, own

_BACKEND = "django.contrib.auth.backends.ModelBackend"


def let_in(request: HttpRequest, user: User, to: str = "/") -> HttpResponse:
    """Sign somebody in whose password (and second factor) was right, and lead them on."""
    login(request, user, _BACKEND)
    note(request, user, "signed_in")
    return in_language(redirect(own(request, to)), user.locale)


def note(request: HttpRequest, user: User, verb: str, *, known: bool = True) -> None:
    """Write down what happened to an account; who did it is known once they are let in."""
    audit.record(
        actor=UserActor(user) if known else None,
        action=f"counterfoil.user.{verb}",
        obj=user,
        data={"address": address_of(request)},
    )


def in_language(response: HttpResponse, code: str) -> HttpResponse:
    """Have the pages in a language from now on, as the menu of languages does."""
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response
