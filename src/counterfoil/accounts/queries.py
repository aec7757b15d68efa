"""Whose token is this?"""

from __future__ import annotations

from counterfoil.accounts.models import APIToken, Device
from counterfoil.accounts.services import hash_token


def token_of(raw: str) -> APIToken | None:
    """Find a team's token, active or not, with the team it speaks for."""
    tokens = APIToken.objects.select_related("team__organizer")
    return tokens.filter(token_hash=hash_token(raw)).first()


def device_of(raw: str) -> Device | None:
    """Find the device that holds this token, revoked or not."""
    devices = Device.objects.select_related("organizer")
    return devices.filter(token_hash=hash_token(raw)).first()
