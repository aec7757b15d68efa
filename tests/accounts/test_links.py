"""Links work once, for a while, and only their hashes are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.accounts.links import (
    Purpose,
    find_link,
    open_password_link,
    open_start_link,
    use_link,
)
from counterfoil.accounts.models import OneTimeLink
from counterfoil.core import clock
from counterfoil.core.refusals import Gone
from makers import make_organizer, make_user

pytestmark = pytest.mark.django_db


def test_a_link_is_found_by_its_secret_which_is_kept_nowhere() -> None:
    user = make_user(make_organizer())

    raw = open_password_link(user)

    assert find_link(Purpose.PASSWORD, raw).user == user
    assert raw not in str(OneTimeLink.objects.values())


def test_a_link_works_once() -> None:
    link = find_link(Purpose.PASSWORD, open_password_link(make_user(make_organizer())))

    use_link(link)

    with pytest.raises(Gone):
        use_link(link)


def test_a_new_link_ends_the_one_before() -> None:
    user = make_user(make_organizer())
    first = open_password_link(user)

    second = open_password_link(user)

    assert find_link(Purpose.PASSWORD, second)
    with pytest.raises(Gone):
        find_link(Purpose.PASSWORD, first)


def test_an_old_link_works_no_longer() -> None:
    raw = open_password_link(make_user(make_organizer()))
    OneTimeLink.objects.update(expires=clock.now() - timedelta(seconds=1))

    with pytest.raises(Gone):
        find_link(Purpose.PASSWORD, raw)


def test_a_link_serves_its_purpose_only() -> None:
    raw = open_password_link(make_user(make_organizer()))

    with pytest.raises(Gone):
        find_link(Purpose.START, raw)


def test_the_first_account_needs_no_invitation_and_the_second_does() -> None:
    first = open_start_link()
    again = open_start_link()
    assert first
    assert again

    with pytest.raises(Gone):
        find_link(Purpose.START, first)
    assert find_link(Purpose.START, again)

    make_user(make_organizer())
    assert open_start_link() is None
    with pytest.raises(Gone):
        find_link(Purpose.START, again)
