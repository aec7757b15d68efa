"""Messages on their way to a real server: signed, in order, again after failures, one at a time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from pytest_django.fixtures import Settings

from counterfoil.accounts.actors import TokenActor
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Organizer
from counterfoil.core import clock
from counterfoil.webhooks.delivery import (
    PER_ORGANIZER,
    Dispatcher,
    deliver,
    forget_old,
    give_up_old,
)
from counterfoil.webhooks.models import Delivery, Notification, Webhook
from counterfoil.webhooks.queries import problem_of
from counterfoil.webhooks.sending import new_secret
from counterfoil.webhooks.services import renew_secret
from makers import make_delivery, make_organizer, make_team, make_token, make_webhook
from receiver import Receiver, answer, receiver

State = Delivery.State


@pytest.fixture(autouse=True)
def _loopback_is_allowed(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]


@pytest.fixture
def organizer(db: None) -> Organizer:
    return make_organizer()


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def webhook(organizer: Organizer, server: Receiver) -> Webhook:
    return make_webhook(organizer, target_url=server.address)


def sent(webhook: Webhook, **given: Any) -> Delivery:
    """Make a message, send it once, and return it as it stands then."""
    delivery = make_delivery(webhook, **given)
    deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_a_message_is_a_signed_post(webhook: Webhook, server: Receiver) -> None:
    server.answers(202, b"thank you")

    delivery = sent(webhook)

    (message,) = server.messages
    assert message.path == "/hook"
    assert message.payload == delivery.payload
    assert message.headers["Content-Type"] == "application/json"
    assert message.headers["Webhook-Id"] == str(delivery.pk)
    assert message.headers["Host"] == webhook.target_url.split("/")[2]
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    signed = f"{delivery.pk}.{message.headers['Webhook-Timestamp']}.".encode() + message.body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert message.headers["Webhook-Signature"] == f"v1,{expected}"
    assert (delivery.state, delivery.attempt) == (State.DELIVERED, 1)
    assert (delivery.status_code, delivery.response) == (202, "thank you")
    assert problem_of(delivery) == ""


def test_the_documented_check_takes_our_messages_and_no_others(
    webhook: Webhook, server: Receiver
) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    code = next(each for each in guide.split("```python\n") if "def is_genuine" in each)
    known: dict[str, Any] = {}
    exec(code.split("```")[0], known)  # as its readers copy it
    is_genuine = known["is_genuine"]

    sent(webhook)

    (message,) = server.messages
    late = {**message.headers, "Webhook-Timestamp": "1600000000"}
    assert is_genuine(webhook.secret, message.headers, message.body)
    assert not is_genuine(webhook.secret, message.headers, message.body + b" ")
    assert not is_genuine(new_secret(), message.headers, message.body)
    assert not is_genuine(webhook.secret, late, message.body)


def test_a_renewed_secret_signs_what_is_sent_from_then_on(
    webhook: Webhook, server: Receiver
) -> None:
    actor = TokenActor(make_token(make_team(webhook.organizer))[0])
    secret = renew_secret(webhook=webhook, actor=actor)

    sent(webhook)

    (message,) = server.messages
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{message.headers['Webhook-Id']}.{message.headers['Webhook-Timestamp']}."
    expected = hmac.digest(key, head.encode() + message.body, hashlib.sha256)
    assert message.headers["Webhook-Signature"] == "v1," + base64.b64encode(expected).decode()


def test_what_fails_waits_longer_each_time_and_its_webhook_rests(
    webhook: Webhook, server: Receiver
) -> None:
    server.answers(500, b"no")
    delivery = make_delivery(webhook)
    waits = []
    for _attempt in range(4):
        Delivery.objects.update(due=clock.now())
        deliver(delivery.pk)
        delivery.refresh_from_db()
        assert delivery.last_attempt is not None
        waits.append(delivery.due - delivery.last_attempt)

    assert [round(wait.total_seconds(), -1) for wait in waits] == [10, 30, 90, 270]
    assert (delivery.state, delivery.attempt, delivery.status_code) == (State.WAITING, 4, 500)
    assert problem_of(delivery) == "The server answered 500."
    webhook.refresh_from_db()
    assert webhook.failures == 4
    assert webhook.rests_until is not None


def test_a_success_ends_the_rest(webhook: Webhook, server: Receiver) -> None:
    server.answers(503)
    failed = sent(webhook)
    server.answers(200)
    Delivery.objects.update(due=clock.now())

    deliver(failed.pk)

    webhook.refresh_from_db()
    assert (webhook.failures, webhook.rests_until) == (0, None)
    assert Delivery.objects.get().state == State.DELIVERED


def test_a_message_whose_time_is_over_is_given_up(webhook: Webhook, server: Receiver) -> None:
    server.answers(500)
    over = clock.now() - timedelta(seconds=1)

    tried = sent(webhook, give_up_at=over)
    never_tried = make_delivery(webhook, give_up_at=over)
    in_time = make_delivery(webhook)
    give_up_old()

    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {
        tried.pk: State.FAILED,
        never_tried.pk: State.FAILED,
        in_time.pk: State.WAITING,
    }


def test_a_redirect_is_not_followed(webhook: Webhook, server: Receiver) -> None:
    with receiver() as other:
        server.answers(302, Location=other.address)
        delivery = sent(webhook)

        assert other.messages == []
    assert delivery.state == State.WAITING
    assert problem_of(delivery) == ("The server redirects (302), and redirects are not followed.")


def test_a_server_that_says_gone_switches_its_webhook_off(
    webhook: Webhook, server: Receiver
) -> None:
    server.answers(410)
    waiting = make_delivery(webhook)

    sent(webhook)
    deliver(waiting.pk)

    webhook.refresh_from_db()
    assert not webhook.enabled
    assert LogEntry.objects.get(action="counterfoil.webhook.changed").data["enabled"] is False
    assert len(server.messages) == 1
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED
    assert problem_of(waiting) == "The webhook was switched off."


def test_only_the_beginning_of_an_answer_is_kept(webhook: Webhook, server: Receiver) -> None:
    server.answers(200, b"\0\xff" + b"x" * 10_000_000)

    delivery = sent(webhook)

    assert delivery.state == State.DELIVERED
    assert delivery.response == "\ufffd\ufffd" + "x" * 1998


def test_a_server_that_dribbles_its_answer_is_left_when_the_time_is_over(
    webhook: Webhook, server: Receiver, settings: Settings
) -> None:
    settings.WEBHOOK_TIMEOUT_S = 1.0
    over = threading.Event()

    def dribble(handler: BaseHTTPRequestHandler) -> None:
        while not over.wait(0.2):
            handler.wfile.write(b"H")

    server.reply = dribble
    delivery = sent(webhook)
    over.set()

    assert delivery.state == State.WAITING
    assert problem_of(delivery) == "The server did not answer within 1 seconds."


def test_an_endless_body_does_not_undo_a_success(
    webhook: Webhook, server: Receiver, settings: Settings
) -> None:
    settings.WEBHOOK_TIMEOUT_S = 1.0
    over = threading.Event()

    def dribble(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.2):
            handler.wfile.write(b"x")

    server.reply = dribble
    delivery = sent(webhook)
    over.set()

    assert (delivery.state, delivery.status_code) == (State.DELIVERED, 200)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (b"this is not HTTP\r\n\r\n", "The server's answer is not HTTP."),
        (b"", "The connection failed."),
    ],
)
def test_what_is_no_answer_is_said(
    webhook: Webhook, server: Receiver, reply: bytes, words: str
) -> None:
    server.reply = lambda handler: (handler.wfile.write(reply), None)[1]

    assert problem_of(sent(webhook)) == words


def test_a_server_that_is_not_there_is_said(webhook: Webhook) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    webhook.target_url = f"http://127.0.0.1:{port}/"
    webhook.save()

    assert problem_of(sent(webhook)) == "The server refuses connections."


def test_a_name_that_nobody_knows_is_said(webhook: Webhook) -> None:
    webhook.target_url = "http://nowhere.invalid/"
    webhook.save()

    assert problem_of(sent(webhook)) == "The name of the server is not known."


# --- Where it connects -----------------------------------------------------------------------


def test_nothing_is_sent_to_a_private_address(
    webhook: Webhook, server: Receiver, settings: Settings
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []

    delivery = sent(webhook)

    assert server.messages == []
    assert problem_of(delivery).startswith("127.0.0.1 is not a public address.")


def test_a_name_that_answers_differently_the_next_time_leads_nowhere_else(
    webhook: Webhook, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the address that was checked is the one that is connected to."""
    port = int(webhook.target_url.split(":")[2].split("/")[0])
    webhook.target_url = f"http://rebind.example:{port}/hook"
    webhook.save()
    looked_up = []
    really = socket.getaddrinfo

    def rebinding(host: str, *rest: Any, **given: Any) -> Any:
        if host != "rebind.example":
            return really(host, *rest, **given)
        looked_up.append(host)
        return really("127.0.0.1" if len(looked_up) == 1 else "127.0.0.9", *rest, **given)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    first, second = sent(webhook), sent(webhook)

    assert [message.payload for message in server.messages] == [first.payload]
    assert server.messages[0].headers["Host"] == f"rebind.example:{port}"
    assert problem_of(second).startswith("127.0.0.9 is not a public address.")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of ``hooks.example``, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "hooks.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.mark.parametrize(
    ("name", "is_trusted", "arrives"),
    [
        ("hooks.example", True, True),
        ("hooks.example", False, False),
        ("other.example", True, False),
    ],
)
def test_a_certificate_must_be_trusted_and_of_the_name(
    webhook: Webhook,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    is_trusted: bool,
    arrives: bool,
) -> None:
    really = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **given: really(
            "127.0.0.1" if host.endswith(".example") else host, *rest, **given
        ),
    )
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    with receiver(tls=tls) as secure:
        webhook.target_url = secure.address.replace("127.0.0.1", name)
        webhook.save()
        delivery = sent(webhook)

        assert len(secure.messages) == int(arrives)
    assert problem_of(delivery).startswith("The server's certificate is not valid") is not arrives


