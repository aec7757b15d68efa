"""Who is asking, by the ``Authorization`` header. ``request.auth`` is the Actor.

Forms and texts are REST framework's, which clients see: an unknown scheme counts as no credentials,
``Token`` alone and ``Token a b`` are refused in its stock words.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from counterfoil.accounts import queries
from counterfoil.accounts.actors import Actor, DeviceActor, TokenActor, UserActor
from counterfoil.accounts.models import User

Credentials = tuple[AnonymousUser, Actor]


class HeaderAuthentication(BaseAuthentication):
    """``Authorization: <keyword> <token>``, the keyword in any letter case."""

    keyword: ClassVar[str]

    def authenticate(self, request: Request) -> Credentials | None:
        raw = self._token_in(request)
        if raw is None:
            return None
        # An idempotent request is looked at twice; the token is asked for once.
        known: dict[str, Actor] = request._request.__dict__.setdefault("_actors", {})
        if self.keyword not in known:
            known[self.keyword] = self.actor_of(raw)
        return AnonymousUser(), known[self.keyword]

    def authenticate_header(self, request: Request) -> str:
        return self.keyword

    def actor_of(self, raw: str) -> Actor:
        """Return who holds this token.

        Raises:
            AuthenticationFailed: nobody does, or it was taken from them.
        """
        raise NotImplementedError

    def _token_in(self, request: Request) -> str | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword.lower().encode():
            return None
        if len(words) == 1:
            raise AuthenticationFailed(_("Invalid token header. No credentials provided."))
        if len(words) > 2:
            raise AuthenticationFailed(
                _("Invalid token header. Token string should not contain spaces.")
            )
        try:
            return words[1].decode()
        except UnicodeError:
            raise AuthenticationFailed(
                _("Invalid token header. Token string should not contain invalid characters.")
            ) from None


class TokenAuthentication(HeaderAuthentication):
    """A team's token."""

    keyword = "Token"

    def actor_of(self, raw: str) -> Actor:
        token = queries.token_of(raw)
        if token is None:
            raise AuthenticationFailed(_("Invalid token."))
        if not token.active:
            raise AuthenticationFailed(_("This token has been switched off."))
        return TokenActor(token)


class DeviceAuthentication(HeaderAuthentication):
    """A scanner's token."""

    keyword = "Device"

    def actor_of(self, raw: str) -> Actor:
        device = queries.device_of(raw)
        if device is None:
            raise AuthenticationFailed(_("Invalid token."))
        if device.initialized is None:
            raise AuthenticationFailed(_("This device has not been initialized."))
        if device.revoked:
            raise AuthenticationFailed(_("This device's access has been revoked."))
        return DeviceActor(device)


class PageAuthentication(SessionAuthentication):
    """Somebody signed in to our own pages, which call the API too. Checks the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        found = super().authenticate(request)
        if found is None or not isinstance(found[0], User):
            return None
        return found[0], UserActor(found[0])
