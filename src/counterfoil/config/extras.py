"""What is installed only where a setting needs it: the extras of pyproject.toml."""

from __future__ import annotations

from importlib.util import find_spec

from counterfoil.core.environment import EnvironmentRefused

#: The modules of each extra that its settings use.
_MODULES = {
    "broker": ("celery",),
    "postgres": ("dj_database_url", "psycopg"),
    "s3": ("boto3", "storages"),
}


def require(extra: str, setting: str) -> None:
    """Make sure that an extra is installed.

    Raises:
        EnvironmentRefused: it is not; the message names it and the setting that needs it.
    """
    if any(find_spec(module) is None for module in _MODULES[extra]):
        raise EnvironmentRefused(
            f"{setting} needs more than is installed. Install counterfoil[{extra}], for example "
            f"with: pip install 'counterfoil[{extra}]'"
        )