# --- Who sends, and when -----------------------------------------------------------------------


def finished(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_sent_in_its_order(webhook: Webhook, server: Receiver) -> None:
    made = [make_delivery(webhook) for _number in range(5)]

    finished(Dispatcher().turn())

    assert [message.headers["Webhook-Id"] for message in server.messages] == [
        str(each.pk) for each in made
    ]


@pytest.mark.django_db(transaction=True)
def test_a_dead_server_costs_one_attempt_however_many_messages_wait(
    webhook: Webhook, server: Receiver
) -> None:
    server.answers(500)
    for _number in range(5):
        make_delivery(webhook)
    dispatcher = Dispatcher()

    finished(dispatcher.turn())
    finished(dispatcher.turn())

    assert len(server.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_a_slow_server_of_one_organizer_does_not_delay_another(
    webhook: Webhook, server: Receiver, organizer: Organizer
) -> None:
    """It holds two threads at most, however many webhooks and messages wait for it."""
    go_on = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        go_on.wait(60)
        answer(handler, 200)

    server.reply = slow
    for _number in range(10):
        make_delivery(make_webhook(organizer, target_url=server.address))
    dispatcher = Dispatcher()
    with receiver() as quick:
        stuck = dispatcher.turn()
        make_delivery(make_webhook(make_organizer(), target_url=quick.address))
        others = dispatcher.turn()
        finished(others)

        assert len(quick.messages) == 1
        assert (len(stuck), len(others)) == (PER_ORGANIZER, 1)
    go_on.set()
    finished(stuck)


@pytest.mark.django_db(transaction=True)
def test_no_more_than_so_many_are_sent_at_once(server: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_CONCURRENCY = 3
    go_on = threading.Event()
    server.reply = lambda handler: (go_on.wait(60), answer(handler, 200))[1]
    for _number in range(6):
        make_delivery(make_webhook(make_organizer(), target_url=server.address))
    dispatcher = Dispatcher()

    begun = [*dispatcher.turn(), *dispatcher.turn()]
    go_on.set()
    finished(begun)
    finished(dispatcher.turn())

    assert len(begun) == 3
    assert not Delivery.objects.filter(state=State.WAITING).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_sends_a_message(webhook: Webhook, server: Receiver) -> None:
    """Both have found it; who claims it sends it."""
    made = make_delivery(webhook)
    barrier = threading.Barrier(2)
    won = []

    def work() -> None:
        barrier.wait()
        won.append(deliver(made.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    finished(threads)

    assert len(server.messages) == 1
    assert sorted(won) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_writes_too_late_does_not_count(webhook: Webhook, server: Receiver) -> None:
    """It was thought dead, and another has begun the next attempt."""

    def reply_late(handler: BaseHTTPRequestHandler) -> None:
        Delivery.objects.update(attempt=2)
        connection.close()
        answer(handler, 200)

    server.reply = reply_late
    delivery = sent(webhook)

    assert (delivery.state, delivery.attempt) == (State.WAITING, 2)


def test_messages_are_forgotten_after_a_month_unless_they_wait(webhook: Webhook) -> None:
    old = clock.now() - timedelta(days=31)
    made = [make_delivery(webhook, state=state) for state in (State.DELIVERED, State.WAITING)]
    Notification.objects.update(created=old)
    recent = make_delivery(webhook, state=State.FAILED)

    forget_old()

    assert set(Delivery.objects.values_list("pk", flat=True)) == {made[1].pk, recent.pk}
    assert Notification.objects.count() == 2
