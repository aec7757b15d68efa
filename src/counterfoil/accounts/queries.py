"""Tokens by their text; names and languages of actors by their keys: ``user:3``, ``token:5``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from counterfoil.accounts.models import APIToken, Device, User
from counterfoil.accounts.services import hash_token
from counterfoil.core.translated import DEFAULT_LANGUAGE


def token_of(raw: str) -> APIToken | None:
    """Find a team's token, active or not, with the team it speaks for."""
    tokens = APIToken.objects.select_related("team__organizer")
    return tokens.filter(token_hash=hash_token(raw)).first()


def device_of(raw: str) -> Device | None:
    """Find the device that holds this token, revoked or not."""
    devices = Device.objects.select_related("organizer")
    return devices.filter(token_hash=hash_token(raw)).first()


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """Return the name behind each actor's key, in one query a kind; whoever is gone has none."""
    ids: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        kind, _, number = key.partition(":")
        if number.isdecimal():
            ids[kind].add(int(number))
    users = User.objects.in_bulk(ids["user"])
    tokens = APIToken.objects.in_bulk(ids["token"])
    devices = Device.objects.in_bulk(ids["device"])
    return {
        **{f"user:{pk}": user.fullname or user.email for pk, user in users.items()},
        **{f"token:{pk}": token.name for pk, token in tokens.items()},
        **{f"device:{pk}": device.name for pk, device in devices.items()},
    }


def language_of(key: str) -> str:
    """Return the language of an actor; English for programs."""
    kind, _, number = key.partition(":")
    if kind != "user" or not number.isdecimal():
        return DEFAULT_LANGUAGE
    user = User.objects.filter(pk=int(number)).only("locale").first()
    return user.locale if user else DEFAULT_LANGUAGE
