"""Create and revoke API tokens."""

from __future__ import annotations

import hashlib
import secrets

from counterfoil.accounts.models import APIToken, Team


def hash_token(raw: str) -> str:
    """Return what is stored of a token. A plain hash is enough for 256 random bits."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """Draw 256 random bits, in characters that fit into a header."""
    return secrets.token_urlsafe(32)


def new_token(team: Team, name: str) -> tuple[APIToken, str]:
    """Create a token with the team's permissions; return it and its text, which is not stored."""
    raw = new_secret()
    return APIToken.objects.create(team=team, name=name, token_hash=hash_token(raw)), raw


def deactivate_token(token: APIToken) -> None:
    """Revoke a token. Its hash stays, so that requests with it are told why they fail."""
    APIToken.objects.filter(pk=token.pk).update(active=False)
    token.active = False
