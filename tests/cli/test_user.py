"""Accounts by hand: links go from hand to hand, passwords never stand in a command."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner, Result

from codes import totp
from counterfoil.accounts import secondfactor
from counterfoil.accounts.links import Purpose, find_link
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.cli.main import main
from makers import make_organizer

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["user", *arguments])


def link_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.search(r"http://127\.0\.0\.1:8000/password/(\S+)/", result.output)
    assert found, result.output
    return found[1]


def test_an_account_is_made_and_its_password_chosen_by_a_link() -> None:
    organizer = make_organizer()

    raw = link_in(run("add", "Ada@example.org", "--name", "Ada", "--organizer", organizer.slug))

    user = User.objects.get(email="ada@example.org")
    assert find_link(Purpose.PASSWORD, raw).user == user
    assert not user.has_usable_password()
    assert user.teams.get().organizer == organizer
    assert LogEntry.objects.filter(action="counterfoil.user.added").exists()
    entry = LogEntry.objects.get(organizer=organizer)
    assert entry.action == "counterfoil.team.member_added"
    assert entry.data["member"] == "ada@example.org"


@pytest.mark.parametrize(
    "arguments",
    [("nobody",), ("ada@example.org", "--organizer", "nowhere"), ("taken@example.org",)],
)
def test_an_account_that_cannot_be_is_refused_in_a_sentence(arguments: tuple[str, ...]) -> None:
    User.objects.create(email="taken@example.org")

    result = run("add", *arguments)

    assert result.exit_code == 1
    assert result.output.startswith("counterfoil: ")
    assert User.objects.count() == 1


def test_a_new_password_is_chosen_by_a_link() -> None:
    user = User.objects.create(email="ada@example.org")

    assert find_link(Purpose.PASSWORD, link_in(run("reset", "ADA@example.org"))).user == user
    assert run("reset", "nobody@example.org").exit_code == 1


def test_a_lost_phone_is_forgotten_when_asked() -> None:
    user, key = User.objects.create(email="ada@example.org"), secondfactor.new_key()
    secondfactor.enrol(user=user, key=key, code=totp(key))

    run("reset", user.email)
    assert secondfactor.is_enrolled(user)
    run("reset", user.email, "--without-second-factor")

    assert not secondfactor.is_enrolled(user)


def test_an_account_that_exists_is_made_an_owner_again() -> None:
    organizer = make_organizer()
    user = User.objects.create(email="ada@example.org", is_active=False)

    result = run("add", "ada@example.org", "--organizer", organizer.slug)

    assert result.exit_code == 0, result.output
    user.refresh_from_db()
    assert user.is_active
    assert user.teams.get().all_organizer_permissions
    assert "counterfoil user reset ada@example.org" in result.output
