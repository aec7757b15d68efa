"""The second factor of one's own account: turned on with an app, turned off with the password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.accounts import secondfactor
from counterfoil.web.accounts.forms.account import Enrolment, OwnPassword
from counterfoil.web.accounts.sign_in import note
from counterfoil.web.framework.qrcode import drawn
from counterfoil.web.framework.views import FormPage

#: The key that is being set up waits here, so that the page shows the same code again.
_KEY = "second_factor_key"


class SecondFactor(FormPage):
    """Shows the key as a QR code, and asks for the code that the app makes of it."""

    template = "web/accounts/account/secondfactor.html"
    title = _("Second factor")
    button = _("Turn on")

    def form(self, *sent: Any) -> Enrolment:
        return Enrolment(*sent, request=self.request)

    def more(self) -> dict[str, Any]:
        user = self.actor.user
        if secondfactor.is_enrolled(user):
            return {"is_enrolled": True, "codes_left": secondfactor.codes_left(user)}
        key = self._key()
        label = _("QR code for your authenticator app")
        return {
            "is_enrolled": False,
            "qr": drawn(secondfactor.address_of(user, key), label),
            "typed_key": secondfactor.typed_key(key),
        }

    def send(self, form: Enrolment) -> HttpResponse:
        user = self.actor.user
        code = form.cleaned_data["code"]
        codes = secondfactor.enrol(user=user, key=self._key(), code=code)
        self.request.session.pop(_KEY, None)
        update_session_auth_hash(self.request, user)
        note(self.request, user, "secondfactor_on")
        return _codes_shown(self, codes)

    def _key(self) -> str:
        return str(self.request.session.setdefault(_KEY, secondfactor.new_key()))


class RecoveryCodes(FormPage):
    """Makes new recovery codes; the old ones are dead."""

    title = _("Create new recovery codes")
    button = _("Create new codes")

    def form(self, *sent: Any) -> OwnPassword:
        return OwnPassword(*sent, request=self.request)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("secondfactor")}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not secondfactor.is_enrolled(self.actor.user):
            return self.go("secondfactor")
        return super().get(request, **kwargs)

    def send(self, form: OwnPassword) -> HttpResponse:
        user = self.actor.user
        if not secondfactor.is_enrolled(user):
            return self.go("secondfactor")
        note(self.request, user, "recovery_codes_made")
        return _codes_shown(self, secondfactor.renew_codes(user=user))


class SecondFactorOff(FormPage):
    title = _("Turn off the second factor")
    button = _("Turn off")

    def form(self, *sent: Any) -> OwnPassword:
        return OwnPassword(*sent, request=self.request)

    def more(self) -> dict[str, Any]:
        return {"back": self.link("secondfactor")}

    def send(self, form: OwnPassword) -> HttpResponse:
        user = self.actor.user
        secondfactor.turn_off(user=user)
        update_session_auth_hash(self.request, user)
        note(self.request, user, "secondfactor_off")
        return self.go("account", said=_("The second factor was turned off."))


def _codes_shown(page: FormPage, codes: list[str]) -> HttpResponse:
    response = page.render("web/accounts/account/codes.html", {"codes": codes})
    response.headers["Cache-Control"] = "no-store"
    return response


routes = [
    path("account/secondfactor/", SecondFactor.as_view(), name="secondfactor"),
    path("account/secondfactor/codes/", RecoveryCodes.as_view(), name="secondfactor-codes"),
    path("account/secondfactor/off/", SecondFactorOff.as_view(), name="secondfactor-off"),
]
