"""The app's code lets in once; recovery codes when the app is lost; guessing makes one wait."""

from __future__ import annotations

import pytest
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from codes import totp
from counterfoil.accounts import secondfactor
from counterfoil.accounts.models import User
from counterfoil.core.refusals import Conflict, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ada@example.org", "a quiet evening by the river")


@pytest.fixture
def key() -> str:
    return secondfactor.new_key()


def test_it_is_on_when_the_app_has_the_key(user: User, key: str) -> None:
    codes = secondfactor.enrol(user=user, key=key, code=totp(key))

    assert secondfactor.is_enrolled(user)
    assert len(set(codes)) == secondfactor.CODES == secondfactor.codes_left(user)


def test_it_stays_off_when_the_code_is_wrong(user: User, key: str) -> None:
    with pytest.raises(Invalid):
        secondfactor.enrol(user=user, key=key, code="000000" if totp(key) != "000000" else "1")

    assert not secondfactor.is_enrolled(user)


def test_it_is_not_set_up_twice(user: User, key: str) -> None:
    secondfactor.enrol(user=user, key=key, code=totp(key))

    with pytest.raises(Conflict):
        secondfactor.enrol(user=user, key=key, code=totp(key, later=1))


def test_a_code_works_once(user: User, key: str) -> None:
    secondfactor.enrol(user=user, key=key, code=totp(key))

    assert not secondfactor.verify(user=user, code=totp(key))  # it was used to set it up


def test_the_next_code_lets_in(user: User, key: str) -> None:
    secondfactor.enrol(user=user, key=key, code=totp(key))

    assert secondfactor.verify(
        user=user, code=f" {totp(key, later=1)[:3]} {totp(key, later=1)[3:]}"
    )


def test_a_recovery_code_works_once_however_it_is_typed(user: User, key: str) -> None:
    code = secondfactor.enrol(user=user, key=key, code=totp(key))[0]

    assert secondfactor.verify(user=user, code=code.replace("-", " ").upper())
    assert not secondfactor.verify(user=user, code=code)
    assert secondfactor.codes_left(user) == secondfactor.CODES - 1


def test_recovery_codes_are_kept_nowhere(user: User, key: str) -> None:
    codes = secondfactor.enrol(user=user, key=key, code=totp(key))

    stored = str(StaticToken.objects.values())

    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_new_recovery_codes_end_the_old_ones(user: User, key: str) -> None:
    old = secondfactor.enrol(user=user, key=key, code=totp(key))

    new = secondfactor.renew_codes(user=user)

    assert secondfactor.verify(user=user, code=new[0])
    assert not secondfactor.verify(user=user, code=old[0])


def test_after_a_wrong_code_even_a_right_one_must_wait(user: User, key: str) -> None:
    secondfactor.enrol(user=user, key=key, code=totp(key))
    right = totp(key, later=1)
    for _ in range(8):  # by then it is minutes
        TOTPDevice.objects.update(throttling_failure_timestamp=None)
        secondfactor.verify(user=user, code=totp(key, later=100))

    assert not secondfactor.verify(user=user, code=right)


def test_it_is_off_when_it_was_turned_off(user: User, key: str) -> None:
    code = secondfactor.enrol(user=user, key=key, code=totp(key))[0]

    secondfactor.turn_off(user=user)

    assert not secondfactor.is_enrolled(user)
    assert secondfactor.codes_left(user) == 0
    assert not secondfactor.verify(user=user, code=code)


@pytest.mark.parametrize("odd", ["", "-", "٣٤٥٦٧٨", "\ud800", "9" * 40, "x" * 400])
def test_odd_codes_are_wrong_codes(user: User, key: str, odd: str) -> None:
    secondfactor.enrol(user=user, key=key, code=totp(key))

    assert not secondfactor.verify(user=user, code=odd)
