from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import openpyxl
import pytest

from apiclient import Api, at
from batches.making import make, work
from counterfoil.batches.models import BatchRequest, OfflineSalesBatch
from counterfoil.catalog.models import Event, Item
from counterfoil.jobs.models import Job
from counterfoil.orders.models import Order, OrderPosition
from makers import (
    make_event,
    make_item,
    make_layout,
    make_organizer,
    make_subevent,
    make_tax_rule,
    make_team,
    make_token,
    make_variation,
)

KEYS = [
    "id", "creation", "testmode", "sales_channel", "comment", "layout", "subevent", "item",
    "variation", "amount",
]  # fmt: skip


@pytest.fixture
def item(event: Event) -> Item:
    return make_item(event, quota=100)


def _post(api: Api, event: Event, **body: Any) -> Any:
    return api.post(at(event, "offlinesalesbatches/"), json=body)


def _asked(api: Api, event: Event, **body: Any) -> BatchRequest:
    answer = _post(api, event, **body)
    assert answer.status_code == 202, answer.json()
    return BatchRequest.objects.get(pk=answer.json()["check"].split("/")[-2])


def _check(api: Api, event: Event, asked: BatchRequest) -> Any:
    return api.get(at(event, f"offlinesalesbatches/check/{asked.pk}/"))


def test_a_batch_is_accepted_with_the_address_to_ask(api: Api, event: Event, item: Item) -> None:
    answer = _post(api, event, item=item.pk, amount=3)

    path = at(event, f"offlinesalesbatches/check/{Job.objects.get().pk}/")
    assert answer.status_code == 202
    assert answer.json() == {"check": f"http://testserver{path}"}


def test_a_batch_is_waited_for_and_then_shown(api: Api, event: Event, item: Item) -> None:
    asked = _asked(api, event, item=item.pk, amount=3, testmode=True, comment="Kiosk")

    waiting = _check(api, event, asked)
    work(asked)
    made = _check(api, event, asked)

    batch = OfflineSalesBatch.objects.get()
    assert waiting.status_code == 409
    assert waiting.json() == {"status": "waiting", "progress": {"done": 0, "total": 3}}
    assert made.status_code == 200
    assert list(made.json()) == [*KEYS, "orders"]
    assert made.json() == api.get(at(event, f"offlinesalesbatches/{batch.pk}/")).json()
    assert made.json()["testmode"] is True
    assert made.json()["sales_channel"] == "web"
    assert made.json()["creation"].endswith(("+01:00", "+02:00"))  # Berlin's, not UTC
    assert made.json()["orders"] == list(
        Order.objects.order_by("pk").values_list("code", flat=True)
    )


def test_a_batch_that_the_quota_is_too_small_for_is_gone(
    api: Api, event: Event, item: Item
) -> None:
    asked = _asked(api, event, item=item.pk, amount=101)
    work(asked)

    answer = _check(api, event, asked)

    assert answer.status_code == 410
    assert answer.json()["status"] == "failed"
    assert "100 left" in answer.json()["message"]


def test_a_batch_called_off_is_gone_and_says_so(api: Api, event: Event, item: Item) -> None:
    asked = _asked(api, event, item=item.pk, amount=1)

    assert api.delete(at(event, f"batchjobs/{asked.pk}/")).status_code == 204

    answer = _check(api, event, asked)
    assert answer.status_code == 410
    assert "cancelled" in answer.json()["message"]


def test_any_reader_of_the_event_may_ask_how_a_batch_stands(
    api: Api, event: Event, item: Item
) -> None:
    asked = _asked(api, event, item=item.pk, amount=1)
    reader = Api(make_token(make_team(event.organizer, permissions=["event.orders:read"]))[1])

    assert _check(reader, event, asked).status_code == 409


def test_jobs_of_other_events_do_not_exist(api: Api, event: Event, item: Item) -> None:
    asked = _asked(api, event, item=item.pk, amount=1)
    other = make_event(event.organizer)

    assert _check(api, other, asked).status_code == 404
    for name in (uuid.uuid4(), "nonsense"):
        assert api.get(at(event, f"offlinesalesbatches/check/{name}/")).status_code == 404


