"""The description of the API: whole, valid, committed as it is, and served."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from apiclient import Api
from counterfoil.api.framework import schema as api_schema

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.yaml"
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


def test_nothing_is_nullable_in_the_words_of_openapi_3_0() -> None:
    assert "nullable" not in COMMITTED.read_text(encoding="utf-8")


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


def test_no_names_collide_after_normalising(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]

    assert _collisions(schemas) == []
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) for name in schemas)
    assert _collisions(each["operationId"] for each in operations(described).values()) == []
    for name, schema in schemas.items():
        assert _collisions(schema.get("properties", ())) == [], name
        inline = [f"{name}_{inner}" for inner in _objects_in(schema)]
        assert _collisions([*schemas, *inline]) == [], name
    for name, operation in operations(described).items():
        parameters = [f"{each['in']} {each['name']}" for each in operation.get("parameters", ())]
        assert _collisions(parameters) == [], name


def _collisions(names: Iterable[str]) -> list[str]:
    """Return the names of which no more than the case or the separators tell them apart."""
    normalised = Counter(re.sub(r"[\W_]", "", name).lower() for name in names)
    return [name for name, count in normalised.items() if count > 1]


def _objects_in(schema: dict[str, Any]) -> list[str]:
    """Return the properties for which a generator invents the name of a class."""
    properties = schema.get("properties", {}).items()
    return [name for name, each in properties if "$ref" not in each and _is_object(each)]


def _is_object(schema: dict[str, Any]) -> bool:
    return "object" in [schema.get("type"), *(schema.get("type") or ())] or "enum" in schema


def test_bodies_are_described_as_json_and_files_as_forms(described: dict[str, Any]) -> None:
    bodies = {
        name: set(operation["requestBody"]["content"])
        for name, operation in operations(described).items()
        if "requestBody" in operation
    }

    assert "multipart/form-data" in bodies.pop("POST /api/v1/upload")
    assert {name: types for name, types in bodies.items() if types != {"application/json"}} == {}


def test_errors_and_accepted_requests_share_their_schemas(described: dict[str, Any]) -> None:
    shared = {"Error", "FieldErrors", "Accepted", "JobProgress", "JobFailure", "ScanResult"}
    accepted = {
        _name_of(operation["responses"]["202"]["content"]["application/json"]["schema"])
        for operation in operations(described).values()
        if "202" in operation["responses"]
    }

    assert shared <= set(described["components"]["schemas"])
    assert accepted == {"AcceptedBatch", "AcceptedDownload", "PrintAnswer"}
    for name, response in described["components"]["responses"].items():
        schema = response["content"]["application/json"]["schema"]
        names = {_name_of(each) for each in schema.get("anyOf", [schema])}
        assert names & {"Error", "FieldErrors", "JobFailure"}, name


def _name_of(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def test_an_operation_is_tagged_with_its_resource(described: dict[str, Any]) -> None:
    tags = {name: operation["tags"] for name, operation in operations(described).items()}
    of_event = "/api/v1/organizers/{organizer}/events/{event}"

    assert all(len(each) == 1 for each in tags.values())
    assert {tag for (tag,) in tags.values()} == {each["name"] for each in described["tags"]}
    assert tags["GET /api/v1/"] == ["root"]
    assert tags["POST /api/v1/device/roll"] == ["device"]
    assert tags["GET /api/v1/organizers/{organizer}/"] == ["organizers"]
    assert tags["GET /api/v1/organizers/{organizer}/orders/"] == ["orders"]
    assert tags[f"POST {of_event}/clone/"] == ["events"]
    assert tags[f"PATCH {of_event}/"] == ["events"]
    assert tags[f"POST {of_event}/orders/{{code}}/extend/"] == ["orders"]
    assert tags[f"GET {of_event}/offlinesalesbatches/{{id}}/tickets/"] == ["offlinesalesbatches"]


def test_what_is_always_shown_is_required(described: dict[str, Any]) -> None:
    on_request = {
        "Quota": {"available", "available_number"},
        **{name: {"best_availability_state"} for name in _WITH_AVAILABILITY},
        **{name: {"pdf_data"} for name in ("OrderPosition", "ScanPosition")},
    }
    optional = {
        name: set(schema["properties"]) - set(schema.get("required", ()))
        for name, schema in _shown(described).items()
    }

    assert {name: fields for name, fields in optional.items() if fields} == {
        **on_request,
        "Accepted": {"check", "download"},
        "ActionOutcome": {"redeemed"},
        "ConsignmentLine": {"tickets", "books", "serials", "count", "price", "value"},
        **{name: {"order"} for name in ("RedeemedTicket", "RefusedTicket")},
        "ScanResult": {"position", "questions", "reason", "reason_explanation"},
    }


_WITH_AVAILABILITY = ("Event", "EventClone", "EventDetail", "SubEvent")


def _shown(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the schemas of what is answered."""
    schemas = described["components"]["schemas"].items()
    return {
        name: schema
        for name, schema in schemas
        if not name.endswith("Request") and "properties" in schema
    }


def test_a_served_description_names_its_server(api: Api, settings: LazySettings) -> None:
    headers = {"Accept": "application/json"}

    assert _server(api.get("/schema/", headers=headers)) == "http://testserver"
    settings.PUBLIC_URL = "https://paper.example.net/tickets/"
    assert _server(api.get("/schema/", headers=headers)) == "https://paper.example.net/tickets"
    settings.PUBLIC_URL = ""
    written = api.get("/schema/", headers={"Accept": "application/yaml"}).content.decode()
    assert "url: http://testserver\n" in written


def _server(answer: Any) -> str:
    (server,) = answer.json()["servers"]
    return str(server["url"])


def test_it_is_served_without_credentials(api: Api) -> None:
    answer = api.get("/schema/", token=None, headers={"Accept": "application/json"})

    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Counterfoil"


def test_its_page_loads_nothing_from_elsewhere(api: Api, settings: LazySettings) -> None:
    page = api.get("/docs/", token=None, headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert f"{settings.STATIC_URL}drf_spectacular_sidecar/" in page.content.decode()
    assert "https://" not in page.content.decode()
