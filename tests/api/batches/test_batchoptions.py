"""Books of a batch, and what of a batch can be changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pypdfium2
import pytest

from apiclient import Api, at
from batches.making import make, work
from counterfoil.batches.models import BatchRequest, OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.jobs import runner
from counterfoil.printing.models import RenderRequest
from makers import make_item, make_layout, text_element

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


def test_the_tickets_of_a_batch_speak_its_language_from_its_creation_or_later(
    api: Api, event: Event
) -> None:
    event.locales = ["en", "de", "fr"]
    event.save()
    item = make_item(event, name={"en": "Balcony", "de": "Empore"})
    make_layout(event, layout=[text_element(content="item")], default=True)
    path = at(event, "offlinesalesbatches/")
    wrong = {"item": item.pk, "amount": 2, "locale": "it"}
    assert list(api.post(path, json=wrong).json()) == ["locale"]
    assert api.post(path, json={**wrong, "locale": "de"}).status_code == 202
    batch = work(BatchRequest.objects.get()).batch
    assert batch is not None
    order = api.get(at(event, f"orders/?search={_code(batch)}")).json()["results"][0]
    options = f"{path}{batch.pk}/options/"
    assert api.get(options).json() == _options(locale="de")
    assert order["locale"] == "de"
    assert all("Empore" in page for page in _printed(api, path, batch))

    assert list(api.patch(options, json={"locale": "it"}).json()) == ["locale"]
    assert api.patch(options, json={"locale": ""}).json() == _options()

    changed = at(event, f"orders/?modified_since={quote(order['last_modified'])}")
    assert [each["locale"] for each in api.get(changed).json()["results"]] == ["en", "en"]
    assert all("Balcony" in page for page in _printed(api, path, batch))


def _code(batch: OfflineSalesBatch) -> str:
    return batch.tickets.select_related("position__order")[0].position.order.code


def _printed(api: Api, path: str, batch: OfflineSalesBatch) -> list[str]:
    """Print a batch on the documented route; return the text of each page."""
    answer = api.post(f"{path}{batch.pk}/render/", json={})
    runner.run(RenderRequest.objects.latest("created").pk)
    pdf = b"".join(
        api.get(answer.json()["download"].removeprefix("http://testserver")).streaming_content
    )
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def _options(**given: Any) -> dict[str, Any]:
    defaults = {"book_size": None, "activation": "at_once", "return_by": None, "then": "ask"}
    return {**defaults, "locale": "", **given}


def _numbers(api: Api, path: str) -> list[Any]:
    return [row["number"] for row in api.get(path).json()["results"]]
