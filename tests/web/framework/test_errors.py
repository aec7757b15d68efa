"""What people see when something that the pages stand on is away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DataError, InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from batches.making import make
from counterfoil.accounts.models import User
from counterfoil.catalog.models import Event
from counterfoil.config.storages import storages
from counterfoil.core.environment import Environment
from counterfoil.layouts.backgrounds import store_background
from makers import make_item, make_layout
from pageclient import signed_in
from samplepdfs import pdf_of

pytestmark = pytest.mark.django_db


def _failing(problem: Exception) -> Callable[..., Any]:
    """Return what stands between Django and a database that fails."""

    def execute(*given: Any) -> Any:
        raise problem

    return execute


@pytest.fixture
def visitor(user: User) -> Client:
    """``user``'s browser, which sees what people see: failures are pages."""
    client = signed_in(user)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("problem", [OperationalError("gone"), InterfaceError("gone")])
def test_without_the_database_a_page_asks_to_come_again(
    visitor: Client, base: str, problem: Exception
) -> None:
    with connection.execute_wrapper(_failing(problem)):
        page = visitor.get(f"{base}batches/")
        german = visitor.get(f"{base}batches/", headers={"Accept-Language": "de"})

    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "<h1>Temporarily unavailable</h1>" in page.text
    assert "<h1>Vorübergehend nicht verfügbar</h1>" in german.text
    assert visitor.get(f"{base}batches/").status_code == 200


def test_without_the_storage_a_page_asks_to_come_again(
    visitor: Client, base: str, event: Event, settings: LazySettings, tmp_path: Path
) -> None:
    background = store_background(event=event, pdf=pdf_of())
    layout = make_layout(event, background=background)
    (tmp_path / "files").touch()
    settings.STORAGES = storages(Environment({}), tmp_path)

    page = visitor.get(f"{base}layouts/{layout.pk}/background.pdf")

    assert (page.status_code, page["Retry-After"]) == (503, "5")


def test_work_that_waits_for_an_upgrade_is_to_be_asked_for_again(
    visitor: Client, base: str, event: Event
) -> None:
    batch = make(make_item(event), 1)
    MigrationRecorder(connection).record_applied("jobs", "0999_later")

    page = visitor.post(f"{base}batches/{batch.pk}/print/")

    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "newer version" in page.text


def test_a_failure_that_will_not_pass_is_one_of_ours(visitor: Client, base: str) -> None:
    with connection.execute_wrapper(_failing(DataError("odd"))):
        page = visitor.get(f"{base}batches/")

    assert page.status_code == 500
    assert "Retry-After" not in page
    assert "<h1>Something went wrong</h1>" in page.text
