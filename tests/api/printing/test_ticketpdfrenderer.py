from __future__ import annotations

import uuid
from typing import Any

import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.jobs.models import Job
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.printing.models import RenderRequest
from makers import make_event, make_item, make_layout, make_order, make_team, make_token


@pytest.fixture
def position(event: Event) -> OrderPosition:
    return make_order(event, items=[make_item(event)]).positions.get()


def render(api: Api, event: Event, parts: Any) -> Any:
    return api.post(at(event, "ticketpdfrenderer/render_batch/"), json={"parts": parts})


def test_a_print_is_accepted_with_the_address_of_its_result(
    api: Api, event: Event, position: OrderPosition
) -> None:
    answer = render(api, event, [{"orderposition": position.pk}])

    found = RenderRequest.objects.get()
    path = at(event, f"ticketpdfrenderer/download/{found.pk}/{found.file_id}/")
    assert answer.status_code == 202
    assert answer.json() == {"download": f"http://testserver{path}"}


def test_parts_may_override_layout_and_channel_or_not(
    api: Api, event: Event, position: OrderPosition
) -> None:
    layout = make_layout(event)
    parts = [
        {"orderposition": str(position.pk), "unknown": 1},
        {"orderposition": position.pk, "override_channel": "web"},
        {"orderposition": position.pk, "override_layout": layout.pk},
        {"orderposition": position.pk, "override_layout": None, "override_channel": None},
        {"orderposition": position.pk, "override_layout": "", "override_channel": ""},
    ]

    assert render(api, event, parts).status_code == 202

    assert [number for _, number in RenderRequest.objects.get().parts] == [0, 0, 1, 0, 0]


