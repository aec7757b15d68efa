"""What people read is in their language: on pages, in refusals, in answers of the API."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from tools import messages

from apiclient import Api, at
from counterfoil.accounts.models import User
from counterfoil.catalog.models import Event
from makers import make_item, make_order, make_team, make_token
from pageclient import signed_in
from pagetable import ROUTES
from web.framework.test_access import methods_of, path_of

pytestmark = pytest.mark.django_db

#: What the rows of these tests are called, and what is the same word by chance.
_NAMES = frozenset({"Ticket"})


@pytest.fixture
def german(user: User) -> Client:
    """``user``'s browser, which asks for German pages."""
    client = signed_in(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    return client


@pytest.fixture(scope="module")
def english() -> frozenset[str]:
    """All sentences of the program that are others in German."""
    known = ((message.id, message.string) for message in messages.translations("de") if message.id)
    return frozenset(
        source for ids, texts in known for source in _each(ids) if source not in _each(texts)
    )


def _each(texts: Any) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


class _Texts(HTMLParser):
    """Collects what a page shows, piece by piece. Code and data stay as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "code", "kbd"}
        shown = {"aria-label", "placeholder", "title", "alt"}
        self.found |= {value for name, value in attrs if name in shown and value}

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "code", "kbd"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.add(" ".join(data.split()))


def _texts_of(page: str) -> set[str]:
    texts = _Texts()
    texts.feed(page)
    return texts.found


def _readable() -> list[str]:
    return [name for name in ROUTES if "get" in methods_of(name)]


@pytest.mark.parametrize("name", _readable())
def test_a_german_page_says_nothing_in_english(
    name: str, german: Client, event: Event, english: frozenset[str]
) -> None:
    answer = german.get(path_of(name, event))

    if answer.get("Content-Type", "").startswith("text/html"):
        assert _texts_of(answer.content.decode()) & english - _NAMES == set()
    elif answer.streaming:  # a file, which is closed when it has been sent
        assert b"".join(answer.streaming_content)


def test_a_german_page_has_german_menus_headings_and_labels(german: Client, base: str) -> None:
    page = german.get(f"{base}batches/new/").content.decode()

    assert '<html lang="de"' in page
    assert {"Bestellungen", "Verkaufskanal", "Anzahl"} <= {
        text.rstrip("* ") for text in _texts_of(page)
    }


def test_what_the_rules_refuse_is_said_in_german_on_a_page(
    german: Client, base: str, event: Event
) -> None:
    sold = make_order(event, items=[make_item(event)]).positions.get().item

    answer = german.post(f"{base}items/{sold.pk}/delete/", follow=True)

    assert "Dieses Produkt wurde verkauft, daher kann es nicht gelöscht werden." in (
        answer.content.decode()
    )


def test_the_api_refuses_in_german_under_the_same_keys(event: Event) -> None:
    item = make_item(event, quota=False)
    api = Api(make_token(make_team(event.organizer))[1])
    wish = {"item": item.pk, "amount": 1, "sales_channel": "web"}

    told = {
        language: api.post(
            at(event, "offlinesalesbatches/"), json=wish, headers={"Accept-Language": language}
        )
        for language in ("en", "de")
    }

    assert {answer.status_code for answer in told.values()} == {400}
    assert told["en"].json()["item"] == [
        "This product does not belong to a quota, so it cannot be sold."
    ]
    assert told["de"].json()["item"] == [
        "Dieses Produkt gehört zu keinem Kontingent und kann deshalb nicht verkauft werden."
    ]


def test_a_page_that_does_not_exist_says_so_in_german(client: Client) -> None:
    page = client.get("/nowhere/", headers={"Accept-Language": "de"})

    assert page.status_code == 404
    assert '<html lang="de">' in page.text
    assert "<h1>Diese Seite gibt es nicht</h1>" in page.text
