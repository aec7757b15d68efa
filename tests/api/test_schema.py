"""The description of the API: whole, valid, committed as it is, and served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from apiclient import Api
from counterfoil.api import schema as api_schema

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.yaml"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    return api_schema.described()


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_it_is_valid_and_made_without_warnings(described: dict[str, Any]) -> None:
    validate_schema(described)

    assert not GENERATOR_STATS
    assert described["openapi"].startswith("3.1")


def test_the_committed_file_is_up_to_date(described: dict[str, Any]) -> None:
    written = OpenApiYamlRenderer().render(described, renderer_context={}).decode()

    assert written == COMMITTED.read_text(encoding="utf-8"), "write docs/openapi.yaml anew"


def test_every_operation_has_a_summary_and_its_errors(described: dict[str, Any]) -> None:
    for name, operation in operations(described).items():
        assert operation["summary"], name
        assert {"400", "403", "404", "406", "429", "503"} <= set(operation["responses"]), name


def test_every_answer_and_request_has_an_example(described: dict[str, Any]) -> None:
    without = [
        name
        for name, operation in operations(described).items()
        for content in _contents(operation)
        if "examples" not in content
    ]

    assert without == []


def _contents(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything in JSON that goes in, or comes out when all is well."""
    bodies = [operation.get("requestBody", {})]
    bodies += [body for status, body in operation["responses"].items() if status.startswith("2")]
    found = [body.get("content", {}).get("application/json") for body in bodies]
    return [content for content in found if content is not None]


def test_every_error_has_an_example(described: dict[str, Any]) -> None:
    for response in described["components"]["responses"].values():
        assert "example" in response["content"]["application/json"]


def test_both_kinds_of_credentials_are_described(described: dict[str, Any]) -> None:
    assert {"token", "device"} <= set(described["components"]["securitySchemes"])


def test_it_is_served_without_credentials(api: Api) -> None:
    answer = api.get("/schema/", token=None, headers={"Accept": "application/json"})

    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Counterfoil"


def test_its_page_loads_nothing_from_elsewhere(api: Api, settings: LazySettings) -> None:
    page = api.get("/docs/", token=None, headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert f"{settings.STATIC_URL}drf_spectacular_sidecar/" in page.content.decode()
    assert "https://" not in page.content.decode()
