"""Alphabets of generated codes, and escapes for control characters.

Whoever can write a line break, or a terminal's escape sequence, into a log line can forge entries
and hide others.
"""

from __future__ import annotations

import re

#: Letters for what people read and type: none of them looks like another.
READ = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"
TYPED = "abcdefghjkmnpqrstuvwxyz23456789"

# C0 and C1 controls, DEL, Unicode's line and paragraph separators, marks and overrides of the
# direction of writing, and lone surrogates, which no stream can encode.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_controls(text: str) -> str:
    """Return the text with every control character as an escape, as ``\\n`` or ``\\u009b``.

    Escapes of this form are also right inside the strings of a JSON document.
    """
    return _CONTROL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT.get(character) or f"\\u{ord(character):04x}"
