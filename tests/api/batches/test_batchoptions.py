"""Books of a batch, and what of a batch can be changed."""

from __future__ import annotations

from typing import Any

import pytest

from apiclient import Api, at
from batches.making import make, work
from counterfoil.batches.models import BatchRequest
from counterfoil.catalog.models import Event
from makers import make_item

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_has_books_from_its_creation_or_later(api: Api, event: Event) -> None:
    item = make_item(event)
    batch = make(item, 7, book_size=3)
    path = at(event, f"offlinesalesbatches/{batch.pk}/")

    assert "book_size" not in api.get(path).json()
    assert api.get(f"{path}options/").json() == _options(book_size=3)
    tickets = api.get(f"{path}tickets/").json()["results"]
    assert [row["book"] for row in tickets] == [1, 1, 1, 2, 2, 2, 3]
    assert _numbers(api, f"{path}tickets/?books=2-3") == [4, 5, 6, 7]
    changed = api.patch(f"{path}options/", json={"book_size": 7})
    assert changed.json() == api.get(f"{path}options/").json() == _options(book_size=7)
    assert api.patch(f"{path}options/", json={}).json() == _options(book_size=7)
    assert api.patch(f"{path}options/", json={"book_size": None}).json() == _options(book_size=None)
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
    assert api.get(f"{path}{batch.pk}/options/").json() == _options(book_size=3)


def test_what_happens_to_tickets_is_an_option_with_a_default_in_the_event(
    api: Api, event: Event
) -> None:
    item = make_item(event)
    path, defaults = at(event, "offlinesalesbatches/"), at(event, "batchdefaults/")
    assert api.get(defaults).json() == {"activation": "at_once", "then": "ask"}
    assert api.patch(defaults, json={"activation": "on_sale"}).json()["activation"] == "on_sale"

    sent = {"item": item.pk, "amount": 2, "return_by": "2027-06-10", "then": "void"}
    assert api.post(path, json=sent).status_code == 202
    batch = work(BatchRequest.objects.get()).batch

    assert batch is not None
    options = api.get(f"{path}{batch.pk}/options/").json()
    changed = {"activation": "on_sale", "return_by": "2027-06-10", "then": "void"}
    assert options == _options(**changed)
    assert set(batch.tickets.values_list("validity", flat=True)) == {"inactive"}
    answer = api.patch(f"{path}{batch.pk}/options/", json={"activation": "at_once"}).json()
    assert answer == _options(**{**changed, "activation": "at_once"})
    assert set(batch.tickets.values_list("validity", flat=True)) == {"inactive"}
    assert "activation" not in api.get(f"{path}{batch.pk}/").json()
    assert "batch_activation" not in api.get(at(event, "settings/")).json()
    for wrong in ({"activation": "later"}, {"return_by": "x"}, {"then": "burn"}):
        assert list(api.post(path, json={**sent, **wrong}).json()) == list(wrong)
        assert list(api.patch(f"{path}{batch.pk}/options/", json=wrong).json()) == list(wrong)


def _options(**given: Any) -> dict[str, Any]:
    return {"book_size": None, "activation": "at_once", "return_by": None, "then": "ask", **given}


def _numbers(api: Api, path: str) -> list[Any]:
    return [row["number"] for row in api.get(path).json()["results"]]
