"""Forms about accounts: sign-in, names, passwords, codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.accounts.models import User
from counterfoil.catalog.models import SLUG


def _password_input(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete})


class SignIn(forms.Form):
    username = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1000,
        strip=False,
        widget=_password_input("current-password"),
    )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()


class Code(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


class EnrolmentCode(Code):
    """The same where the code is the second thing on the page."""

    code = forms.CharField(
        label=gettext_lazy("Code from the app"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class NewPassword(forms.Form):
    """A password, typed twice. Whether it is good enough, the service says."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=1000,
        strip=False,
        help_text=gettext_lazy(
            "At least 10 characters. Several unrelated words are easy to remember."
        ),
        widget=_password_input("new-password"),
    )
    password_again = forms.CharField(
        label=gettext_lazy("Repeat new password"),
        max_length=1000,
        strip=False,
        widget=_password_input("new-password"),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, second = given.get("password"), given.get("password_again")
        if first and second and first != second:
            self.add_error("password_again", _("The passwords do not match."))
        return given


class NewAccount(NewPassword):
    """Who somebody is and how they will sign in."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("You use it to sign in. Counterfoil sends no e-mail."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    fullname = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order: tuple[str, ...] = ("fullname", "email", "password", "password_again")

    def __init__(self, *sent: Any) -> None:
        super().__init__(*sent)
        self.fields["password"].label = _("Password")
        self.fields["password_again"].label = _("Repeat password")

    def person(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("email", "fullname", "password")}


class Start(NewAccount):
    """The first account, and the first organizer unless there is one."""

    organizer = forms.CharField(
        label=gettext_lazy("Organizer name"),
        max_length=200,
        help_text=gettext_lazy("The club, theatre or company that runs the events."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    slug = forms.CharField(
        label=gettext_lazy("Short form"),
        required=False,
        max_length=50,
        validators=[SLUG],
        help_text=gettext_lazy(
            "Used in web addresses and cannot be changed later. Use letters, digits, dots "
            "and dashes. Leave empty to generate it from the name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order: tuple[str, ...] = ("organizer", "slug", *NewAccount.field_order)

    def __init__(self, *sent: Any, with_organizer: bool) -> None:
        super().__init__(*sent)
        if not with_organizer:
            del self.fields["organizer"], self.fields["slug"]

    def first_organizer(self) -> dict[str, str] | None:
        given = self.cleaned_data
        if "slug" not in given:
            return None
        slug = given["slug"] or slugify(given["organizer"])[:50].strip("-_") or "organizer"
        return {"name": given["organizer"], "slug": slug.replace("_", "-")}


class OwnPassword(forms.Form):
    """Asks for the password again, before something that a passer-by must not do.

    Wrong ones count like those at sign-in.
    """

    current_password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=1000,
        strip=False,
        widget=_password_input("current-password"),
    )

    def __init__(self, *sent: Any, request: HttpRequest) -> None:
        super().__init__(*sent)
        self.request = request

    def clean_current_password(self) -> str:
        password = str(self.cleaned_data["current_password"])
        check_own_password(self.request, password)
        return password


def check_own_password(request: HttpRequest, password: str) -> None:
    """Refuse a password that is not that of whoever is signed in.

    Raises:
        ValidationError: it is not, or there were too many wrong ones.
    """
    assert isinstance(request.user, User)  # noqa: S101 — only their own pages ask
    if authenticate(request, username=request.user.email, password=password) is None:
        raise ValidationError(refused_password(request), code="wrong")


def refused_password(request: HttpRequest) -> str:
    """Say why nobody was let in, the same whether or not there is such an account."""
    if getattr(request, "axes_locked_out", False):
        minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
        return _("Too many wrong passwords. Try again in %(minutes)d minutes.") % {
            "minutes": minutes
        }
    return _("This password is wrong.")


class Enrolment(EnrolmentCode, OwnPassword):
    """Turns the second factor on: not for a passer-by at an open session."""

    field_order = ("code", "current_password")


class PasswordChange(NewPassword, OwnPassword):
    field_order = ("current_password", "password", "password_again")


class Account(forms.Form):
    fullname = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("You use it to sign in. Counterfoil sends no e-mail."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    locale = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    current_password = forms.CharField(
        label=gettext_lazy("Password (needed to change the e-mail address)"),
        required=False,
        max_length=1000,
        strip=False,
        widget=_password_input("current-password"),
    )

    def __init__(self, *sent: Any, request: HttpRequest, **given: Any) -> None:
        super().__init__(*sent, **given)
        self.request = request

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        assert isinstance(self.request.user, User)  # noqa: S101 — only their own page asks
        if "email" in given and given["email"].lower() != self.request.user.email:
            self._check_password(given.get("current_password", ""))
        return given

    def _check_password(self, password: str) -> None:
        try:
            check_own_password(self.request, password)
        except ValidationError as problem:
            self.add_error("current_password", problem)

    def person(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("fullname", "email", "locale")}
