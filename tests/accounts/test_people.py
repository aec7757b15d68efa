from __future__ import annotations

import pytest

from counterfoil.accounts.bootstrap import begin
from counterfoil.accounts.links import Purpose, find_link, open_start_link
from counterfoil.accounts.models import OneTimeLink, User
from counterfoil.accounts.people import change_person, create_person, set_password
from counterfoil.catalog.models import Organizer
from counterfoil.core.refusals import Gone, Invalid
from makers import make_organizer

pytestmark = pytest.mark.django_db

PASSWORD = "a quiet evening by the river"
ADA = {"email": "Ada@Example.org", "fullname": "Ada", "password": PASSWORD}


def start_link() -> OneTimeLink:
    return find_link(Purpose.START, open_start_link() or "")


def test_addresses_are_one_in_any_letter_case() -> None:
    assert create_person(**ADA).email == "ada@example.org"

    with pytest.raises(Invalid):
        create_person(email="ADA@example.org")


@pytest.mark.parametrize("easy", ["short", "password1234", "ada@example.org", ""])
def test_easy_passwords_are_refused(easy: str) -> None:
    with pytest.raises(Invalid) as caught:
        create_person(**{**ADA, "password": easy})

    assert list(caught.value.problems) == ["password"]
    assert not User.objects.exists()


def test_another_address_must_be_free() -> None:
    create_person(**ADA)
    grace = create_person(email="grace@example.org")

    with pytest.raises(Invalid):
        change_person(user=grace, fields={"email": "ADA@example.org"})
    assert change_person(user=grace, fields={"email": "G@example.org"}).email == "g@example.org"


def test_without_a_password_nobody_signs_in() -> None:
    user = create_person(email="grace@example.org")

    assert not user.has_usable_password()
    set_password(user=user, password=PASSWORD)
    assert user.check_password(PASSWORD)


def test_the_first_account_leads_the_first_organizer() -> None:
    user = begin(link=start_link(), person=ADA, organizer={"name": "Hall", "slug": "hall"})

    organizer = Organizer.objects.get()
    assert organizer.sales_channels.get().identifier == "web"
    assert user.teams.get().all_organizer_permissions
    assert user.teams.get().organizer == organizer


def test_the_first_account_leads_what_a_file_declared() -> None:
    organizers = {make_organizer(), make_organizer()}

    user = begin(link=start_link(), person=ADA, organizer=None)

    assert {team.organizer for team in user.teams.all()} == organizers


def test_there_is_one_first_account() -> None:
    link = start_link()
    begin(link=link, person=ADA, organizer=None)

    with pytest.raises(Gone):
        begin(link=link, person={**ADA, "email": "eve@example.org"}, organizer=None)
    assert User.objects.count() == 1
