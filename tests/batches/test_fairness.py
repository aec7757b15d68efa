from __future__ import annotations

import pytest

from batches.making import ask
from counterfoil.batches.models import BatchRequest
from counterfoil.jobs import runner
from makers import make_event, make_item

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_batches_of_one_organizer_delay_another_by_the_one_that_runs() -> None:
    large, small = make_item(make_event()), make_item(make_event())
    queued = [ask(large, 2).pk for _ in range(20)]
    assert runner.run_next()

    wanted = ask(small, 1).pk
    assert runner.run_next()

    done = BatchRequest.objects.filter(job__state="done").values_list("pk", flat=True)
    assert set(done) == {queued[0], wanted}
