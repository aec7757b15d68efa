from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from apiclient import BASE, Api, at
from counterfoil.catalog.models import Event, Item
from counterfoil.core import clock
from counterfoil.orders.models import Order, OrderPayment
from makers import (
    make_event,
    make_item,
    make_order,
    make_position,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_team,
    make_token,
    make_variation,
)

KEYS = [
    "code", "event", "status", "testmode", "secret", "email", "phone", "locale", "datetime",
    "expires", "payment_date", "payment_provider", "fees", "total", "tax_rounding_mode", "comment",
    "custom_followup_at", "invoice_address", "positions", "downloads", "checkin_attention",
    "checkin_text", "last_modified", "payments", "refunds", "require_approval", "sales_channel",
    "url", "customer", "valid_if_pending", "api_meta", "cancellation_date", "plugin_data",
]  # fmt: skip
POSITION_KEYS = [
    "id", "order", "positionid", "item", "variation", "price", "attendee_name",
    "attendee_name_parts", "company", "street", "zipcode", "city", "country", "state", "discount",
    "attendee_email", "voucher", "tax_rate", "tax_value", "secret", "addon_to", "subevent",
    "checkins", "print_logs", "downloads", "answers", "tax_rule", "pseudonymization_id", "seat",
    "canceled", "tax_code", "valid_from", "valid_until", "blocked", "voucher_budget_use",
    "plugin_data",
]  # fmt: skip


@pytest.fixture
def item(event: Event) -> Item:
    return make_item(event, quota=10, tax_rule=make_tax_rule(event))


def _codes(api: Api, event: Event, query: str) -> list[str]:
    answer = api.get(at(event, f"orders/?{query}"))
    assert answer.status_code == 200, answer.json()
    return [order["code"] for order in answer.json()["results"]]


def test_an_order_has_the_documented_keys_in_their_order(
    api: Api, event: Event, item: Item
) -> None:
    order = make_order(event, items=[item], code="TSRNN")
    OrderPayment.objects.create(
        order=order, amount=order.total, created=clock.now(), payment_date=order.datetime
    )

    shown = api.get(at(event, "orders/TSRNN/")).json()

    assert list(shown) == KEYS
    assert list(shown["positions"][0]) == POSITION_KEYS
    assert (shown["total"], shown["datetime"]) == ("23.00", "2026-10-01T10:00:00+02:00")
    assert (shown["payment_date"], shown["payment_provider"]) == ("2026-10-01", "manual")
    assert shown["downloads"][0]["url"].endswith("/orders/TSRNN/download/pdf/")
    assert shown["payments"][0]["payment_date"] == "2026-10-01T10:00:00+02:00"


def test_codes_are_looked_up_in_their_letter_case(api: Api, event: Event, item: Item) -> None:
    make_order(event, items=[item], code="TSRNN")
    make_order(make_event(event.organizer), items=[], code="OTHER")

    for code in ("tsrnn", "ZZZZZ", "OTHER"):
        assert api.get(at(event, f"orders/{code}/")).status_code == 404


def test_canceled_positions_are_shown_only_when_asked_for(
    api: Api, event: Event, item: Item
) -> None:
    canceled = make_order(event, items=[item], status="c", code="CANCX")
    part = make_order(event, items=[item], code="PARTX")
    make_position(part, item, positionid=2, canceled=True)

    counts = {
        query: [
            len(api.get(at(event, f"orders/{order.code}/{query}")).json()["positions"])
            for order in (canceled, part)
        ]
        for query in ("", "?include_canceled_positions=true")
    }

    assert counts == {"": [0, 1], "?include_canceled_positions=true": [1, 2]}