REQUIRED = "This field is required."
NOT_NULL = "This field may not be null."


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (None, [NOT_NULL]),
        ([], ["This list may not be empty."]),
        ({}, {"non_field_errors": ['Expected a list of items but got type "dict".']}),
        ("x", {"non_field_errors": ['Expected a list of items but got type "str".']}),
        ([5], [{"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}]),
        ([{}], [{"orderposition": [REQUIRED]}]),
        ([{"orderposition": None}], [{"orderposition": [NOT_NULL]}]),
        ([{"orderposition": ""}], [{"orderposition": [NOT_NULL]}]),
        (
            [{"orderposition": "abc"}],
            [{"orderposition": ["Incorrect type. Expected pk value, received str."]}],
        ),
        (
            [{"orderposition": "1_0"}],
            [{"orderposition": ["Incorrect type. Expected pk value, received str."]}],
        ),
        (
            [{"orderposition": True}],
            [{"orderposition": ["Incorrect type. Expected pk value, received bool."]}],
        ),
        (
            [{"orderposition": 99999999}],
            [{"orderposition": ['Invalid pk "99999999" - object does not exist.']}],
        ),
        (
            [{"orderposition": 10**30}],
            [{"orderposition": [f'Invalid pk "{10**30}" - object does not exist.']}],
        ),
    ],
)
def test_what_is_no_list_of_parts_is_refused_in_its_place(
    api: Api, event: Event, parts: Any, problem: Any
) -> None:
    answer = render(api, event, parts)

    assert (answer.status_code, answer.json()) == (400, {"parts": problem})


def test_parts_are_required(api: Api, event: Event) -> None:
    answer = api.post(at(event, "ticketpdfrenderer/render_batch/"), json={})

    assert answer.json() == {"parts": [REQUIRED]}


def test_good_parts_stand_as_empty_objects_between_bad_ones(
    api: Api, event: Event, position: OrderPosition
) -> None:
    good = {"orderposition": position.pk}
    foreign = make_layout(make_event(event.organizer)).pk
    bad = {**good, "override_layout": foreign, "override_channel": "moon"}

    answer = render(api, event, [good, bad, good])

    assert answer.json() == {
        "parts": [
            {},
            {
                "override_channel": ["Object with identifier=moon does not exist."],
                "override_layout": [f'Invalid pk "{foreign}" - object does not exist.'],
            },
            {},
        ]
    }


def test_a_channel_that_is_a_number_does_not_exist(
    api: Api, event: Event, position: OrderPosition
) -> None:
    answer = render(api, event, [{"orderposition": position.pk, "override_channel": 5}])

    problem = {"override_channel": ["Object with identifier=5 does not exist."]}
    assert answer.json() == {"parts": [problem]}


def test_cancelled_and_foreign_positions_do_not_exist(api: Api, event: Event) -> None:
    item = make_item(event)
    cancelled = make_order(event, items=[item]).positions.get()
    OrderPosition.objects.update(canceled=True)
    of_cancelled_order = make_order(event, items=[item], status="c").positions.get()
    foreign_event = make_event(event.organizer)
    foreign = make_order(foreign_event, items=[make_item(foreign_event)]).positions.get()

    for each in (cancelled, of_cancelled_order, foreign):
        answer = render(api, event, [{"orderposition": each.pk}])
        assert answer.status_code == 400, each


def test_pending_orders_are_printed(api: Api, event: Event, position: OrderPosition) -> None:
    Order.objects.update(status="n")

    assert render(api, event, [{"orderposition": position.pk}]).status_code == 202


def test_a_thousand_parts_are_printed_and_one_more_is_not(
    api: Api, event: Event, django_assert_max_num_queries: Any
) -> None:
    order = make_order(event, items=[])
    OrderPosition.objects.bulk_create(
        OrderPosition(
            organizer=event.organizer,
            order=order,
            positionid=number,
            item=make_item(event) if number == 0 else item,
            price=1,
            tax_rate=0,
            tax_value=0,
            secret=str(number),
            pseudonymization_id=str(number),
        )
        for item in [make_item(event)]
        for number in range(1000)
    )
    parts = [{"orderposition": pk} for pk in order.positions.values_list("pk", flat=True)]

    with django_assert_max_num_queries(25):
        answer = render(api, event, parts)

    assert answer.status_code == 202
    assert render(api, event, [*parts, parts[0]]).json().keys() == {"parts"}


def test_reading_orders_is_enough_and_less_is_not(event: Event, position: OrderPosition) -> None:
    def client(*permissions: str) -> Api:
        return Api(make_token(make_team(event.organizer, permissions=list(permissions)))[1])

    parts = [{"orderposition": position.pk}]

    assert render(client("event.orders:read"), event, parts).status_code == 202
    assert render(client("event.orders:write"), event, parts).status_code == 403


def test_the_resource_itself_is_not_there_and_render_batch_takes_posts_only(
    api: Api, event: Event
) -> None:
    assert api.get(at(event, "ticketpdfrenderer/")).status_code == 404
    answer = api.get(at(event, "ticketpdfrenderer/render_batch/"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


class TestDownload:
    """The address answers by the state of the job; what it serves is tested in test_downloads."""

    def test_job_file_and_event_must_belong_together(
        self, api: Api, event: Event, position: OrderPosition
    ) -> None:
        render(api, event, [{"orderposition": position.pk}])
        render(api, event, [{"orderposition": position.pk}])
        first, second = RenderRequest.objects.all()
        other = make_event(event.organizer)

        def status(at_event: Event, job: uuid.UUID, file: object) -> int:
            path = at(at_event, f"ticketpdfrenderer/download/{job}/{file}/")
            return int(api.get(path).status_code)

        assert status(event, first.pk, first.file_id) == 409
        assert status(event, first.pk, second.file_id) == 404
        assert status(other, first.pk, first.file_id) == 404
        assert status(event, uuid.uuid4(), first.file_id) == 404
        assert status(event, first.pk, "abc") == 404

    def test_tickets_printed_for_another_purpose_have_another_address(
        self, api: Api, event: Event, position: OrderPosition
    ) -> None:
        render(api, event, [{"orderposition": position.pk}])
        RenderRequest.objects.update(purpose="offlinesalesbatch")
        found = RenderRequest.objects.get()

        path = at(event, f"ticketpdfrenderer/download/{found.pk}/{found.file_id}/")

        assert api.get(path).status_code == 404

    def test_only_get_is_allowed(self, api: Api, event: Event) -> None:
        path = at(event, f"ticketpdfrenderer/download/{uuid.uuid4()}/{uuid.uuid4()}/")

        answer = api.post(path, json={})

        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert not Job.objects.exists()
