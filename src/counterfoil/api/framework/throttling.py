"""An optional limit on the requests of one credential, off unless COUNTERFOIL_RATE_LIMIT is set.

Counted in Django's default cache: per process, unless a shared cache is configured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from counterfoil.accounts.actors import Actor

if TYPE_CHECKING:  # REST framework reads this module while it makes its APIView
    from rest_framework.views import APIView


class PerCredential(SimpleRateThrottle):
    scope = "credential"

    def get_rate(self) -> str | None:
        return settings.RATE_LIMIT or None

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if request.auth is None:
            return None
        actor: Actor = request.auth  # type: ignore[assignment]
        return f"throttle:{actor.key}"