def test_orders_are_found_by_what_they_are(api: Api, event: Event, item: Item) -> None:
    other = make_item(event)
    row = make_variation(other)
    box = event.organizer.sales_channels.create(identifier="api.box", label={})
    make_order(event, items=[item], code="AAAAA", email="jane@example.org", testmode=True)
    second = make_order(event, items=[], code="BBBBB", status="n", sales_channel=box, locale="de")
    make_position(second, other, variation=row, attendee_name_parts={"full_name": "Max Muster"})
    OrderPayment.objects.create(
        order=second, provider="banktransfer", amount=1, created=clock.now()
    )

    found = {
        query: _codes(api, event, query)
        for query in (
            "code=AAAAA", "status=n", "status__in=p,n", "testmode=true", "testmode=false",
            "email=jane@example.org", "sales_channel=api.box", "locale=de", f"item={item.pk}",
            f"variation={row.pk}", "payment_provider=banktransfer", "search=jane", "search=muster",
            "search=bbb", "subevent=1", "nonsense=1",
        )
    }  # fmt: skip

    assert found == {
        "code=AAAAA": ["AAAAA"],
        "status=n": ["BBBBB"],
        "status__in=p,n": ["AAAAA", "BBBBB"],
        "testmode=true": ["AAAAA"],
        "testmode=false": ["BBBBB"],
        "email=jane@example.org": ["AAAAA"],
        "sales_channel=api.box": ["BBBBB"],
        "locale=de": ["BBBBB"],
        f"item={item.pk}": ["AAAAA"],
        f"variation={row.pk}": ["BBBBB"],
        "payment_provider=banktransfer": ["BBBBB"],
        "search=jane": ["AAAAA"],
        "search=muster": ["BBBBB"],
        "search=bbb": ["BBBBB"],
        "subevent=1": [],
        "nonsense=1": ["AAAAA", "BBBBB"],
    }


def test_times_bound_what_is_listed(api: Api, event: Event) -> None:
    for day, code in ((1, "AAAAA"), (2, "BBBBB"), (3, "CCCCC")):
        moment = datetime(2026, 10, day, tzinfo=UTC)
        make_order(event, items=[], code=code, datetime=moment, last_modified=moment)

    assert _codes(api, event, "modified_since=2026-10-02T00:00:00Z") == ["BBBBB", "CCCCC"]
    assert _codes(api, event, "created_since=2026-10-02T00:00:00Z") == ["BBBBB", "CCCCC"]
    assert _codes(api, event, "created_before=2026-10-02T00:00:00Z") == ["AAAAA"]
    assert _codes(api, event, "ordering=-datetime") == ["CCCCC", "BBBBB", "AAAAA"]
    assert _codes(api, event, "ordering=-code") == ["CCCCC", "BBBBB", "AAAAA"]
    assert _codes(api, event, "ordering=secret") == ["AAAAA", "BBBBB", "CCCCC"]


@pytest.mark.parametrize(
    "query", ["modified_since=yesterday", "testmode=maybe", "item=x", f"item={10**20}"]
)
def test_a_filter_that_cannot_be_read_is_refused(api: Api, event: Event, query: str) -> None:
    answer = api.get(at(event, f"orders/?{query}"))

    assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])


def test_lists_tell_from_when_on_to_ask_the_next_time(api: Api, event: Event, item: Item) -> None:
    answer = api.get(at(event, "orders/"))

    assert datetime.fromisoformat(answer["X-Page-Generated"]) < clock.now()
    assert "X-Page-Generated" not in api.get(at(event, "orderpositions/"))


def test_what_was_being_written_while_a_list_was_read_is_in_the_next(
    api: Api, event: Event, item: Item
) -> None:
    begun = clock.now()
    generated = api.get(at(event, "orders/"))["X-Page-Generated"]
    order = make_order(event, items=[item])  # committed only now
    Order.objects.filter(pk=order.pk).update(last_modified=begun)

    assert _codes(api, event, f"modified_since={quote(generated)}") == [order.code]


def test_a_client_chooses_what_it_is_shown(api: Api, event: Event, item: Item) -> None:
    make_order(event, items=[item], code="TSRNN")

    included = api.get(at(event, "orders/?include=code&include=positions.secret")).json()
    excluded = api.get(at(event, "orders/TSRNN/?exclude=positions.secret&exclude=payments")).json()

    shown = included["results"][0]
    assert list(shown) == ["code", "positions"]
    assert list(shown["positions"][0]) == ["secret"]
    assert "payments" not in excluded
    assert list(excluded["positions"][0]) == [key for key in POSITION_KEYS if key != "secret"]


