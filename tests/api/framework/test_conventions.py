"""Paths, formats, pages and bad input: what holds for every resource, shown on some."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from apiclient import BASE, Api, at
from counterfoil.catalog.models import Event, ItemCategory
from makers import make_event, make_item, make_team, make_token


@pytest.fixture
def categories(event: Event) -> list[ItemCategory]:
    return [
        event.categories.create(name={"en": f"Category {number}"}, position=number)
        for number in range(5)
    ]


def test_readers_are_sent_on_to_the_path_with_its_slash(api: Api, event: Event) -> None:
    answer = api.get(at(event, "items?active=true"))

    assert answer.status_code == 301
    assert answer["Location"] == at(event, "items/?active=true")
    assert answer["Content-Language"] == "en"


@pytest.mark.parametrize("method", ["HEAD", "DELETE"])
def test_head_and_delete_are_sent_on_too(api: Api, event: Event, method) -> None:
    assert api.send(method, at(event, "items")).status_code == 301


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_writers_without_the_slash_find_nothing(api: Api, event: Event, method) -> None:
    answer = api.send(method, at(event, "items"), json={})

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "path",
    [
        "items/abc/",
        "items/abc/variations/",
        "items/abc/variations/1/",
        "checkinlists/abc/positions/",
        "checkinlists/abc/positions/1/",
        "offlinesalesbatches/abc/tickets/",
    ],
)
def test_of_what_is_no_id_nothing_is_said(api: Api, event: Event, path: str) -> None:
    answer = api.get(at(event, path))

    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found."}


def test_what_has_no_slash_has_none(api: Api) -> None:
    assert api.get("/version/").status_code == 404
    assert api.post("/upload/").status_code == 404


def test_doubled_slashes_are_accepted(api: Api, event: Event) -> None:
    answer = api.get(f"/api/v1//organizers/{event.organizer.slug}//events/")

    assert answer.status_code == 200
    assert answer.json()["count"] == 1


def test_the_api_says_where_it_begins(api: Api) -> None:
    answer = api.get("/api/v1/")

    assert answer.status_code == 200
    assert answer.json() == {"organizers": "http://testserver/api/v1/organizers/"}
    assert api.get("/api/v1/", token=None).status_code == 401


UNKNOWN = [
    "/api/",
    "/api/v2/x",
    "/api/v1/nonsense",
    "/api/v1/organizers/a/b/c/d/",
    "/api/v1/organizers/a/events/b/nonsense/",
    "/api/v1//organizers/a/pos/cashiers",
]


@pytest.mark.parametrize("token", [None, ""])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", UNKNOWN)
def test_addresses_that_no_route_knows_are_a_page(
    api: Api, path: str, method: str, token: str | None
) -> None:
    answer = api.send(method, path, token=token)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert not answer.content.lstrip().startswith(b"{")
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize(
    "path",
    [
        "items/99999999/",
        "items/x/",
        "orders/NOBODY/",
        "ticketlayouts/99999999/background/",
        "offlinesalesbatches/check/00000000-0000-4000-8000-000000000000/",
        "offlinesalesbatches/check/x/",
        "batchjobs/x/",
        "renderjobs/X-Y/",
        "ticketpdfrenderer/download/x/y/",
        "items/?format=xml",
        "items/?page=99",
    ],
)
def test_what_a_known_route_does_not_find_is_a_404_in_json(
    api: Api, event: Event, path: str
) -> None:
    answer = api.get(at(event, path))

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert list(answer.json()) == ["detail"]


def test_the_format_may_be_a_suffix(api: Api, event: Event, categories) -> None:
    answer = api.get(at(event, "categories.json?page_size=2"))

    assert answer.status_code == 200
    assert answer.json()["next"].endswith("/categories.json?page=2&page_size=2")


@pytest.mark.parametrize(("wanted", "status"), [("json", 200), ("xml", 404)])
def test_the_format_may_be_asked_for(api: Api, event: Event, wanted, status) -> None:
    assert api.get(at(event, f"items/?format={wanted}")).status_code == status


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json", 200),
        ("application/json, text/javascript", 200),
        ("application/*;q=0.5", 200),
        ("text/html", 406),
        ("text/javascript", 406),
    ],
)
def test_json_is_what_there_is(api: Api, event: Event, accept, status) -> None:
    answer = api.get(at(event, "items/"), headers={"Accept": accept})

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"


def test_what_cannot_be_accepted_is_said_before_who_asks(api: Api, event: Event) -> None:
    answer = api.get(at(event, "items/"), headers={"Accept": "text/html"}, token=None)

    assert answer.status_code == 406


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/json", b'{"name": "A", "is_addon": true}'),
        ("application/x-www-form-urlencoded", b"name=A&is_addon=true"),
        (
            "multipart/form-data; boundary=X",
            b'--X\r\nContent-Disposition: form-data; name="name"\r\n\r\nA\r\n--X--\r\n',
        ),
    ],
)
def test_three_request_types_are_understood(api: Api, event: Event, content_type, content) -> None:
    answer = api.post(at(event, "categories/"), content=content, content_type=content_type)

    assert answer.status_code == 201
    assert answer.json()["name"] == {"en": "A"}


def test_other_request_types_are_named(api: Api, event: Event) -> None:
    answer = api.post(at(event, "items/"), content=b"a: b", content_type="text/yaml")

    assert answer.status_code == 415
    assert answer.json() == {"detail": 'Unsupported media type "text/yaml" in request.'}


def test_an_empty_body_counts_as_an_empty_object(api: Api, event: Event) -> None:
    answer = api.post(at(event, "categories/"))

    assert answer.status_code == 400
    assert answer.json() == {"name": ["This field is required."]}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[]", "Invalid data. Expected a dictionary, but got list."),
        (b'"x"', "Invalid data. Expected a dictionary, but got str."),
        (b"7", "Invalid data. Expected a dictionary, but got int."),
        (b"null", "No data provided"),
    ],
)
def test_what_is_no_object_is_refused_as_such(api: Api, event: Event, content, problem) -> None:
    answer = api.post(at(event, "items/"), content=content)

    assert answer.status_code == 400
    assert answer.json() == {"non_field_errors": [problem]}


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"a": NaN}', b'{"a": Infinity}', b"\xff", b'{"a": 1' + b"0" * 5000 + b"}"],
)
def test_malformed_json_is_told_as_such(api: Api, event: Event, content) -> None:
    answer = api.post(at(event, "items/"), content=content)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("JSON parse error - ")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "a\x00b"}, "name"),
        ({"name": {"en": "a\x00b"}}, "name"),
        ({"name": "ok", "cross_selling_condition": ["\ud800"]}, "cross_selling_condition"),
        ({"name": {"en\x00": "x"}}, "name"),
        ({"na\x00me": "x"}, "non_field_errors"),
        ({"name": "ok", "position": 10**30}, "position"),
        ({"name": "ok", "position": -(10**30)}, "position"),
        ({"name": "ok", "position": True}, "position"),
        ({"name": "ok", "position": 1.5}, "position"),
        ({"name": 5.0e-1, "is_addon": "maybe"}, "is_addon"),
        ({"name": ""}, "name"),
        ({"name": {}}, "name"),
        ({"name": {"not a language": "x"}}, "name"),
        ({"name": ["x"]}, "name"),
        ({"name": None}, "name"),
        ({"name": "ok", "internal_name": "x" * 300}, "internal_name"),
        ({"name": "x" * 10_000_000}, "name"),
    ],
)
def test_bad_values_are_refused_with_their_fields_name(api: Api, event: Event, body, field) -> None:
    answer = api.post(at(event, "categories/"), json=body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not event.categories.exists()


def test_an_infinite_number_is_refused_with_its_fields_name(api: Api, event: Event) -> None:
    answer = api.post(at(event, "items/"), content=b'{"name": "x", "default_price": 1e999}')

    assert answer.status_code == 400
    assert list(answer.json()) == ["default_price"]


@pytest.mark.parametrize("depth", [70, 5_000, 500_000])
def test_deeply_nested_json_is_refused(api: Api, event: Event, depth) -> None:
    content = b'{"name": ' + b"[" * depth + b"]" * depth + b"}"

    assert api.post(at(event, "categories/"), content=content).status_code == 400


def test_a_body_above_ten_megabytes_is_refused(api: Api, event: Event) -> None:
    content = json.dumps({"name": "x" * (10 * 1024 * 1024)}).encode()

    answer = api.post(at(event, "categories/"), content=content)

    assert answer.status_code == 413
    assert answer.json() == {"detail": "The request is larger than 10 MiB."}


@pytest.mark.parametrize("key", ["abc", "1.5", "-", "９９９９", "9" * 30, "9" * 5000, "%00", "0x1"])
def test_odd_ids_are_404(api: Api, event: Event, key) -> None:
    for resource in ("items", "categories", "quotas", "subevents", "taxrules", "questions"):
        assert api.get(at(event, f"{resource}/{key}/")).status_code == 404


def test_nulls_in_queries_are_refused_with_the_parameters_name(api: Api, event: Event) -> None:
    answer = api.get(at(event, "items/?search=%00"))

    assert answer.status_code == 400
    assert answer.json() == {"search": ["Null characters are not allowed."]}


def test_pages_are_linked_by_absolute_addresses(api: Api, event: Event, categories) -> None:
    url = f"http://testserver{at(event, 'categories/')}"

    second = api.get(at(event, "categories/?is_addon=false&page=2&page_size=2")).json()

    assert second["count"] == 5
    assert second["next"] == f"{url}?is_addon=false&page=3&page_size=2"
    assert second["previous"] == f"{url}?is_addon=false&page_size=2"
    assert len(second["results"]) == 2


def test_addresses_begin_with_the_public_url_when_there_is_one(
    api: Api, event: Event, categories, settings
) -> None:
    settings.PUBLIC_URL = "https://tickets.example.org/"

    first = api.get(at(event, "categories/?page_size=2")).json()

    assert first["next"].startswith("https://tickets.example.org/api/v1/organizers/")


def test_the_last_page_has_a_name(api: Api, event: Event, categories) -> None:
    last = api.get(at(event, "categories/?page=last&page_size=2")).json()

    assert last["next"] is None
    assert len(last["results"]) == 1


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "١", "1_0", "9" * 5000])
def test_pages_that_are_not_there_are_404(api: Api, event: Event, categories, page) -> None:
    answer = api.get(at(event, f"categories/?page={page}"))

    assert answer.status_code == 404
    assert answer.json() == {"detail": "Invalid page."}


@pytest.mark.parametrize("size", ["0", "-3", "x", "100000", "", "١", "1_0"])
def test_odd_page_sizes_are_the_default(api: Api, event: Event, size) -> None:
    for number in range(51):
        event.categories.create(name={"en": str(number)})

    assert len(api.get(at(event, f"categories/?page_size={size}")).json()["results"]) == 50


def test_an_empty_list_is_a_page(api: Api, event: Event) -> None:
    answer = api.get(at(event, "categories/?page=1"))

    assert answer.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_ordering_is_total_and_ignores_what_it_does_not_know(api: Api, event: Event) -> None:
    rows = [event.categories.create(name={"en": "x"}, position=0) for _ in range(3)]

    def listed(ordering: str) -> list[int]:
        answer = api.get(at(event, f"categories/?ordering={ordering}"))
        return [row["id"] for row in answer.json()["results"]]

    assert listed("position") == [row.pk for row in rows]
    assert listed("-id") == [row.pk for row in reversed(rows)]
    assert listed("secret") == [row.pk for row in rows]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("items/?active=maybe", {"active": ["Must be a valid boolean."]}),
        ("items/?category=x", {"category": ["Enter a number."]}),
        ("subevents/?modified_since=yesterday", {"modified_since": ["Enter a valid date/time."]}),
        ("quotas/?subevent=x", {"subevent": ["Enter a number."]}),
        ("quotas/?subevent=١", {"subevent": ["Enter a number."]}),
        ("quotas/?subevent__in=1,1_0", {"subevent__in": ["Enter a number."]}),
        ("orders/?item=²", {"item": ["Enter a number."]}),
        ("items/?tax_rate=١٩", {"tax_rate": ["Enter a number."]}),
    ],
)
def test_filter_values_that_cannot_be_read_are_400(api: Api, event: Event, query, problem) -> None:
    answer = api.get(at(event, query))

    assert answer.status_code == 400
    assert answer.json() == problem


@pytest.mark.parametrize(
    "query", ["items/?category=" + "9" * 40, "quotas/?subevent__in=1,99999999999999999999"]
)
def test_filters_by_huge_numbers_find_nothing(api: Api, event: Event, query) -> None:
    answer = api.get(at(event, query))

    assert answer.status_code in {200, 400}


def test_unknown_parameters_are_ignored(api: Api, event: Event) -> None:
    assert api.get(at(event, "items/?foo=bar")).status_code == 200


def test_head_is_get_without_a_body(api: Api, event: Event) -> None:
    answer = api.send("HEAD", at(event, "items/"))

    assert answer.status_code == 200
    assert answer.content == b""


def test_options_describe_the_method(api: Api, event: Event) -> None:
    answer = api.send("OPTIONS", at(event, "categories/"))

    assert answer.status_code == 200
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert answer.json()["parses"] == [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ]
    assert "name" in answer.json()["actions"]["POST"]


def test_options_describe_what_is_sent_and_not_what_is_shown(api: Api, event: Event) -> None:
    answer = api.send("OPTIONS", at(event, "offlinesalesbatches/"))

    described = answer.json()["actions"]["POST"]
    fixed = {name for name, field in described.items() if field["read_only"]}
    assert fixed == {"id", "creation", "orders"}
    assert {name for name, field in described.items() if field["required"]} == {"item", "amount"}


@pytest.mark.parametrize("digit", ["١", "²", "1_0"])
def test_numbers_are_sent_in_ascii_digits(api: Api, event: Event, digit) -> None:
    body = {"item": digit, "amount": digit}

    answer = api.post(at(event, "offlinesalesbatches/"), json=body)

    assert answer.status_code == 400
    assert list(answer.json()) == ["item", "amount"]


def test_times_are_shown_in_the_zone_of_the_event(api: Api) -> None:
    event = make_event(timezone="Asia/Kolkata", date_from=datetime(2027, 6, 12, 16, tzinfo=UTC))
    _, header = make_token(make_team(event.organizer))

    shown = api.get(at(event), token=header).json()

    assert shown["date_from"] == "2027-06-12T21:30:00+05:30"


def test_times_before_there_were_zones_are_shown_in_utc(api: Api) -> None:
    event = make_event(timezone="Europe/Berlin")
    own = Api(make_token(make_team(event.organizer))[1])

    answer = own.patch(at(event), json={"date_from": "1800-06-12T12:00:00Z"})

    assert answer.json()["date_from"] == "1800-06-12T12:00:00Z"


def test_a_time_without_zone_is_refused(api: Api, event: Event) -> None:
    body = {"name": "x", "default_price": 1, "available_from": "2027-06-12T21:30:00"}

    answer = api.post(at(event, "items/"), json=body)

    assert answer.status_code == 400
    assert list(answer.json()) == ["available_from"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_times_at_the_edge_of_time_are_refused(api: Api, event: Event, moment) -> None:
    body = {"name": "x", "default_price": 1, "available_from": moment}

    assert api.post(at(event, "items/"), json=body).status_code == 400


def test_a_deletion_answers_nothing(api: Api, event: Event) -> None:
    item = make_item(event)

    answer = api.delete(at(event, f"items/{item.pk}/"))

    assert answer.status_code == 204
    assert answer.content == b""
    assert "Content-Type" not in answer
    assert BASE in at(event)
