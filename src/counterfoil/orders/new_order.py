"""What somebody asks for who feeds an order into the system."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from counterfoil.catalog.models import (
    Item,
    ItemVariation,
    Question,
    QuestionOption,
    SalesChannel,
    SubEvent,
)
from counterfoil.orders.quotas import Sellable


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    question: Question
    answer: str
    options: tuple[QuestionOption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPosition:
    """``price`` None is the list price; ``secret`` None draws one.

    ``valid_from`` and ``valid_until`` None are as the product says; where it lets the buyer choose
    the start, that is ``requested_valid_from``.

    ``addon_to`` is the ``positionid`` of an earlier position. ``attendee`` are columns of the
    position by name: who comes, and where they live.
    """

    item: Item
    variation: ItemVariation | None = None
    subevent: SubEvent | None = None
    positionid: int | None = None
    price: Decimal | None = None
    secret: str | None = None
    addon_to: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    requested_valid_from: datetime | None = None
    attendee: dict[str, Any] = field(default_factory=dict)
    answers: tuple[NewAnswer, ...] = ()

    @property
    def sellable(self) -> Sellable:
        return Sellable(self.item, self.variation, self.subevent)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """``code`` None draws one. ``details`` are columns of the order by name."""

    positions: tuple[NewPosition, ...]
    sales_channel: SalesChannel
    paid: bool = False
    testmode: bool = False
    code: str | None = None
    locale: str | None = None
    payment_provider: str | None = None
    payment_date: datetime | None = None
    expires: datetime | None = None
    custom_followup_at: date | None = None
    details: dict[str, Any] = field(default_factory=dict)
