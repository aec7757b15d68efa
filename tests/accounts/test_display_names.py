from __future__ import annotations

from typing import Any

import pytest

from counterfoil.accounts.actors import DeviceActor, TokenActor, UserActor
from counterfoil.accounts.queries import language_of, names_of
from makers import make_device, make_organizer, make_team, make_token, make_user

pytestmark = pytest.mark.django_db


def test_everybody_is_called_by_name() -> None:
    organizer = make_organizer()
    ada = UserActor(make_user(organizer, fullname="Ada"))
    nameless = UserActor(make_user(organizer, email="nameless@example.org"))
    token = TokenActor(make_token(make_team(organizer), name="Box office")[0])
    device = DeviceActor(make_device(organizer, name="North gate")[0])

    assert names_of([ada.key, nameless.key, token.key, device.key, ada.key]) == {
        ada.key: "Ada",
        nameless.key: "nameless@example.org",
        token.key: "Box office",
        device.key: "North gate",
    }


def test_who_is_gone_has_no_name(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert names_of(["user:99", "", "nonsense", "user:x", "user:²"]) == {}


def test_people_are_told_things_in_their_language_and_programs_in_english() -> None:
    organizer = make_organizer()
    german = UserActor(make_user(organizer, locale="de"))
    token = TokenActor(make_token(make_team(organizer))[0])

    told_in = [language_of(key) for key in (german.key, token.key, "user:99", "user:²", "")]

    assert told_in == ["de", "en", "en", "en", "en"]
