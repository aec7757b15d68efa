"""What an authenticator app shows: RFC 6238 with HMAC-SHA-1, 30 seconds and 6 digits."""

from __future__ import annotations

import hashlib
import hmac
import time


def totp(key: str, *, later: int = 0) -> str:
    """Return the code of a hexadecimal key now, or some steps later."""
    counter = int(time.time()) // 30 + later
    digest = hmac.digest(bytes.fromhex(key), counter.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
