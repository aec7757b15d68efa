"""Currencies with three decimals and with none: in columns, in the API, in exports and on paper."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest

from apiclient import BASE, Api, at
from batches.making import make
from counterfoil.catalog.models import Event, Item
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.variables.ticket_source import TicketSource
from makers import make_tax_rule

CURRENCIES = [
    # code, price, of which 10 % tax, what is refused, printed in English, sheet format
    ("KWD", "1.505", "0.137", "1.5055", "KWD1.505", "0.000"),
    ("TND", "49.500", "4.500", "0.0001", "TND49.500", "0.000"),
    ("CLF", "1.2345", "0.1122", "1.23456", "CLF1.2345", "0.0000"),
    ("JPY", "1000.00", "91.00", "1.234", "¥1,000", "0.00"),
    ("EUR", "23.00", "2.09", "1.234", "€23.00", "0.00"),
]


@pytest.mark.parametrize(("currency", "price", "tax", "too_fine", "printed", "cells"), CURRENCIES)
def test_a_price_keeps_the_decimals_of_its_currency_from_the_product_to_the_paper(
    api: Api,
    event: Event,
    currency: str,
    price: str,
    tax: str,
    too_fine: str,
    printed: str,
    cells: str,
) -> None:
    event.currency = currency
    event.save()
    rule = make_tax_rule(event, rate=Decimal(10))
    body = {"name": {"en": "New"}, "default_price": price, "tax_rule": rule.pk, "active": True}
    made = api.post(at(event, "items/"), json=body).json()
    item = Item.objects.get(pk=made["id"])
    quota = {"name": "All", "size": 100, "items": [item.pk], "variations": []}
    assert api.post(at(event, "quotas/"), json=quota).status_code == 201

    refused = api.patch(at(event, f"items/{item.pk}/"), json={"default_price": too_fine})
    sold = api.post(
        at(event, "orders/"),
        json={"status": "p", "locale": "en", "positions": [{"item": item.pk}] * 2},
    ).json()
    seen = api.get(at(event, f"orders/{sold['code']}/")).json()
    everywhere = api.get(f"{BASE}/organizers/{event.organizer.slug}/orders/").json()["results"]
    batch = make(item, 2)
    tickets = at(event, f"offlinesalesbatches/{batch.pk}/tickets/")
    csv, xlsx = (
        b"".join(api.get(f"{tickets}?format={kind}").streaming_content) for kind in ("csv", "xlsx")
    )
    cell = openpyxl.load_workbook(io.BytesIO(xlsx)).active["F2"]  # type: ignore[index]

    assert made["default_price"] == price
    assert list(refused.json()) == ["default_price"]
    assert {(row["price"], row["tax_value"]) for row in seen["positions"]} == {(price, tax)}
    assert [seen["total"], seen["payments"][0]["amount"]] == [f"{2 * Decimal(price)}"] * 2
    assert everywhere == [seen]
    assert api.get(tickets).json()["results"][0]["price"] == price
    assert csv.decode().splitlines()[1].split(",")[5] == price
    assert (Decimal(str(cell.value)), cell.number_format) == (Decimal(price), cells)
    ticket = OrderPosition.objects.filter(order__code=sold["code"]).earliest("pk")
    source = TicketSource(event, needs=["price"], images=(), now=datetime(2027, 1, 1, tzinfo=UTC))
    assert next(source.tickets([ticket.pk])).values["price"] == printed