def test_the_list_leaves_the_orders_out_and_is_in_the_order_of_making(
    api: Api, event: Event, item: Item
) -> None:
    first, second = make(item, 2), make(item, 3)

    listed = api.get(at(event, "offlinesalesbatches/")).json()

    assert listed["count"] == 2
    assert [row["id"] for row in listed["results"]] == [first.pk, second.pk]
    assert list(listed["results"][0]) == KEYS


@pytest.mark.parametrize("size", [1, 20])
def test_a_list_costs_the_same_for_any_number(
    api: Api, event: Event, item: Item, django_assert_max_num_queries: Any, size: int
) -> None:
    for _ in range(size):
        make(item, 1)

    with django_assert_max_num_queries(6):
        api.get(at(event, "offlinesalesbatches/"))


REQUIRED = ["This field is required."]
NOT_NULL = ["This field may not be null."]


def test_an_empty_body_lacks_two_fields(api: Api, event: Event) -> None:
    answer = _post(api, event)

    assert answer.status_code == 400
    assert answer.json() == {"item": REQUIRED, "amount": REQUIRED}


@pytest.mark.parametrize(
    ("field", "value", "texts"),
    [
        ("amount", 0, ["Ensure this value is greater than or equal to 1."]),
        ("amount", -1, ["Ensure this value is greater than or equal to 1."]),
        ("amount", 10_001, ["Ensure this value is less than or equal to 10000."]),
        ("amount", 10**30, ["Ensure this value is less than or equal to 10000."]),
        ("amount", 1.5, ["A valid integer is required."]),
        ("amount", "ten", ["A valid integer is required."]),
        ("amount", True, ["A valid integer is required."]),
        ("amount", None, NOT_NULL),
        ("item", 999_999, ['Invalid pk "999999" - object does not exist.']),
        ("item", "x", ["Incorrect type. Expected pk value, received str."]),
        ("item", True, ["Incorrect type. Expected pk value, received bool."]),
        ("item", None, NOT_NULL),
        ("layout", 999_999, ['Invalid pk "999999" - object does not exist.']),
        ("layout", "x", ["Incorrect type. Expected pk value, received str."]),
        ("variation", 999_999, ['Invalid pk "999999" - object does not exist.']),
        ("sales_channel", "moon", ["Object with identifier=moon does not exist."]),
        ("sales_channel", None, NOT_NULL),
        ("testmode", "maybe", ["Must be a valid boolean."]),
        ("testmode", None, NOT_NULL),
        ("comment", None, NOT_NULL),
        ("comment", {}, ["Not a valid string."]),
        ("comment", 5, ["Not a valid string."]),
        ("comment", "a\0b", ["Null characters are not allowed."]),
        ("subevent", 1, ["This event is not a series: it has no dates to choose from."]),
    ],
)
def test_bad_input_is_refused_in_stock_words(
    api: Api, event: Event, item: Item, field: str, value: Any, texts: list[str]
) -> None:
    answer = _post(api, event, **{"item": item.pk, "amount": 1, field: value})

    assert (answer.status_code, answer.json()) == (400, {field: texts})
    assert not Job.objects.exists()


def test_what_is_other_events_does_not_exist_here(api: Api, event: Event, item: Item) -> None:
    other = make_event(event.organizer)
    foreign = {
        "item": make_item(other).pk,
        "layout": make_layout(other).pk,
        "variation": make_variation(make_item(other)).pk,
    }

    for field, pk in foreign.items():
        answer = _post(api, event, **{"item": item.pk, "amount": 1, field: pk})

        assert answer.status_code == 400
        assert answer.json() == {field: [f'Invalid pk "{pk}" - object does not exist.']}


def test_channels_of_another_organizer_do_not_exist(api: Api, event: Event, item: Item) -> None:
    make_organizer().sales_channels.create(identifier="api.foreign", label={})

    answer = _post(api, event, item=item.pk, amount=1, sales_channel="api.foreign")

    assert answer.json() == {
        "sales_channel": ["Object with identifier=api.foreign does not exist."]
    }