def test_pdf_data_tells_what_layouts_would_show(api: Api, event: Event, item: Item) -> None:
    order = make_order(event, items=[item], code="TSRNN")
    make_position(order, item, positionid=2, attendee_name_parts={"full_name": "Jane Doe"})

    shown = api.get(at(event, "orders/?pdf_data=true")).json()["results"][0]["positions"]

    assert [each["pdf_data"]["attendee_name"] for each in shown] == ["", "Jane Doe"]
    assert shown[1]["pdf_data"]["secret"] == shown[1]["secret"]


def _sample(event: Event, size: int, item: Item) -> None:
    for number in range(size):
        order = make_order(event, items=[item, item], code=f"A{number:04}")
        OrderPayment.objects.create(order=order, amount=1, created=clock.now())


@pytest.mark.parametrize("size", [1, 50])
@pytest.mark.parametrize("query", ["", "?pdf_data=true"])
def test_a_list_costs_the_same_for_any_number(
    api: Api,
    event: Event,
    item: Item,
    django_assert_max_num_queries: Any,
    size: int,
    query: str,
) -> None:
    _sample(event, size, item)

    with django_assert_max_num_queries(20 if query else 11):
        assert len(api.get(at(event, f"orders/{query}")).json()["results"]) == size


def test_the_orders_of_all_events_are_listed_for_the_organizer(
    api: Api, event: Event, item: Item
) -> None:
    other = make_event(event.organizer, timezone="Asia/Tokyo")
    make_order(event, items=[item], code="AAAAA")
    make_order(other, items=[], code="BBBBB")
    make_order(make_event(), items=[], code="CCCCC")

    answer = api.get(f"{BASE}/organizers/{event.organizer.slug}/orders/").json()

    shown = [(row["code"], row["event"], row["datetime"]) for row in answer["results"]]
    assert shown == [
        ("AAAAA", event.slug, "2026-10-01T10:00:00+02:00"),
        ("BBBBB", other.slug, "2026-10-01T17:00:00+09:00"),
    ]


def test_an_order_of_any_event_is_found_for_the_organizer(
    api: Api, event: Event, item: Item
) -> None:
    other = make_event(event.organizer, timezone="Asia/Tokyo")
    make_order(event, items=[item], code="AAAAA")
    make_order(other, items=[make_item(other)], code="BBBBB")
    make_order(make_event(), items=[], code="CCCCC")
    base = f"{BASE}/organizers/{event.organizer.slug}/orders/"

    shown = api.get(f"{base}BBBBB/?pdf_data=true").json()

    assert shown == api.get(at(other, "orders/BBBBB/?pdf_data=true")).json()
    assert api.get(f"{base}AAAAA/").json()["event"] == event.slug
    assert api.get(f"{base}bbbbb/").status_code == 404
    assert api.get(f"{base}CCCCC/").status_code == 404
    assert api.delete(f"{base}AAAAA/").status_code == 405


def test_a_token_sees_the_orders_of_its_events_only(event: Event) -> None:
    other = make_event(event.organizer)
    make_order(event, items=[], code="AAAAA")
    make_order(other, items=[], code="BBBBB")
    team = make_team(event.organizer, permissions=["event.orders:read"], all_events=False)
    team.limit_events.add(other)

    path = f"{BASE}/organizers/{event.organizer.slug}/orders/"
    client = Api(make_token(team)[1])
    shown = client.get(path).json()

    assert [row["code"] for row in shown["results"]] == ["BBBBB"]
    assert client.get(f"{path}BBBBB/").status_code == 200
    assert client.get(f"{path}AAAAA/").status_code == 404
    blind = make_team(event.organizer, permissions=["event.items:write"])
    assert Api(make_token(blind)[1]).get(path).status_code == 403


def _create(api: Api, event: Event, *positions: dict[str, Any], **given: Any) -> Any:
    return api.post(at(event, "orders/"), json={"positions": list(positions), **given})


