"""What is sent as a form is read no less strictly than JSON; its files are not logged."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from apiclient import Api, at
from counterfoil.accounts.devices import create_device
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event
from counterfoil.printing.models import RenderRequest
from makers import make_item, make_layout, make_order

FACTS = {
    "hardware_brand": "Acme",
    "hardware_model": "S1",
    "software_brand": "pretixSCAN",
    "software_version": "2.20.0",
}
UNREADABLE = [
    "[" * 100_000,
    "[" * 100 + "]" * 100,
    '["\\ud800"]',
    '["\\u0000"]',
    "[NaN]",
    "[1e999]",
]


def sent(api: Api, method: str, path: str, fields: Any) -> Any:
    body = urlencode(fields, doseq=True).encode()
    return api.send(method, path, content=body, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("text", [*UNREADABLE, "[", "null"], ids=lambda text: text[:8])
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("ticketlayouts/", "layout"),
        ("ticketlayouts/preview/", "layout"),
        ("checkinlists/", "rules"),
    ],
)
def test_json_in_a_form_is_read_strictly(
    api: Api, event: Event, path: str, field: str, text: str
) -> None:
    answer = sent(api, "POST", at(event, path), {"name": "A", field: text})

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:8])
def test_what_a_device_tells_in_a_form_is_read_strictly(event: Event, text: str) -> None:
    token = create_device(organizer=event.organizer, name="Gate").initialization_token

    answer = sent(Api(None), "POST", "/device/initialize", {"token": token, **FACTS, "info": text})

    assert answer.status_code == 400
    assert list(answer.json()) == ["info"]


def test_a_layout_may_come_in_a_form(api: Api, event: Event) -> None:
    answer = sent(api, "POST", at(event, "ticketlayouts/"), {"name": "A", "layout": "[]"})

    assert answer.status_code == 201
    assert answer.json()["layout"] == []


def test_settings_may_come_in_a_form(api: Api, event: Event) -> None:
    fields = {
        "timezone": "Asia/Tokyo",
        "locales": ["de", "fr"],
        "ticket_download": "True",
        "show_times": "false",
        "max_items_per_order": "7",
        "contact_mail": "jane@example.org",
    }

    answer = sent(api, "PATCH", at(event, "settings/"), fields)

    changed = {**fields, "ticket_download": True, "show_times": False, "max_items_per_order": 7}
    assert answer.status_code == 200
    assert answer.json().items() >= changed.items()


@pytest.mark.parametrize(
    ("name", "text"), [("ticket_download", "perhaps"), ("max_items_per_order", "many")]
)
def test_settings_of_the_wrong_kind_in_a_form_are_refused_by_name(
    api: Api, event: Event, name: str, text: str
) -> None:
    answer = sent(api, "PATCH", at(event, "settings/"), {name: text})

    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_tickets_are_printed_from_a_form(api: Api, event: Event) -> None:
    item, layout = make_item(event), make_layout(event)
    first, second = make_order(event, items=[item, item]).positions.order_by("pk")
    fields = {
        "parts[0]orderposition": second.pk,
        "parts[0]override_layout": layout.pk,
        "parts[1]orderposition": first.pk,
        "parts[1]override_channel": "web",
    }

    answer = sent(api, "POST", at(event, "ticketpdfrenderer/render_batch/"), fields)

    assert answer.status_code == 202
    assert RenderRequest.objects.get().parts == [[second.pk, 0], [first.pk, 1]]


def test_parts_are_required_in_a_form_too(api: Api, event: Event) -> None:
    answer = sent(api, "POST", at(event, "ticketpdfrenderer/render_batch/"), {"name": "x"})

    assert answer.json() == {"parts": ["This field is required."]}


def test_files_that_nobody_asked_for_are_ignored(api: Api, event: Event) -> None:
    body = (
        b'--X\r\nContent-Disposition: form-data; name="name"\r\n\r\nA\r\n'
        b'--X\r\nContent-Disposition: form-data; name="extra"; filename="a.txt"\r\n\r\nB\r\n'
        b"--X--\r\n"
    )

    answer = api.post(
        at(event, "categories/"), content=body, content_type="multipart/form-data; boundary=X"
    )

    assert answer.status_code == 201
    assert LogEntry.objects.get().data == {"name": ["A"]}
