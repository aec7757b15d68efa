"""A setting that needs more than is installed says what to install."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil.config.brokers import broker_url
from counterfoil.config.databases import database
from counterfoil.config.storages import storages
from counterfoil.core.environment import Environment, EnvironmentRefused

HERE = Path()


@pytest.mark.parametrize(
    ("extra", "module", "variables", "read"),
    [
        (
            "postgres",
            "psycopg",
            {"DATABASE_URL": "postgres://host/name"},
            lambda environment: database(environment, HERE),
        ),
        ("broker", "celery", {"COUNTERFOIL_BROKER_URL": "valkey://host/0"}, broker_url),
        (
            "s3",
            "boto3",
            {"COUNTERFOIL_S3_BUCKET": "tickets"},
            lambda environment: storages(environment, HERE),
        ),
    ],
    ids=["postgres", "broker", "s3"],
)
def test_a_setting_names_the_extra_that_it_needs(
    monkeypatch: pytest.MonkeyPatch,
    extra: str,
    module: str,
    variables: dict[str, str],
    read: Callable[[Environment], object],
) -> None:
    assert read(Environment(variables))

    monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed

    with pytest.raises(EnvironmentRefused) as refused:
        read(Environment(variables))
    assert f"Install counterfoil[{extra}]" in str(refused.value)
    assert next(iter(variables)) in str(refused.value)
