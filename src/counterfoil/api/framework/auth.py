"""Authenticate by the ``Authorization`` header. ``request.auth`` is the Actor.

Forms and texts are REST framework's, which clients see: an unknown scheme counts as no credentials,
``Token`` alone and ``Token a b`` are refused in its stock words.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from counterfoil.accounts import queries
from counterfoil.accounts.actors import Actor, DeviceActor, TokenActor, UserActor
from counterfoil.accounts.models import User


class DeviceRevoked(AuthenticationFailed):
    """Never translated: scanner apps compare it, and delete their data when they read it.

    It is a 401 also where others who fail to authenticate are told 403.
    """

    default_detail = "Device access has been revoked."
    auth_header = "Token"


Credentials = tuple[AnonymousUser, Actor]


class HeaderAuthentication(authentication.TokenAuthentication):
    """``Authorization: <keyword> <token>``, the keyword in any letter case."""

    def authenticate(self, request: Request) -> Credentials | None:
        # An idempotent request is authenticated twice; the token is looked up once.
        credentials: dict[str, Credentials | None] = request._request.__dict__.setdefault(
            "_actors", {}
        )
        if self.keyword not in credentials:
            credentials[self.keyword] = super().authenticate(request)
        return credentials[self.keyword]


class TokenAuthentication(HeaderAuthentication):
    """A team's token."""

    keyword = "Token"

    def authenticate_credentials(self, key: str) -> Credentials:
        token = queries.token_of(key)
        if token is None:
            raise AuthenticationFailed(_("Invalid token."))
        if not token.active:
            raise AuthenticationFailed(_("This token has been switched off."))
        return AnonymousUser(), TokenActor(token)


class DeviceAuthentication(HeaderAuthentication):
    """A scanner's token."""

    keyword = "Device"

    def authenticate_credentials(self, key: str) -> Credentials:
        device = queries.device_of(key)
        if device is None:
            raise AuthenticationFailed(_("Invalid token."))
        if device.initialized is None:
            raise AuthenticationFailed(_("This device has not been initialized."))
        if device.revoked:
            raise DeviceRevoked
        return AnonymousUser(), DeviceActor(device)


class PageAuthentication(authentication.SessionAuthentication):
    """Somebody signed in to our own pages, which call the API too. Checks the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        authenticated = super().authenticate(request)
        if authenticated is None or not isinstance(authenticated[0], User):
            return None
        return authenticated[0], UserActor(authenticated[0])
