from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from click.testing import CliRunner

from counterfoil.cli.main import main
from servers import World, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_database_that_is_up_to_date_stays_as_it_is() -> None:
    for _ in range(2):
        ended = CliRunner().invoke(main, ["migrate"])

        assert (ended.exit_code, ended.output) == (0, "The database is up to date.\n")


def test_a_database_of_a_newer_version_is_refused(newer_database: None) -> None:
    ended = CliRunner().invoke(main, ["migrate"])

    assert ended.exit_code == 1
    assert "newer version of Counterfoil (jobs.0999_later)" in ended.output


@pytest.mark.slow
def test_two_hosts_that_migrate_at_once_both_succeed(distributed: World) -> None:
    distributed.rows("DROP SCHEMA public CASCADE")
    distributed.rows("CREATE SCHEMA public")

    hosts = [distributed.start("migrate") for _ in range(2)]

    assert [host.wait() for host in hosts] == [0, 0], hosts[0].said + hosts[1].said


IMPATIENT = """
import django
django.setup()
from django.db import connection
connection.cursor().execute("SET lock_timeout = 200")
from counterfoil.cli.migrate import bring_up_to_date
bring_up_to_date()
"""

WAITS = """
SELECT 1 FROM pg_stat_activity
WHERE wait_event = 'advisory' AND clock_timestamp() - query_start > interval '1 second'
"""


@pytest.mark.slow
def test_a_host_waits_however_long_another_migrates(distributed: World) -> None:
    with ThreadPoolExecutor(1) as pool, psycopg.connect(distributed.database_url) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [0x436F756E746572])
        waiting = pool.submit(distributed.python, IMPATIENT)
        eventually(lambda: distributed.rows(WAITS), "it waits")
        other.execute("SELECT pg_advisory_unlock(%s)", [0x436F756E746572])

    assert waiting.result().returncode == 0, waiting.result().stderr