def test_an_order_is_made(api: Api, event: Event, item: Item) -> None:
    answer = _create(
        api,
        event,
        {
            "item": item.pk,
            "price": "11.90",
            "attendee_name": "Jane Doe",
            "company": "Acme",
            "answers": [],
        },
        {"item": item.pk, "attendee_name_parts": {"_scheme": "full", "full_name": "John"}},
        status="p",
        testmode=True,
        email="jane@example.org",
        locale="de",
        payment_provider="cash",
        payment_date="2026-10-01T10:00:00+02:00",
        comment="by phone",
        invoice_address={"company": "Acme", "country": "DE", "is_business": True},
        api_meta={"pos": 7},
    )

    shown = answer.json()
    assert answer.status_code == 201
    assert list(shown) == KEYS
    assert (shown["status"], shown["total"], shown["code"][1]) == ("p", "34.90", "0")
    assert (shown["payment_provider"], shown["payment_date"]) == ("cash", "2026-10-01")
    assert [each["tax_value"] for each in shown["positions"]] == ["1.90", "3.67"]
    assert [each["attendee_name"] for each in shown["positions"]] == ["Jane Doe", "John"]
    assert shown["invoice_address"]["company"] == "Acme"
    assert (shown["api_meta"], shown["locale"]) == ({"pos": 7}, "de")


def test_a_ticket_carries_the_validity_of_its_product(api: Api, event: Event, item: Item) -> None:
    rule = {
        "validity_mode": "dynamic",
        "validity_dynamic_duration_days": 2,
        "validity_dynamic_start_choice": True,
    }
    assert api.patch(at(event, f"items/{item.pk}/"), json=rule).status_code == 200

    start = "2099-06-01T10:00:00+02:00"
    shown = _create(api, event, {"item": item.pk, "requested_valid_from": start}).json()

    (position,) = shown["positions"]
    assert (position["valid_from"], position["valid_until"]) == (start, "2099-06-02T23:59:59+02:00")


def test_an_order_is_pending_unless_it_says_paid(api: Api, event: Event, item: Item) -> None:
    shown = _create(api, event, {"item": item.pk}).json()

    assert (shown["status"], shown["payments"], shown["sales_channel"]) == ("n", [], "web")
    assert shown["expires"].split("T")[1].startswith("23:59:59")


def test_a_simulated_order_is_shown_and_not_made(api: Api, event: Event, item: Item) -> None:
    answer = _create(api, event, {"item": item.pk}, simulate=True)

    assert (answer.status_code, answer.json()["total"]) == (201, "23.00")
    assert not Order.objects.exists()


def test_problems_of_positions_stand_at_their_places(api: Api, event: Event, item: Item) -> None:
    good = {"item": item.pk}

    for bad, problem in [
        ({}, {"item": ["This field is required."]}),
        ({"item": 99}, {"item": ['Invalid pk "99" - object does not exist.']}),
        (7, {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}),
        (
            {"item": item.pk, "subevent": 1},
            {"subevent": ["This event is not a series: it has no dates to choose from."]},
        ),
        (
            {"item": make_item(event, active=False).pk},
            {"item": ["This product is not active."]},
        ),
    ]:
        answer = _create(api, event, good, bad)  # type: ignore[arg-type]

        assert (answer.status_code, answer.json()) == (400, {"positions": [{}, problem]})


def test_an_order_needs_positions(api: Api, event: Event) -> None:
    missing = api.post(at(event, "orders/"), json={})
    empty = _create(api, event)

    assert missing.json() == {"positions": ["This field is required."]}
    assert (empty.status_code, list(empty.json())) == (400, ["positions"])


@pytest.mark.parametrize(
    "given",
    [
        {"status": "x"}, {"sales_channel": "moon"}, {"email": "nobody"}, {"code": "ab"},
        {"locale": "fr"}, {"fees": [{"value": "1.00"}]}, {"expires": "2027-01-01T00:00:00"},
        {"testmode": "maybe"}, {"payment_date": "soon"},
    ],
)  # fmt: skip
def test_bad_fields_are_refused_by_name(
    api: Api, event: Event, item: Item, given: dict[str, Any]
) -> None:
    answer = _create(api, event, {"item": item.pk}, **given)

    assert (answer.status_code, list(answer.json())) == (400, list(given))
    assert not Order.objects.exists()