def test_what_cannot_be_sold_is_refused_on_its_field(api: Api, event: Event, item: Item) -> None:
    rows = make_item(event)
    row = make_variation(rows)
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("item", {"item": make_item(event, active=False).pk}),
        ("item", {"item": make_item(event, quota=False).pk}),
        ("variation", {"item": rows.pk}),
        ("variation", {"item": rows.pk, "variation": None}),
        ("variation", {"item": item.pk, "variation": row.pk}),
    ]

    for field, body in bodies:
        answer = _post(api, event, amount=1, **body)

        assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_series_needs_a_date_of_its_own(api: Api, event: Event) -> None:
    series = make_event(event.organizer, has_subevents=True)
    item = make_item(series)
    foreign = make_subevent(make_event(event.organizer, has_subevents=True))

    for given in ({}, {"subevent": None}, {"subevent": foreign.pk}):
        answer = _post(api, series, item=item.pk, amount=1, **given)

        assert (answer.status_code, list(answer.json())) == (400, ["subevent"])


def test_unknown_and_read_only_fields_are_ignored(api: Api, event: Event, item: Item) -> None:
    answer = _post(api, event, item=item.pk, amount=1, id=7, orders=["x"], creation="y", more=1)

    assert answer.status_code == 202


def test_numbers_may_come_as_text_and_nulls_mean_nothing(
    api: Api, event: Event, item: Item
) -> None:
    answer = _post(
        api, event, item=str(item.pk), amount="2", layout=None, variation=None, subevent=None
    )

    assert answer.status_code == 202


