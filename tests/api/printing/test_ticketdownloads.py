from __future__ import annotations

from typing import Any

import pypdfium2
import pytest

from apiclient import Api, at
from counterfoil.catalog.models import Event
from counterfoil.jobs.models import Job
from counterfoil.jobs.runner import run
from counterfoil.orders.models import Order
from makers import make_device, make_item, make_order, make_team, make_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(event: Event) -> Order:
    """A paid order of two tickets and a parking space, which has none."""
    items = [make_item(event), make_item(event), make_item(event, generate_tickets=False)]
    return make_order(event, items=items)


def fetched(api: Api, path: str) -> Any:
    """Ask, let a worker do the job, and ask again."""
    first = api.get(path)
    assert (first.status_code, first.json()["status"]) == (409, "waiting")
    run(Job.objects.get().pk)
    return api.get(path)


def texts_of(answer: Any) -> list[str]:
    content = b"".join(answer.streaming_content)
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_one_ticket_is_first_made_and_then_there(api: Api, event: Event, order: Order) -> None:
    position = order.positions.get(positionid=2)

    answer = fetched(api, at(event, f"orderpositions/{position.pk}/download/pdf/"))

    assert answer["Content-Disposition"] == (
        f'attachment; filename="{event.slug.upper()}-{order.code}-2-pdf.pdf"'
    )
    (text,) = texts_of(answer)
    assert f"{order.code}-2" in text


def test_an_orders_tickets_come_together(api: Api, event: Event, order: Order) -> None:
    answer = fetched(api, at(event, f"orders/{order.code}/download/pdf/"))

    assert answer["Content-Disposition"] == (
        f'attachment; filename="{event.slug.upper()}-{order.code}-pdf.pdf"'
    )
    assert [
        f"{order.code}-{number}" in text for number, text in enumerate(texts_of(answer), 1)
    ] == [
        True,
        True,
    ]


def test_a_made_ticket_answers_whoever_may_read_orders(
    api: Api, event: Event, order: Order
) -> None:
    path = at(event, f"orders/{order.code}/download/pdf/")
    texts_of(fetched(api, path))

    other = Api(make_device(event.organizer)[1])
    none = Api(make_token(make_team(event.organizer, permissions=[]))[1])

    assert len(texts_of(other.get(path))) == 2
    assert none.get(path).status_code == 403
    assert Job.objects.count() == 1


def test_what_has_no_ticket_is_forbidden(api: Api, event: Event, order: Order) -> None:
    parking = order.positions.get(positionid=3)
    assert api.get(at(event, f"orderpositions/{parking.pk}/download/pdf/")).status_code == 403

    Order.objects.update(status="n")

    assert api.get(at(event, f"orders/{order.code}/download/pdf/")).status_code == 403
    assert not Job.objects.exists()


def test_other_outputs_and_other_orders_are_not_found(api: Api, event: Event, order: Order) -> None:
    position = order.positions.get(positionid=1)

    assert api.get(at(event, f"orderpositions/{position.pk}/download/wallet/")).status_code == 404
    assert api.get(at(event, "orderpositions/99999999/download/pdf/")).status_code == 404
    assert api.get(at(event, "orders/NONE0/download/pdf/")).status_code == 404
