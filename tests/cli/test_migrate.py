from __future__ import annotations

import pytest
from click.testing import CliRunner

from counterfoil.cli.main import main
from servers import World

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