def test_a_list_is_no_batch(api: Api, event: Event) -> None:
    answer = api.post(at(event, "offlinesalesbatches/"), json=[])

    assert answer.status_code == 400
    assert list(answer.json()) == ["non_field_errors"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_batch_is_never_changed(api: Api, event: Event, item: Item, method: str) -> None:
    batch = make(item, 1)

    answer = api.send(method, at(event, f"offlinesalesbatches/{batch.pk}/"), json={})

    assert answer.status_code == 405


@pytest.mark.parametrize("slash", ["/", ""])
def test_a_batch_is_sent_to_print(api: Api, event: Event, item: Item, slash: str) -> None:
    batch = make(item, 2)

    answer = api.post(at(event, f"offlinesalesbatches/{batch.pk}/render{slash}"))

    printed = batch.prints.get().request
    path = at(event, f"offlinesalesbatches/{batch.pk}/download/{printed.pk}/{printed.file_id}/")
    assert answer.status_code == 202
    assert answer.json() == {"download": f"http://testserver{path}"}


def test_the_pdf_of_a_batch_is_for_who_asked(api: Api, event: Event, item: Item) -> None:
    batch = make(item, 2)
    url = api.post(at(event, f"offlinesalesbatches/{batch.pk}/render/")).json()["download"]
    path = url.removeprefix("http://testserver")

    waiting = api.get(path)
    work_on_print(batch)
    done = api.get(path)
    other = Api(make_token(make_team(event.organizer))[1]).get(path)

    assert (waiting.status_code, waiting.json()["status"]) == (409, "waiting")
    assert (done.status_code, done["Content-Type"]) == (200, "application/pdf")
    assert b"".join(done.streaming_content).startswith(b"%PDF")
    assert f"{event.slug}-batch-{batch.pk}.pdf" in done["Content-Disposition"]
    assert other.status_code == 410


def work_on_print(batch: OfflineSalesBatch) -> None:
    from counterfoil.jobs import runner

    runner.run(batch.prints.get().request_id)


def test_a_download_belongs_to_its_batch_and_event(api: Api, event: Event, item: Item) -> None:
    batch, other = make(item, 1), make(item, 1)
    url = api.post(at(event, f"offlinesalesbatches/{batch.pk}/render/")).json()["download"]
    job, file = url.rstrip("/").split("/")[-2:]
    elsewhere = make_event(event.organizer)

    for path in (
        at(event, f"offlinesalesbatches/{other.pk}/download/{job}/{file}/"),
        at(event, f"offlinesalesbatches/{batch.pk}/download/{file}/{job}/"),
        at(event, f"offlinesalesbatches/{batch.pk}/download/{job}/nonsense/"),
        at(elsewhere, f"offlinesalesbatches/{batch.pk}/download/{job}/{file}/"),
        at(event, f"ticketpdfrenderer/download/{job}/{file}/"),
    ):
        assert api.get(path).status_code == 404


@pytest.mark.parametrize("pk", ["999999", "x", str(10**30)])
def test_an_unknown_batch_is_not_found(api: Api, event: Event, pk: str) -> None:
    for path in ("", "tickets/"):
        assert api.get(at(event, f"offlinesalesbatches/{pk}/{path}")).status_code == 404
    assert api.post(at(event, f"offlinesalesbatches/{pk}/render/")).status_code == 404


def test_the_tickets_of_a_batch_are_listed_in_pages(api: Api, event: Event) -> None:
    batch = make(make_item(event, tax_rule=make_tax_rule(event)), 60)

    first = api.get(at(event, f"offlinesalesbatches/{batch.pk}/tickets/")).json()
    second = api.get(at(event, f"offlinesalesbatches/{batch.pk}/tickets/?page=2")).json()

    position = OrderPosition.objects.order_by("pk")[0]
    assert (first["count"], len(first["results"]), len(second["results"])) == (60, 50, 10)
    assert first["results"][0] == {
        "number": 1,
        "order": position.order.code,
        "position": position.pk,
        "positionid": 1,
        "secret": position.secret,
        "price": "23.00",
        "currency": "EUR",
        "serial": None,
        "book": None,
        "validity": "active",
        "place": "stock",
        "product": position.item.name["en"],
        "variation": None,
        "date": "2027-06-12T18:00:00+02:00",
    }


def test_tickets_come_as_csv_in_one_file(api: Api, event: Event, item: Item) -> None:
    batch = make(item, 60)

    answer = api.get(
        at(event, f"offlinesalesbatches/{batch.pk}/tickets/"), headers={"Accept": "text/csv"}
    )

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert answer["Content-Type"] == "text/csv"
    assert f'filename="{event.slug}-batch-{batch.pk}.csv"' in answer["Content-Disposition"]
    assert rows[0][:6] == ["number", "order", "position", "positionid", "secret", "price"]
    assert rows[0][6:9] == ["currency", "serial", "book"]
    assert rows[0][9:] == ["validity", "place", "product", "variation", "date"]
    assert len(rows) == 61
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, 61)]
    assert rows[1][5] == "23.00"


def test_tickets_come_as_a_spreadsheet(api: Api, event: Event, item: Item) -> None:
    batch = make(item, 60)

    answer = api.get(at(event, f"offlinesalesbatches/{batch.pk}/tickets/?format=xlsx"))

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert len(rows) == 61
    assert rows[1][1] == OrderPosition.objects.order_by("pk")[0].order.code
    assert rows[1][5] == 23
    answer.close()
    book.close()


def test_what_is_wrong_is_said_in_json_whatever_was_asked_for(api: Api, event: Event) -> None:
    answer = api.get(at(event, "offlinesalesbatches/99/tickets/?format=csv"))

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["detail"]


def test_a_token_that_only_reads_creates_nothing(api: Api, event: Event, item: Item) -> None:
    reader = Api(make_token(make_team(event.organizer, permissions=["event.orders:read"]))[1])

    answer = _post(reader, event, item=item.pk, amount=1)

    assert answer.status_code == 403


def test_the_same_idempotency_key_makes_one_batch(api: Api, event: Event, item: Item) -> None:
    answers = [
        api.post(
            at(event, "offlinesalesbatches/"),
            json={"item": item.pk, "amount": 2},
            headers={"X-Idempotency-Key": "once"},
        )
        for _ in range(3)
    ]

    assert len({answer.json()["check"] for answer in answers}) == 1
    assert Job.objects.count() == 1
