"""Tokens are shown once; only their hashes are kept."""

from __future__ import annotations

import pytest

from counterfoil.accounts import queries
from counterfoil.accounts.models import APIToken
from counterfoil.accounts.services import deactivate_token, hash_token, new_token
from makers import make_device, make_organizer, make_team

pytestmark = pytest.mark.django_db


def test_a_token_is_found_by_its_text_which_is_kept_nowhere() -> None:
    token, raw = new_token(make_team(make_organizer()), "Box office")

    assert queries.token_of(raw) == token
    assert queries.token_of(raw + "x") is None
    assert raw not in str(APIToken.objects.values())
    assert token.token_hash == hash_token(raw)


def test_no_two_tokens_are_alike() -> None:
    team = make_team(make_organizer())

    assert len({new_token(team, "x")[1] for _ in range(20)}) == 20


def test_a_token_that_was_switched_off_is_still_known() -> None:
    token, raw = new_token(make_team(make_organizer()), "x")

    deactivate_token(token)

    found = queries.token_of(raw)
    assert found is not None
    assert found.active is False


def test_a_device_is_found_by_its_token() -> None:
    device, header = make_device(make_organizer())

    assert queries.device_of(header.removeprefix("Device ")) == device
    assert queries.device_of("unknown") is None


def test_odd_texts_are_no_tokens() -> None:
    assert queries.token_of("\ud800") is None
    assert queries.token_of("") is None
