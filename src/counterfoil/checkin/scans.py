"""A scan and its outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from counterfoil.catalog.models import Question
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.reasons import Denial
from counterfoil.core import clock
from counterfoil.orders.models import OrderPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scanned code.

    ``lists`` belong to different events; the ticket decides which one counts. ``datetime`` is the
    time of the scan, which may be long ago if the scanner was offline. ``force`` reports an
    admission that has already happened. ``position_id`` replaces ``secret`` in apps where the
    ticket was selected from a list.
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
    """The result of a scan: admitted unless there is a ``denial`` or are ``questions``."""

    list: CheckinList
    position: OrderPosition | None = None
    denial: Denial | None = None
    questions: Sequence[Question] = ()

    @property
    def admitted(self) -> bool:
        return self.denial is None and not self.questions
