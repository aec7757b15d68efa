"""The second factor: codes of an app (TOTP, RFC 6238), and recovery codes for when it is lost.

django-otp keeps the keys, refuses a code that was used before, and makes whoever guesses wait
longer each time. Recovery codes are random, so a plain hash of them is enough; it keeps them from
whoever reads the database.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from counterfoil.accounts.models import User
from counterfoil.accounts.people import end_sessions
from counterfoil.core import characters
from counterfoil.core.refusals import Conflict, Invalid

CODES = 10
_GROUPS, _GROUP = 3, 4  # 59 bits in 12 letters
_STORED = 16  # characters that django-otp has room for: 80 bits of the hash


def is_enrolled(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def new_key() -> str:
    """Draw a key: 160 bits, as RFC 4226 (4, R6) recommends, in hexadecimal."""
    return secrets.token_hex(20)


def address_of(user: User, key: str) -> str:
    """Return the ``otpauth:`` address that apps read from a QR code."""
    return str(TOTPDevice(user=user, key=key).config_url)


def typed_key(key: str) -> str:
    """Return the key as apps let people type it: base 32, in groups of four."""
    text = base64.b32encode(bytes.fromhex(key)).decode().rstrip("=").lower()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@transaction.atomic
def enrol(*, user: User, key: str, code: str) -> list[str]:
    """Require the second factor from now on; return the recovery codes, which are not stored.

    All sessions end: whoever has one got in without the second factor.

    Raises:
        Conflict: it is required already.
        Invalid: the code is not the one that the app shows.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if is_enrolled(user):
        raise Conflict(_("The second factor is on already."))
    device = TOTPDevice(user=user, key=key, name="app", confirmed=True)
    if not device.verify_token(_plain(code)):
        raise Invalid({"code": [_("This is not the code that the app shows now.")]})
    end_sessions(user=user)
    return renew_codes(user=user)


@transaction.atomic
def renew_codes(*, user: User) -> list[str]:
    """Draw new recovery codes, which are not stored; the old ones no longer work."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [_random_code() for _number in range(CODES)]
    for code in codes:
        device.token_set.create(token=_fingerprint(code))
    return codes


@transaction.atomic
def verify(*, user: User, code: str) -> bool:
    """Tell whether this is the app's code of now, or a recovery code, which is then used up.

    Wrong ones count: each makes the next wait longer, and until then even a right one is refused.
    """
    plain = _plain(code)
    if plain.isdecimal() and len(plain) < _GROUPS * _GROUP:
        app = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        return app is not None and bool(app.verify_token(plain))
    codes = StaticDevice.objects.select_for_update().filter(user=user).first()
    return codes is not None and bool(codes.verify_token(_fingerprint(plain)))


def codes_left(user: User) -> int:
    device = StaticDevice.objects.filter(user=user).first()
    return device.token_set.count() if device else 0


@transaction.atomic
def turn_off(*, user: User) -> None:
    """Ask for the second factor no longer. All sessions end."""
    end_sessions(user=user)
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _random_code() -> str:
    text = get_random_string(_GROUPS * _GROUP, characters.TYPED)
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def _plain(code: str) -> str:
    return "".join(character for character in code.lower() if character.isalnum())


def _fingerprint(code: str) -> str:
    digest = hashlib.sha256(_plain(code).encode("utf-8", "replace")).digest()
    return base64.b32encode(digest).decode()[:_STORED].lower()
