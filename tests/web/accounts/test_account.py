"""One's own account, and what a link can do to it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from codes import totp
from counterfoil.accounts import secondfactor
from counterfoil.accounts.links import open_password_link, open_start_link
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Organizer
from makers import make_organizer, make_user
from pageclient import signed_in

PASSWORD = "a quiet evening by the river"
OTHER = "another evening by the river"
TWICE = {"password": OTHER, "password_again": OTHER}
START = {
    "organizer": "City Hall",
    "slug": "hall",
    "fullname": "Ada",
    "email": "ada@example.org",
    **TWICE,
}


@pytest.fixture
def user(db: None) -> User:
    user = make_user(make_organizer(), email="ada@example.org", fullname="Ada")
    user.set_password(PASSWORD)
    user.save()
    return user


def changed(**given: str) -> dict[str, str]:
    return {"fullname": "Ada", "email": "ada@example.org", "locale": "en", **given}


def test_the_first_account_is_made_by_the_link(client: Client, db: None) -> None:
    path = f"/start/{open_start_link()}/"
    assert client.get(path).status_code == 200

    answer = client.post(path, START)

    assert answer["Location"] == "/"
    user = User.objects.get()
    assert user.password.startswith("argon2")
    assert client.get("/organizers/hall/").status_code == 200
    assert client.get(path).status_code == 410
    logged = LogEntry.objects.filter(organizer__slug="hall", user=user).order_by("pk")
    assert [entry.action for entry in logged] == [
        "counterfoil.organizer.added",
        "counterfoil.team.member_added",
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password_again": "x"}, "password_again"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"slug": "with space"}, "slug"),
        ({"email": "ada"}, "email"),
        ({"fullname": ""}, "fullname"),
    ],
)
def test_a_first_account_that_is_wrong_can_be_corrected(
    client: Client, db: None, wrong: dict[str, str], field: str
) -> None:
    path = f"/start/{open_start_link()}/"

    answer = client.post(path, {**START, **wrong})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Organizer.objects.exists()
    assert client.post(path, START).status_code == 302


@pytest.mark.parametrize(
    ("name", "slug"), [("Théâtre du Nord_", "theatre-du-nord"), ("東京", "organizer")]
)
def test_the_short_form_is_made_from_the_name(
    client: Client, db: None, name: str, slug: str
) -> None:
    client.post(f"/start/{open_start_link()}/", {**START, "organizer": name, "slug": ""})

    assert Organizer.objects.get().slug == slug


def test_an_organizer_that_is_there_is_not_made_again(client: Client, db: None) -> None:
    organizer = make_organizer()
    path = f"/start/{open_start_link()}/"

    assert "organizer" not in client.get(path).context["form"].fields
    client.post(path, START)

    assert User.objects.get().teams.get().organizer == organizer


@pytest.mark.parametrize("path", ["/start/x/", "/password/x/", "/invitations/x/"])
def test_links_that_work_no_longer_say_so(client: Client, db: None, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410


def test_name_and_language_are_changed(user: User) -> None:
    answer = signed_in(user).post("/account/", changed(fullname="Ada L.", locale="de"))

    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.fullname, user.locale) == ("Ada L.", "de")


def test_another_address_asks_for_the_password(user: User) -> None:
    pages = signed_in(user)
    wanted = changed(email="a@example.org")

    assert pages.post("/account/", wanted).status_code == 422
    assert pages.post("/account/", {**wanted, "current_password": "x"}).status_code == 422
    assert pages.post("/account/", {**wanted, "current_password": PASSWORD}).status_code == 302
    user.refresh_from_db()
    assert user.email == "a@example.org"


def test_another_address_must_be_free(user: User) -> None:
    other = make_user(make_organizer(), email="g@example.org")
    wanted = changed(email=other.email, current_password=PASSWORD)

    answer = signed_in(user).post("/account/", wanted)

    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors


def test_a_new_password_ends_all_other_sessions(user: User) -> None:
    here, elsewhere = signed_in(user), signed_in(user)

    answer = here.post("/account/password/", {"current_password": PASSWORD, **TWICE})

    assert answer.status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(OTHER)
    assert LogEntry.objects.filter(action="counterfoil.user.password_changed").exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"current_password": "wrong", **TWICE},
        {"current_password": PASSWORD, "password": "short", "password_again": "short"},
        {"current_password": PASSWORD, "password": OTHER, "password_again": "x"},
        {},
    ],
)
def test_a_password_is_not_changed_by_less(user: User, sent: dict[str, str]) -> None:
    assert signed_in(user).post("/account/password/", sent).status_code == 422

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_passer_by_cannot_guess_the_password_for_long(user: User) -> None:
    pages = signed_in(user)
    for _ in range(5):
        pages.post("/account/password/", {"current_password": "wrong", **TWICE})

    answer = pages.post("/account/password/", {"current_password": PASSWORD, **TWICE})

    assert answer.status_code == 429


def test_a_link_lets_choose_a_password_once(client: Client, user: User) -> None:
    elsewhere = signed_in(user)
    path = f"/password/{open_password_link(user)}/"
    assert "ada@example.org" in client.get(path).content.decode()

    assert client.post(path, {**TWICE, "password_again": "x"}).status_code == 422
    assert client.post(path, TWICE)["Location"] == "/signin/"

    user.refresh_from_db()
    assert user.check_password(OTHER)
    assert elsewhere.get("/account/").status_code == 302
    assert client.post(path, TWICE).status_code == 410


def test_who_chose_a_password_by_a_link_need_not_wait_for_earlier_wrong_ones(
    client: Client, user: User
) -> None:
    guess = {"username": user.email, "password": "wrong"}
    assert [client.post("/signin/", guess).status_code for _ in range(5)][-1] == 429

    client.post(f"/password/{open_password_link(user)}/", TWICE)

    assert client.post("/signin/", {**guess, "password": OTHER}).status_code == 302


def test_the_account_tells_what_happened_to_it(user: User) -> None:
    pages = signed_in(user)
    pages.post("/account/password/", {"current_password": PASSWORD, **TWICE})

    page = pages.get("/account/").content.decode()

    assert "Password changed" in page
    assert "127.0.0.1" in page


def key_on(page: str) -> str:
    """The key that a page offers to be typed, in hexadecimal."""
    import base64

    found = re.search(r'class="secret">([a-z2-7 ]+)<', page)
    assert found
    return base64.b32decode(found[1].replace(" ", "").upper()).hex()


def test_a_second_factor_is_set_up_with_its_app(user: User) -> None:
    pages, elsewhere = signed_in(user), signed_in(user)
    key = key_on(pages.get("/account/secondfactor/").content.decode())
    assert pages.post("/account/secondfactor/", {"code": totp(key)}).status_code == 422
    assert key_on(pages.get("/account/secondfactor/").content.decode()) == key

    sent = {"code": totp(key), "current_password": PASSWORD}
    answer = pages.post("/account/secondfactor/", sent)

    assert elsewhere.get("/account/").status_code == 302
    assert pages.get("/account/").status_code == 200
    assert secondfactor.is_enrolled(user)
    assert answer["Cache-Control"] == "no-store"
    code = answer.context["codes"][0]
    assert code in answer.content.decode()
    assert secondfactor.verify(user=user, code=code)
    assert "9 recovery codes" in pages.get("/account/secondfactor/").content.decode()


def test_turning_it_off_asks_for_the_password(user: User) -> None:
    key, path = secondfactor.new_key(), "/account/secondfactor/off/"
    secondfactor.enrol(user=user, key=key, code=totp(key))
    pages = signed_in(user)  # turning it on has ended all other sessions

    assert pages.post(path, {"current_password": "wrong"}).status_code == 422
    assert secondfactor.is_enrolled(user)
    assert pages.post(path, {"current_password": PASSWORD}).status_code == 302
    assert not secondfactor.is_enrolled(user)


def test_new_recovery_codes_ask_for_the_password(user: User) -> None:
    pages, path = signed_in(user), "/account/secondfactor/codes/"
    assert pages.get(path).status_code == 302  # there are none yet
    assert pages.post(path, {"current_password": PASSWORD}).status_code == 302
    key = secondfactor.new_key()
    old = secondfactor.enrol(user=user, key=key, code=totp(key))
    pages = signed_in(user)  # turning it on has ended all other sessions

    assert pages.post(path, {"current_password": "wrong"}).status_code == 422
    new = pages.post(path, {"current_password": PASSWORD}).context["codes"]

    assert not set(old) & set(new)
