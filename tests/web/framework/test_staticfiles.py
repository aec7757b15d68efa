from __future__ import annotations

import gzip
import re

import pytest
from django.templatetags.static import static
from django.test import Client

from counterfoil.web.framework.static_version import FOLDER

MODULE = "web/js/editor/layout.js"


@pytest.mark.parametrize(
    "path", [MODULE, "web/css/base.css", "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"]
)
def test_browsers_may_keep_every_file_for_ever(client: Client, db: None, path: str) -> None:
    answer = client.get(static(path))

    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    answer.close()


def test_the_font_of_the_pages_is_sent_and_small(client: Client) -> None:
    answer = client.get(static("web/fonts/inter-latin.woff2"))

    content = answer.getvalue()
    assert answer["Content-Type"] == "font/woff2"
    assert content.startswith(b"wOF2")
    assert len(content) < 50_000


def test_addresses_name_the_edition() -> None:
    assert re.fullmatch(f"/static/[0-9a-f]{{12}}/{MODULE}", static(MODULE))


def test_modules_are_sent_without_their_comments(client: Client) -> None:
    answer = client.get(static(MODULE))

    content = answer.getvalue().decode()
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "/**" in (FOLDER / MODULE).read_text()
    assert "/**" not in content
    assert "export function move(" in content


@pytest.mark.parametrize("path", ["web/css/base.css", "web/logo.svg"])
def test_everything_else_is_sent_as_it_is(client: Client, path: str) -> None:
    assert client.get(static(path)).getvalue() == (FOLDER / path).read_bytes()


def test_whoever_takes_deflated_texts_gets_them(client: Client) -> None:
    plain = client.get(static(MODULE))
    deflated = client.get(static(MODULE), headers={"accept-encoding": "br, gzip"})

    content = deflated.getvalue()
    assert (deflated["Content-Encoding"], deflated["Vary"]) == ("gzip", "Accept-Encoding")
    assert int(deflated["Content-Length"]) == len(content) < int(plain["Content-Length"])
    assert gzip.decompress(content) == plain.getvalue()


def test_heads_have_no_body_and_nothing_can_be_sent_there(client: Client) -> None:
    head = client.head(static(MODULE))

    assert (head.status_code, head.getvalue()) == (200, b"")
    assert int(head["Content-Length"]) > 0
    assert client.post(static(MODULE)).status_code == 405


def test_other_editions_are_not_there(client: Client, db: None) -> None:
    assert client.get(f"/static/000000000000/{MODULE}").status_code == 404
