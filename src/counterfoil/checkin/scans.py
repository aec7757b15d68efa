"""What a scanner reports, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from counterfoil.catalog.models import Question
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.reasons import Refused
from counterfoil.core import clock
from counterfoil.orders.models import OrderPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One code held before a scanner.

    ``lists`` are of different events; the ticket decides which of them counts. ``datetime`` is
    when it happened, which is long ago for a scanner that was offline. ``force`` reports an
    admission that has already happened. ``position_id`` names the ticket instead of ``secret``
    for apps that chose it from a list.
    """

    lists: Sequence[CheckinList]
    secret: str
    position_id: int | None = None
    type: str = Checkin.Type.ENTRY
    datetime: datetime = field(default_factory=clock.now)
    nonce: str | None = None
    force: bool = False
    ignore_unpaid: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    questions_supported: bool = True
    simulate: bool = False
    source_type: str = "barcode"

    @property
    def is_entry(self) -> bool:
        return self.type == Checkin.Type.ENTRY


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the scanner is told: admitted, unless ``refused`` or ``questions`` say otherwise."""

    list: CheckinList
    position: OrderPosition | None = None
    refused: Refused | None = None
    questions: Sequence[Question] = ()

    @property
    def admitted(self) -> bool:
        return self.refused is None and not self.questions
