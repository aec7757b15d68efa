from __future__ import annotations

import re

import pytest
from django.conf import LazySettings
from django.test import Client


@pytest.mark.parametrize("given", ["3f2c", "a.B-c_9", "0" * 64])
def test_a_sane_request_id_is_the_callers(given: str) -> None:
    assert Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", "<script>", "ümlaut"])
def test_another_request_id_is_ours(given: str) -> None:
    first = Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    second = Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]

    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/organizers/", "/nowhere"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(path: str) -> None:
    answer = Client().generic("POST", path, b"", CONTENT_LENGTH=str(13 * 1024 * 1024))

    assert (answer.status_code, answer.json()) == (413, {"detail": "The request is too large."})


def test_a_length_that_is_no_number_is_refused() -> None:
    assert Client().generic("POST", "/healthz", b"", CONTENT_LENGTH="-5").status_code == 400


def test_pages_tell_the_browser_what_they_never_do() -> None:
    page = Client().get("/api/v1/docs/")
    data = Client().get("/healthz")

    policy = page["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script>" not in page.content.decode()
    assert (page["X-Frame-Options"], page["Referrer-Policy"]) == ("DENY", "same-origin")
    assert page["X-Content-Type-Options"] == data["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in data


def test_with_https_everybody_is_sent_there_for_a_year(settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31536000

    plain = Client().get("/api/v1/docs/")
    safe = Client().get("/api/v1/docs/", secure=True)

    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/api/v1/docs/")
    assert safe["Strict-Transport-Security"] == "max-age=31536000"


def test_a_proxys_headers_are_believed_only_where_there_is_one(settings: LazySettings) -> None:
    claimed = {"X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https"}

    def address() -> str:
        request = Client().get("/healthz", headers=claimed).wsgi_request
        return f"{request.scheme}://{request.get_host()}"

    assert address() == "http://testserver"

    settings.USE_X_FORWARDED_HOST = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert address() == "https://localhost"
