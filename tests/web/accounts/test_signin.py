"""Who is let in, and what they are told who are not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings

from codes import totp
from counterfoil.accounts import secondfactor
from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry
from makers import make_organizer, make_user

PASSWORD = "a quiet evening by the river"


@pytest.fixture
def ada(db: None) -> User:
    user = make_user(make_organizer(), email="ada@example.org", locale="de")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, password: str = PASSWORD, **given: Any) -> Any:
    path = given.pop("path", "/signin/")
    sent = {"username": given.pop("username", "ada@example.org"), "password": password}
    return client.post(path, sent, **given)


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


def test_the_right_password_lets_in(client: Client, ada: User) -> None:
    answer = sign_in(client, username=" ADA@example.org")

    assert answer.status_code == 302
    assert is_signed_in(client)
    entry = LogEntry.objects.get(action="counterfoil.user.signed_in")
    assert (entry.user, entry.data) == (ada, {"address": "127.0.0.1"})


def test_the_pages_speak_the_language_of_the_account(client: Client, ada: User) -> None:
    answer = sign_in(client)

    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"
    assert 'lang="de"' in client.get("/account/").content.decode()


def test_a_chosen_language_is_kept_with_the_account(client: Client, ada: User) -> None:
    sign_in(client)

    for _ in range(2):
        client.post("/language/", {"language": "en"})

    ada.refresh_from_db()
    assert ada.locale == "en"
    entry = LogEntry.objects.get(action="counterfoil.user.changed")  # the second changed nothing
    assert (entry.user, entry.object_id) == (ada, str(ada.pk))


@pytest.mark.parametrize("odd", ["xx", "", "\0", "x" * 300])
def test_an_odd_language_changes_nothing(client: Client, ada: User, odd: str) -> None:
    sign_in(client)

    assert client.post("/language/", {"language": odd}).status_code == 302
    ada.refresh_from_db()
    assert ada.locale == "de"


def test_who_was_sent_to_sign_in_gets_where_they_wanted(client: Client, ada: User) -> None:
    answer = sign_in(client, path="/signin/?next=/account/password/")

    assert answer["Location"] == "/account/password/"


def test_who_pressed_a_button_too_late_gets_back_to_its_page(client: Client, ada: User) -> None:
    button = "/organizers/hall/events/night/batches/1/print/"
    batch = "http://testserver/organizers/hall/events/night/batches/1/?page=2"

    sent = client.post(button, headers={"Referer": batch})["Location"]

    assert sign_in(client, path=sent)["Location"] == batch


@pytest.mark.parametrize("referer", ["", "https://example.org/", "//example.org/"])
def test_a_page_that_nobody_knows_is_not_gone_back_to(
    client: Client, ada: User, referer: str
) -> None:
    button = "/organizers/hall/events/night/batches/1/print/"

    sent = client.post(button, headers={"Referer": referer})["Location"]

    assert sign_in(client, path=sent)["Location"] == button


def test_nobody_is_led_to_another_site(client: Client, ada: User) -> None:
    answer = sign_in(client, path="/signin/?next=https://example.org/")

    assert answer["Location"] == "/"


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_the_no_does_not_tell_who_has_an_account(client: Client, ada: User, email: str) -> None:
    answer = sign_in(client, "wrong", username=email)

    assert answer.status_code == 422
    assert "is wrong" in answer.content.decode()
    assert LogEntry.objects.filter(action="counterfoil.user.signin_failed").count() == (
        email == ada.email
    )


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_who_guesses_must_wait_whether_or_not_there_is_an_account(
    client: Client, ada: User, email: str
) -> None:
    answers = [sign_in(client, "wrong", username=email) for _ in range(5)]

    assert answers[-1].status_code == 429
    locked = sign_in(client, username=email)
    assert locked.status_code == 429
    assert "Try again in 15 minutes" in locked.content.decode()
    assert not is_signed_in(client)


def test_only_the_guesser_waits(client: Client, ada: User) -> None:
    for _ in range(6):
        sign_in(client, "wrong")

    assert sign_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_visitor_cannot_choose_an_address(client: Client, ada: User) -> None:
    for number in range(5):
        sign_in(client, "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")

    assert sign_in(client, HTTP_X_FORWARDED_FOR="192.0.2.99").status_code == 429


def test_behind_a_proxy_its_word_counts(client: Client, ada: User, settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    for number in range(5):
        forged = f"203.0.113.{number}, 192.0.2.7"
        sign_in(client, "wrong", HTTP_X_FORWARDED_FOR=forged)

    assert sign_in(client, HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7").status_code == 429
    assert sign_in(client, HTTP_X_FORWARDED_FOR="192.0.2.8").status_code == 302


def test_guesses_from_one_network_of_ipv6_count_together(client: Client, ada: User) -> None:
    for number in range(5):
        sign_in(client, "wrong", REMOTE_ADDR=f"2001:db8:1:2::{number:x}")

    assert sign_in(client, REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in(client, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_being_let_in_forgets_the_wrong_ones(client: Client, ada: User) -> None:
    for _ in range(2):
        for _ in range(4):
            sign_in(client, "wrong")
        assert sign_in(client).status_code == 302


@pytest.mark.parametrize("sent", [{}, {"username": "\0", "password": "\0"}, {"username": "x"}])
def test_odd_forms_are_refused(client: Client, db: None, sent: dict[str, str]) -> None:
    assert client.post("/signin/", sent).status_code == 422


def test_who_is_switched_off_is_not_let_in(client: Client, ada: User) -> None:
    ada.is_active = False
    ada.save()

    assert sign_in(client).status_code == 422


def test_signing_out_needs_a_click(client: Client, ada: User) -> None:
    sign_in(client)

    assert client.get("/signout/").status_code == 405
    assert is_signed_in(client)
    assert client.post("/signout/").status_code == 302
    assert not is_signed_in(client)


def test_who_is_in_need_not_sign_in_and_gets_back_past_the_page(client: Client, ada: User) -> None:
    sign_in(client)

    page = client.get("/signin/?next=/account/")
    abroad = client.get("/signin/?next=https://example.org/")

    assert page.status_code == 200  # a redirect would lead forward again whenever Back is pressed
    assert 'href="/account/"' in page.content.decode()
    assert 'href="https://example.org' not in abroad.content.decode()


@pytest.mark.parametrize("has_factor", [False, True])
def test_a_form_that_came_after_the_session_had_ended_is_sent_after_signing_in(
    client: Client, ada: User, has_factor: bool
) -> None:
    base = f"/organizers/{ada.teams.get().organizer.slug}/channels/new/"
    sent = {"label_0": 'Kiosk "North"', "identifier": "kiosk", "old_password": "x"}

    asked = client.post(base, sent, headers={"Referer": f"http://testserver{base}"})
    kept = re.search(r'name="interrupted" value="([^"]+)"', asked.content.decode())
    assert kept is not None
    key = secondfactor.new_key()
    if has_factor:
        secondfactor.enrol(user=ada, key=key, code=totp(key, later=-1))
    wrong = client.post("/signin/", {"username": ada.email, "interrupted": kept[1]})
    answer = client.post(
        "/signin/", {"username": ada.email, "password": PASSWORD, "interrupted": kept[1]}
    )
    if has_factor:
        answer = client.post("/signin/code/", {"code": totp(key)})

    assert kept[1] in wrong.content.decode()
    page = answer.content.decode()
    assert "Sie sind wieder angemeldet" in page
    assert f'action="{base}"' in page
    assert 'name="label_0" value="Kiosk &quot;North&quot;"' in page
    assert 'name="identifier" value="kiosk"' in page
    assert "old_password" not in page


def test_a_form_that_somebody_made_up_is_not_sent(client: Client, ada: User) -> None:
    answer = sign_in(client)
    client.post("/signout/")
    forged = client.post(
        "/signin/", {"username": ada.email, "password": PASSWORD, "interrupted": "WyIvIl0:x:y"}
    )

    assert forged.status_code == answer.status_code == 302


@pytest.fixture
def key(ada: User) -> str:
    made = secondfactor.new_key()
    secondfactor.enrol(user=ada, key=made, code=totp(made, later=-1))
    return made


def test_a_password_alone_does_not_let_in_past_a_second_factor(
    client: Client, ada: User, key: str
) -> None:
    answer = sign_in(client, path="/signin/?next=/account/password/")

    assert answer["Location"] == "/signin/code/"
    assert not is_signed_in(client)
    assert client.get("/signin/code/").status_code == 200
    passed = client.post("/signin/code/", {"code": totp(key)})
    assert passed["Location"] == "/account/password/"
    assert is_signed_in(client)


def test_a_wrong_code_does_not_let_in(client: Client, ada: User, key: str) -> None:
    sign_in(client)

    answer = client.post("/signin/code/", {"code": "abc"})

    assert answer.status_code == 422
    assert not is_signed_in(client)
    assert LogEntry.objects.filter(action="counterfoil.user.code_refused").exists()


def test_a_code_without_a_password_is_worth_nothing(client: Client, ada: User, key: str) -> None:
    assert client.post("/signin/code/", {"code": totp(key)})["Location"] == "/signin/"


def test_the_second_step_ends_with_the_password(client: Client, ada: User, key: str) -> None:
    sign_in(client)
    ada.set_password("another evening by the river")
    ada.save()

    assert client.post("/signin/code/", {"code": totp(key)})["Location"] == "/signin/"