def test_quotas_hold_for_single_orders_too(api: Api, event: Event) -> None:
    scarce = make_item(event, quota=1)

    answer = _create(api, event, {"item": scarce.pk}, {"item": scarce.pk})

    assert answer.status_code == 400
    assert [list(each) for each in answer.json()["positions"]] == [[], ["item"]]
    assert not Order.objects.exists()


def test_an_order_over_quota_blames_only_the_positions_that_are_over(
    api: Api, event: Event
) -> None:
    scarce, plenty, gone = make_item(event, quota=2), make_item(event), make_item(event, quota=0)
    sold = [scarce, plenty, gone, scarce, scarce, plenty]

    answer = _create(api, event, *({"item": item.pk} for item in sold))

    assert answer.status_code == 400
    problems = answer.json()["positions"]
    assert [list(each) for each in problems] == [[], [], ["item"], [], ["item"], []]
    assert "0 left, but 1" in problems[2]["item"][0]
    assert "2 left, but 3" in problems[4]["item"][0]


def test_a_position_is_over_where_any_of_its_quotas_is(api: Api, event: Event) -> None:
    one, other = make_item(event, quota=1), make_item(event)
    room = make_quota(event, size=2, items=[one, other])

    answer = _create(api, event, *({"item": item.pk} for item in [one, one, other, other]))

    problems = answer.json()["positions"]
    assert [list(each) for each in problems] == [[], ["item"], [], ["item"]]
    assert room.name in problems[3]["item"][0]


def test_dates_of_a_series_are_sold_from_their_own_quota(api: Api, event: Event) -> None:
    series = make_event(event.organizer, has_subevents=True)
    date, item = make_subevent(series), make_item(series)
    quota = series.quotas.create(name="Q", size=1, subevent=date)
    quota.items.add(item)

    first = _create(api, series, {"item": item.pk, "subevent": date.pk})
    second = _create(api, series, {"item": item.pk, "subevent": date.pk})

    assert (first.status_code, second.status_code) == (201, 400)
    assert first.json()["positions"][0]["subevent"] == date.pk


def test_answers_to_questions_are_taken(api: Api, event: Event, item: Item) -> None:
    size = event.questions.create(identifier="SIZE", question={"en": "Size?"}, type="C")
    medium = size.options.create(identifier="M", answer={"en": "Medium"})
    age = event.questions.create(identifier="AGE", question={"en": "Age?"}, type="N")

    made = _create(
        api,
        event,
        {
            "item": item.pk,
            "answers": [
                {"question": size.pk, "answer": "", "options": [medium.pk]},
                {"question": age.pk, "answer": "42"},
            ],
        },
    )
    refused = _create(
        api, event, {"item": item.pk, "answers": [{"question": age.pk, "answer": "old"}]}
    )
    twice = _create(
        api,
        event,
        {"item": item.pk, "answers": [{"question": age.pk, "answer": "1"}] * 2},
    )
    foreign = _create(
        api,
        event,
        {
            "item": item.pk,
            "answers": [{"question": age.pk, "answer": "1", "options": [medium.pk]}],
        },
    )

    answers = made.json()["positions"][0]["answers"]
    assert [(each["question_identifier"], each["answer"]) for each in answers] == [
        ("SIZE", "Medium"),
        ("AGE", "42"),
    ]
    assert refused.json() == {"positions": [{"answers": [{"answer": ["This must be a number."]}]}]}
    assert [each.status_code for each in (twice, foreign)] == [400, 400]


def test_a_test_order_is_deleted_and_a_real_one_is_not(api: Api, event: Event, item: Item) -> None:
    make_order(event, items=[item], code="T0ABC", testmode=True)
    make_order(event, items=[item], code="REALX", total=Decimal("23.00"))

    assert api.delete(at(event, "orders/T0ABC/")).status_code == 204
    assert api.delete(at(event, "orders/REALX/")).status_code == 403
    assert [order.code for order in Order.objects.all()] == ["REALX"]
