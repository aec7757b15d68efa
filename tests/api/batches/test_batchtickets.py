"""Exports of ten thousand tickets stream: they take no more memory than those of a thousand."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apiclient import Api, at
from batches.making import make
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event
from makers import make_item

#: Ten thousand tickets in a list would be some 5 MB.
GENEROUS = 1_500_000


@pytest.fixture
def peak(api: Api) -> Iterator[Callable[[OfflineSalesBatch, str], int]]:
    """Tells the most memory in bytes that was held at once while an export was sent."""
    answers: list[Any] = []

    def measured(batch: OfflineSalesBatch, kind: str) -> int:
        path = at(batch.event, f"offlinesalesbatches/{batch.pk}/tickets/?format={kind}")
        tracemalloc.start()
        try:
            answers.append(api.get(path))
            sent = sum(len(chunk) for chunk in answers[-1].streaming_content)
            _now, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert sent > 20 * batch.amount
        return most

    yield measured
    for answer in answers:
        answer.close()  # and with it the connection to the database


@pytest.mark.django_db(transaction=True)  # as in earnest: a lease is renewed from outside
@pytest.mark.parametrize("kind", ["csv", pytest.param("xlsx", marks=pytest.mark.endurance)])
def test_an_export_takes_the_same_memory_for_any_number_of_tickets(
    peak: Callable[[OfflineSalesBatch, str], int],
    event: Event,
    kind: str,
) -> None:
    item = make_item(event)
    few, many = make(item, 1_000), make(item, 10_000)
    peak(few, kind)  # what is loaded once and kept

    most = peak(few, kind) + GENEROUS
    assert any(peak(many, kind) < most for _ in range(3))  # a thread may be busy with its own
