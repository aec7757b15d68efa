"""Books of a batch, and what of a batch can be changed."""

from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api, at
from batches.making import make
from counterfoil.catalog.models import Event
from makers import make_item

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_has_books_from_its_creation_or_later(api: Api, event: Event) -> None:
    item = make_item(event)
    batch = make(item, 7, book_size=3)
    path = at(event, f"offlinesalesbatches/{batch.pk}/")

    assert "book_size" not in api.get(path).json()
    assert api.get(f"{path}options/").json() == {"book_size": 3}
    tickets = api.get(f"{path}tickets/").json()["results"]
    assert [row["book"] for row in tickets] == [1, 1, 1, 2, 2, 2, 3]
    assert _numbers(api, f"{path}tickets/?books=2-3") == [4, 5, 6, 7]
    changed = api.patch(f"{path}options/", json={"book_size": 7})
    assert changed.json() == api.get(f"{path}options/").json() == {"book_size": 7}
    assert api.patch(f"{path}options/", json={}).json() == {"book_size": 7}
    assert api.patch(f"{path}options/", json={"book_size": None}).json() == {"book_size": None}
    assert list(api.get(f"{path}tickets/?books=1").json()) == ["books"]


def test_books_that_no_batch_can_have_are_refused(api: Api, event: Event) -> None:
    item = make_item(event)
    batch = make(item, 7, book_size=3)
    path = at(event, "offlinesalesbatches/")

    for size in (0, -1, 8, "x", 2.5, True, 2**31):
        for answer in (
            api.patch(f"{path}{batch.pk}/options/", json={"book_size": size}),
            api.post(path, json={"item": item.pk, "amount": 7, "book_size": size}),
        ):
            assert (answer.status_code, list(answer.json())) == (400, ["book_size"]), size
    for books in ("0", "4", "3-2", "1,1", "x", ""):
        asked = f"{path}{batch.pk}/tickets/?books={books}"
        assert api.get(asked).status_code == (400 if books else 200), books
    assert api.get(f"{path}{batch.pk}/options/").json() == {"book_size": 3}


def _numbers(api: Api, path: str) -> list[Any]:
    return [row["number"] for row in api.get(path).json()["results"]]
