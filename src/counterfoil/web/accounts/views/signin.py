"""Signing in and out, and the language of the pages.

Who has a second factor is let in after it; until then there is no session of theirs, only a note in
the visitor's that the password was right.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.views import LogoutView
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import translation
from django.utils.translation import check_for_language
from django.utils.translation import gettext_lazy as _
from django.views.i18n import set_language

from counterfoil.accounts import secondfactor
from counterfoil.accounts.models import User
from counterfoil.accounts.people import change_person
from counterfoil.core import clock
from counterfoil.web.accounts import password_checks
from counterfoil.web.accounts.forms.account import Code, refused_password
from counterfoil.web.accounts.forms.account import SignIn as SignInForm
from counterfoil.web.accounts.sign_in import in_language, let_in, note
from counterfoil.web.framework import interrupted
from counterfoil.web.framework.addresses import own
from counterfoil.web.framework.views import FormPage, Page

_PENDING = "password_was_right"
_PENDING_LIFETIME = timedelta(minutes=5)


class SignIn(FormPage):
    """Asks for e-mail address and password."""

    public = True
    template = "web/accounts/account/signin.html"
    title = _("Sign in")
    button = _("Sign in")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:  # not redirected, or Back could not get past this page
            to = own(request, self.asked("next"))
            return self.render("web/accounts/account/signed_in.html", {"to": to})
        return super().get(request, **kwargs)

    def more(self) -> dict[str, Any]:
        return {"interrupted": self.request.POST.get("interrupted", "")}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Not in a transaction: hashing takes its time, and failures must be counted."""
        form = SignInForm(request.POST)
        if not form.is_valid():
            return self.shown(form, status=422)
        with password_checks.admitted() as is_admitted:
            if not is_admitted:
                return self._too_many(form)
            user = authenticate(request, **form.cleaned_data)
        if not isinstance(user, User):
            return self._not_let_in(form)
        if secondfactor.is_enrolled(user):
            return self._ask_for_code(user)
        answer = let_in(request, user, self.asked("next"))
        return _kept_form(self, self.request.POST.get("interrupted", "")) or answer

    def form(self, *sent: Any) -> BaseForm:
        return SignInForm(*sent)

    def _too_many(self, form: SignInForm) -> HttpResponse:
        words = _("Too many people are signing in right now. Try again in a few seconds.")
        form.add_error(None, str(words))
        return self.shown(form, status=503)

    def _not_let_in(self, form: SignInForm) -> HttpResponse:
        """Say no, in the same words whether or not there is such an account."""
        locked_out = getattr(self.request, "axes_locked_out", False)
        known = User.objects.filter(email=form.cleaned_data["username"]).first()
        if known and not locked_out:  # a visitor must not be able to fill the log
            note(self.request, known, "signin_failed", known=False)
        words = _("The e-mail address or the password is wrong.")
        form.add_error(None, refused_password(self.request) if locked_out else str(words))
        return self.shown(form, status=422)

    def _ask_for_code(self, user: User) -> HttpResponse:
        self.request.session.cycle_key()
        self.request.session[_PENDING] = {
            "user": user.pk,
            "session_hash": user.get_session_auth_hash(),
            "until": (clock.now() + _PENDING_LIFETIME).timestamp(),
            "next": self.asked("next"),
            "interrupted": self.request.POST.get("interrupted", ""),
        }
        return redirect("web:signin-code")


def _kept_form(page: Page, text: str) -> HttpResponse | None:
    """Offer to send the form again that did not arrive because the session had ended."""
    kept = interrupted.unpack(text) if text else None
    if kept is None:
        return None
    with translation.override(page.request.user.locale):  # type: ignore[union-attr]
        answer = page.render("web/accounts/account/resend.html", {"kept": kept})
    return in_language(answer, page.request.user.locale)  # type: ignore[union-attr]


def locked_out(_request: HttpRequest, response: HttpResponse, _credentials: Any) -> HttpResponse:
    """Leave the page as it is, whose form says it; only the status tells programs to wait."""
    response.status_code = 429
    return response


class SignInCode(FormPage):
    """Asks for the second factor."""

    public = True
    template = "web/accounts/account/signin_code.html"
    title = _("Sign in: second step")
    button = _("Sign in")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.shown(self.form()) if self._pending() else redirect("web:signin")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, user = Code(request.POST), self._pending()
        if user is None:
            return redirect("web:signin")
        if not form.is_valid():
            return self.shown(form, status=422)
        if not secondfactor.verify(user=user, code=form.cleaned_data["code"]):
            return self._not_let_in(form, user)
        pending = request.session.pop(_PENDING)
        answer = let_in(request, user, pending["next"])
        return _kept_form(self, pending["interrupted"]) or answer

    def form(self, *sent: Any) -> BaseForm:
        return Code(*sent)

    def _pending(self) -> User | None:
        """Return who gave the right password just now, unless it was changed since."""
        pending = self.request.session.get(_PENDING)
        if pending is None or pending["until"] < clock.now().timestamp():
            return None
        user = User.objects.filter(pk=pending["user"], is_active=True).first()
        is_same = user and user.get_session_auth_hash() == pending["session_hash"]
        return user if is_same else None

    def _not_let_in(self, form: Code, user: User) -> HttpResponse:
        note(self.request, user, "code_refused", known=False)
        words = _(
            "This code is wrong. After several wrong codes you must wait before you try again."
        )
        form.add_error("code", str(words))
        return self.shown(form, status=422)


def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and of the account of whoever is signed in."""
    code = request.POST.get("language", "")
    user = request.user
    if isinstance(user, User) and code != user.locale and code and check_for_language(code):
        with transaction.atomic():
            change_person(user=user, fields={"locale": code})
            note(request, user, "changed")
    return set_language(request)


routes = [
    path("signin/", SignIn.as_view(), name="signin"),
    path("signin/code/", SignInCode.as_view(), name="signin-code"),
    path("signout/", LogoutView.as_view(next_page="web:signin"), name="signout"),
    path("language/", language, name="language"),
]
