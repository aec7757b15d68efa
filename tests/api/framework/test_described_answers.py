"""From a batch to its PDF, and a scan: every answer has the shape that the description gives it.

``test_schemathesis.py`` draws requests at random; these are the answers that need a story.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from apiclient import Api, at
from counterfoil.api.framework.schema import described
from counterfoil.batches.models import BatchRequest
from counterfoil.catalog.models import Event, Question
from counterfoil.jobs import runner
from counterfoil.orders.models import Order
from counterfoil.printing.models import RenderRequest
from gate import make_list
from makers import make_device, make_event, make_item, make_order, make_subevent


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return described()


@pytest.fixture
def asks(api: Api, description: dict[str, Any]) -> Described:
    return Described(api, description)


class Described:
    """Asks, and compares each answer with the description of its operation."""

    def __init__(self, api: Api, description: dict[str, Any]) -> None:
        self.api = api
        self._description = description

    def __call__(self, method: str, path: str, status: int, **given: Any) -> Any:
        """Send a request, and return the body of the answer: JSON, or None of a file."""
        answer = self.api.send(method, path, **given)
        assert answer.status_code == status, answer.content
        response = self._response(method, path.partition("?")[0], status)
        kind = answer["Content-Type"].partition(";")[0]
        assert kind in response["content"], kind
        if kind != "application/json":
            answer.close()
            return None
        schema = {**self._description, **response["content"][kind]["schema"]}
        found = sorted(Draft202012Validator(schema).iter_errors(answer.json()), key=str)
        assert [f"{list(each.path)}: {each.message}" for each in found] == []
        return answer.json()

    def _response(self, method: str, path: str, status: int) -> dict[str, Any]:
        (found,) = [
            methods[method.lower()]["responses"][str(status)]
            for template, methods in self._sorted_paths()
            if method.lower() in methods and _fits(template, path)
        ][:1]
        if "$ref" in found:
            found = self._description["components"]["responses"][found["$ref"].split("/")[-1]]
        return dict(found)

    def _sorted_paths(self) -> list[tuple[str, Any]]:
        """Return those with the fewest parameters first: ``preview/`` is no ``{id}/``."""
        return sorted(self._description["paths"].items(), key=lambda each: each[0].count("{"))


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) is not None


def _path(address: str) -> str:
    return address.removeprefix("http://testserver")


def test_from_a_batch_to_its_file(asks: Described, event: Event) -> None:
    item = make_item(event, quota=10)
    batches = at(event, "offlinesalesbatches/")
    asks("POST", batches, 400, json={"item": item.pk, "amount": 0})
    asks("POST", batches, 400, content=b"{")
    check = _path(asks("POST", batches, 202, json={"item": item.pk, "amount": 2})["check"])
    asks("GET", check, 409)
    runner.run(BatchRequest.objects.get().pk)
    batch = asks("GET", check, 200)
    asks("GET", at(event, f"batchjobs/{check.split('/')[-2]}/"), 200)
    asks("GET", batches, 200)
    asks("GET", f"{batches}{batch['id']}/", 200)
    asks("GET", f"{batches}{batch['id']}/tickets/", 200)

    download = _path(asks("POST", f"{batches}{batch['id']}/render/", 202, json={})["download"])
    asks("GET", download, 409)
    runner.run(RenderRequest.objects.get().pk)
    asks("GET", at(event, f"renderjobs/{download.split('/')[-3]}/"), 200)
    asks("GET", download, 200)


def test_a_batch_that_failed_and_one_that_was_cancelled(asks: Described, event: Event) -> None:
    item = make_item(event, quota=1)
    batches = at(event, "offlinesalesbatches/")
    failed = _path(asks("POST", batches, 202, json={"item": item.pk, "amount": 2})["check"])
    runner.run(BatchRequest.objects.get().pk)
    asks("GET", failed, 410)
    cancelled = _path(asks("POST", batches, 202, json={"item": item.pk, "amount": 1})["check"])
    asks.api.delete(at(event, f"batchjobs/{cancelled.split('/')[-2]}/"))
    asks("GET", cancelled, 410)


def test_tickets_of_orders_and_their_cancelled_print(asks: Described, event: Event) -> None:
    position = make_order(event, items=[make_item(event)]).positions.get()
    asks("GET", at(event, f"orders/{position.order.code}/download/pdf/"), 409)
    asks("GET", at(event, f"orderpositions/{position.pk}/download/pdf/"), 409)
    body = {"parts": [{"orderposition": position.pk}]}
    render = at(event, "ticketpdfrenderer/render_batch/")
    asks("POST", render, 400, json={"parts": [{"orderposition": 0}]})
    download = _path(asks("POST", render, 202, json=body)["download"])
    asks.api.delete(at(event, f"renderjobs/{download.split('/')[-3]}/"))
    asks("GET", download, 410)


def test_fields_that_are_there_on_request(asks: Described, event: Event) -> None:
    item = make_item(event, quota=10)
    make_order(event, items=[item])
    make_subevent(make_event(event.organizer, has_subevents=True))
    quota = asks("GET", at(event, "quotas/?with_availability=true"), 200)["results"][0]
    assert {"available", "available_number"} <= quota.keys()
    (position,) = asks("GET", at(event, "orderpositions/?pdf_data=true"), 200)["results"]
    assert "pdf_data" in position
    organizer = f"/api/v1/organizers/{event.organizer.slug}"
    for path in (f"{organizer}/events/", f"{organizer}/subevents/"):
        rows = asks("GET", f"{path}?with_availability_for=web", 200)["results"]
        assert rows
        assert all("best_availability_state" in row for row in rows)


def test_scans_of_every_kind(asks: Described, event: Event) -> None:
    item = make_item(event)
    door = make_list(event)
    base = f"/api/v1/organizers/{event.organizer.slug}/checkinrpc"
    ticket = make_order(event, items=[item]).positions.get()

    def redeem(secret: str, status: int) -> str:
        sent = {"secret": secret, "lists": [door.pk]}
        return str(asks("POST", f"{base}/redeem/", status, json=sent)["status"])

    asks.api = Api(make_device(event.organizer)[1])
    assert redeem(ticket.secret, 201) == "ok"
    assert redeem(ticket.secret, 400) == "error"
    assert redeem("unknown", 404) == "error"
    asks("POST", f"{base}/redeem/", 400, json={"secret": "x", "lists": []})
    question = Question.objects.create(
        event=event, question={"en": "Age?"}, type="N", required=True, ask_during_checkin=True
    )
    question.items.add(item)
    other = make_order(event, items=[item]).positions.get()
    assert redeem(other.secret, 400) == "incomplete"
    path = at(event, f"checkinlists/{door.pk}/positions/{ticket.secret}/redeem/")
    asks("POST", path, 400, json={})
    asks("GET", at(event, f"checkinlists/{door.pk}/status/"), 200)
    asks("GET", f"{base}/search/?list={door.pk}", 200)


def test_what_can_be_done_to_an_order(asks: Described, event: Event) -> None:
    order = make_order(event, items=[make_item(event, quota=5)], status=Order.Status.PENDING)
    orders = at(event, f"orders/{order.code}/")
    asks("GET", orders, 200)
    asks("PATCH", orders, 200, json={"comment": "Changed"})
    for action in ("extend", "mark_paid", "mark_pending", "mark_canceled"):
        sent = {"expires": "2036-01-01"} if action == "extend" else {}
        asks("POST", f"{orders}{action}/", 200, json=sent)
    asks("POST", f"{orders}mark_pending/", 400, json={})


def test_errors_of_every_operation(asks: Described, event: Event) -> None:
    asks("GET", at(event, "orders/NONE/"), 404)
    asks("GET", at(event, "orders/"), 401, token=None)
    asks("GET", "/api/v1/organizers/nobody/events/", 403)
    asks("POST", at(event, "orders/"), 415, content=b"x", content_type="text/yaml")
