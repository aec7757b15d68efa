"""The broker that carries hints to workers on other hosts, if there is one."""

from __future__ import annotations

from counterfoil.config.extras import require
from counterfoil.core.environment import Environment, EnvironmentRefused

# Valkey speaks Redis' language; Celery knows it by that name only.
_SCHEMES = {
    "redis": "redis",
    "rediss": "rediss",
    "redis+socket": "redis+socket",
    "valkey": "redis",
    "valkeys": "rediss",
    "valkey+unix": "redis+socket",
    "amqp": "amqp",
    "amqps": "amqps",
}


def broker_url(environment: Environment) -> str:
    """Return the broker's address as Celery wants it, or an empty text: workers look for jobs.

    Raises:
        EnvironmentRefused: it is no kind of broker that we know, or Celery is not installed.
    """
    configured = environment.text("COUNTERFOIL_BROKER_URL")
    if not configured:
        return ""
    scheme, separator, rest = configured.partition("://")
    if not separator or scheme not in _SCHEMES:
        raise EnvironmentRefused(
            "COUNTERFOIL_BROKER_URL must begin with redis://, valkey:// or amqp://."
        )
    require("broker", "COUNTERFOIL_BROKER_URL")
    return f"{_SCHEMES[scheme]}://{rest}"
