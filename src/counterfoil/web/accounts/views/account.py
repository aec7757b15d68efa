"""One's own account: name, password, language; and choosing a password by a link."""

from __future__ import annotations

from typing import Any

from axes.utils import reset
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from counterfoil.accounts import people, secondfactor
from counterfoil.accounts.links import Purpose, find_link, use_link
from counterfoil.accounts.models import OneTimeLink, User
from counterfoil.audit.queries import entries_about
from counterfoil.web.accounts.forms.account import Account as AccountForm
from counterfoil.web.accounts.forms.account import NewPassword, PasswordChange
from counterfoil.web.accounts.sign_in import in_language, note
from counterfoil.web.framework.views import FormPage

_SHOWN = 10
_EVENTS = {
    "counterfoil.user.added": _("Account created"),
    "counterfoil.user.signed_in": _("Signed in"),
    "counterfoil.user.signin_failed": _("Sign-in failed: wrong password"),
    "counterfoil.user.code_refused": _("Sign-in failed: wrong code"),
    "counterfoil.user.changed": _("Account changed"),
    "counterfoil.user.password_changed": _("Password changed"),
    "counterfoil.user.password_link_made": _("Password reset link created"),
    "counterfoil.user.password_reset": _("Password reset with a link"),
    "counterfoil.user.secondfactor_on": _("Second factor turned on"),
    "counterfoil.user.secondfactor_off": _("Second factor turned off"),
    "counterfoil.user.recovery_codes_made": _("Recovery codes created"),
}


class Account(FormPage):
    """Who I am, what I am in, and what happened to my account lately."""

    template = "web/accounts/account/account.html"
    title = _("Your account")

    def form(self, *sent: Any) -> AccountForm:
        user = self.actor.user
        known = {"fullname": user.fullname, "email": user.email, "locale": user.locale}
        return AccountForm(*sent, request=self.request, initial=known)

    def send(self, form: AccountForm) -> HttpResponse:
        user = User.objects.get(pk=self.actor.user.pk)  # the page's own stays as it is if refused
        people.change_person(user=user, fields=form.person())
        note(self.request, user, "changed")
        with override(user.locale):
            messages.success(self.request, _("Your changes were saved."))
        return in_language(redirect("web:account"), user.locale)

    def more(self) -> dict[str, Any]:
        user = self.actor.user
        entries = entries_about(user)[:_SHOWN]
        return {
            "has_second_factor": secondfactor.is_enrolled(user),
            "teams": user.teams.select_related("organizer").order_by("organizer__name", "name"),
            "happened": [(each, _EVENTS.get(each.action, each.action)) for each in entries],
        }


class Password(FormPage):
    """Changes the password; all other sessions end."""

    title = _("Change your password")
    button = _("Change password")

    def form(self, *sent: Any) -> PasswordChange:
        return PasswordChange(*sent, request=self.request)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("account")}

    def send(self, form: PasswordChange) -> HttpResponse:
        user = self.actor.user
        people.set_password(user=user, password=form.cleaned_data["password"])
        note(self.request, user, "password_changed")
        update_session_auth_hash(self.request, user)
        return self.go(
            "account", said=_("Your password was changed. You were signed out everywhere else.")
        )


class PasswordReset(FormPage):
    """Lets whoever holds a link for it choose a new password. The second factor stays."""

    public = True
    template = "web/accounts/account/password_reset.html"
    title = _("Choose a password")
    button = _("Save password")

    known: OneTimeLink

    def find_scope(self) -> None:
        self.known = find_link(Purpose.PASSWORD, self.kwargs["token"])

    def form(self, *sent: Any) -> NewPassword:
        return NewPassword(*sent)

    def more(self) -> dict[str, Any]:
        return {"email": self.known.user.email if self.known.user else ""}

    def send(self, form: NewPassword) -> HttpResponse:
        user = self.known.user
        assert user is not None  # noqa: S101 — a link of this purpose is somebody's
        use_link(self.known)
        people.set_password(user=user, password=form.cleaned_data["password"])
        reset(username=user.email)  # whoever forgot it has tried, and need not wait any more
        note(self.request, user, "password_reset", known=False)
        return self.go("signin", said=_("Your password was saved. Sign in with it."))


routes = [
    path("account/", Account.as_view(), name="account"),
    path("account/password/", Password.as_view(), name="account-password"),
    path("password/<str:token>/", PasswordReset.as_view(), name="password-reset"),
]
