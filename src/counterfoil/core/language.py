"""The language that is spoken just now: the reader's of a page, the asker's of a job."""

from __future__ import annotations

from django.utils.translation import get_language

from counterfoil.core.translated import DEFAULT_LANGUAGE


def active_language() -> str:
    """Return its code, as Django and translated texts write it: ``pt-br``."""
    return get_language() or DEFAULT_LANGUAGE


def locale() -> str:
    """Return its name as Babel writes it: ``pt_br``."""
    return active_language().replace("-", "_")
