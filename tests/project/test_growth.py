"""What one ticket costs does not depend on how many there are: the databases' plans, at 100,000.

Counts of statements cannot see that one of them walks through all orders of an event.
"""

from __future__ import annotations

import pytest
from django.db import connection

from large_organizer import LargeOrganizer
from query_cost import measured

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TICKETS = 100_000
#: A walk through the event's orders takes 80,000 rows, or 400,000 steps and more.
MOST = {"sqlite": 200_000, "postgresql": 4_000}
#: A tenth of the tickets names somebody, and some words are in the names of many.
MOST_OF_SLOWER = {"sqlite": 2_000_000, "postgresql": 60_000}


def test_nothing_walks_through_all_orders(settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    house = LargeOrganizer(TICKETS)
    walks = []
    for operations, most in ((house.constant(), MOST), (house.slower(), MOST_OF_SLOWER)):
        for name, run in operations.items():
            run()  # caches of the process are warm
            with measured() as effort:
                answer = run()
            assert answer.status_code < 405, (name, answer.content)
            work = effort.work()
            print(f"{name:36} {work:9,}")
            if work > most[connection.vendor]:
                walks.append(f"{name}: {work:,}\n{effort.worst()}")

    assert not walks, "\n\n".join(walks)
