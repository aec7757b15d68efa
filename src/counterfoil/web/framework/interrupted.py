"""Forms that were sent after the session had ended: kept until their sender has signed in.

Nothing of a visitor is stored. The form travels through the sign-in page as a signed text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest

_SALT = "counterfoil.interrupted"
_LIFETIME_S = 12 * 3600
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A form that did not arrive. ``fields`` are pairs, since a name may occur several times."""

    path: str
    page: str
    fields: list[tuple[str, str]]
    has_files: bool


def pack(request: HttpRequest, page: str) -> str:
    """Return what was sent as a text for a hidden field; empty if there is nothing to keep.

    ``page`` is where the form was. Passwords and files are left out.
    """
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    if not fields:
        return ""
    content = [request.get_full_path(), page, fields, bool(request.FILES)]
    text = signing.dumps(content, salt=_SALT, compress=True)
    return text if len(text) <= _LONGEST else ""


def unpack(text: str) -> Interrupted | None:
    """Return the form of such a text, or None if it is not ours or too old."""
    try:
        content: Any = signing.loads(text, salt=_SALT, max_age=_LIFETIME_S)
    except signing.BadSignature:
        return None
    path, page, fields, has_files = content
    return Interrupted(path, page, [(name, value) for name, value in fields], has_files)
