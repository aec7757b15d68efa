"""OpenAPI: what drf-spectacular cannot see by itself.

Summaries come from a view's ``verbose_name``, examples from its ``example`` (``action_examples``
for other actions), errors from what the frame answers everywhere. Every field of an answer is
required, but for those that a serializer names in ``only_on_request``. Write the file anew with::

    django-admin spectacular --validate --fail-on-warn --file docs/openapi.yaml
"""

from __future__ import annotations

import inspect
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent, force_instance
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample

from counterfoil.catalog.models import Event

_VERBS = {
    "list": "List: {verbose_name}",
    "retrieve": "Read: {verbose_name}",
    "create": "Create: {verbose_name}",
    "update": "Replace: {verbose_name}",
    "partial_update": "Change: {verbose_name}",
    "destroy": "Delete: {verbose_name}",
}

_WRITING = {"create", "update", "partial_update"}

#: What views put into a serializer's context when a client asks for more fields: each is described.
ON_REQUEST = ("availability", "best_availability", "pdf_data")


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(description: str, properties: dict[str, Any], *required: str) -> dict[str, Any]:
    schema = {"type": "object", "description": description, "properties": properties}
    return {**schema, "required": list(required)} if required else schema


def _accepted(name: str) -> dict[str, Any]:
    """Return Accepted with one of its addresses, which is always there.

    It is required twice: openapi-typescript reads the outer, openapi-python-client the inner one.
    """
    return {"allOf": [_ref("Accepted"), {"required": [name]}], "required": [name]}


_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "integer"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_ADDRESS: dict[str, Any] = {"type": "string", "format": "uri"}

#: Schemas that no serializer writes, shared by many operations.
_SHARED: dict[str, dict[str, Any]] = {
    "Error": _object("Why the request failed, in a sentence.", {"detail": _TEXT}, "detail"),
    "FieldErrors": {
        "type": "object",
        "additionalProperties": {},
        "description": "Sentences by field, nested as the request is; those that concern several "
        "fields are in `non_field_errors`, those about the whole request in `detail`.",
    },
    "Accepted": _object(
        "The request was accepted and is worked on; ask the address for its result.",
        {"check": _ADDRESS, "download": _ADDRESS},
    ),
    "AcceptedBatch": _accepted("check"),
    "AcceptedDownload": _accepted("download"),
    "JobProgress": _object(
        "The result is not there yet. Ask again after the seconds in Retry-After.",
        {
            "status": {"type": "string", "description": "`waiting` or `running`."},
            "progress": _object(
                "How far the job is.", {"done": _NUMBER, "total": _NUMBER}, "done", "total"
            ),
        },
        "status",
        "progress",
    ),
    "JobFailure": _object(
        "There will be no result.",
        {"status": {"type": "string", "description": "`failed`."}, "message": _TEXT},
        "status",
        "message",
    ),
    "ScanResult": _object(
        "What a scan led to. `position` is there when the ticket was found, `reason` when it was "
        "refused, `questions` when they have to be answered first.",
        {
            "status": {"type": "string", "description": "`ok`, `error` or `incomplete`."},
            "reason": _TEXT,
            "reason_explanation": {"type": ["string", "null"]},
            "require_attention": {"type": "boolean"},
            "checkin_texts": _TEXTS,
            "position": _ref("ScanPosition"),
            "questions": {"type": "array", "items": _ref("Question")},
            "list": _object(
                "The check-in list that was scanned for.",
                {
                    "id": _NUMBER,
                    "name": _TEXT,
                    "event": _TEXT,
                    "subevent": {"type": ["integer", "null"]},
                    "include_pending": {"type": "boolean"},
                },
                *("id", "name", "event", "subevent", "include_pending"),
            ),
        },
        *("status", "require_attention", "checkin_texts", "list"),
    ),
}
_DETAIL = _ref("Error")
_PROBLEMS: dict[str, Any] = {"anyOf": [_ref("FieldErrors"), _TEXTS]}

#: What a request for a PDF or a batch is answered.
ACCEPTED_DOWNLOAD: dict[int, Any] = {202: _ref("AcceptedDownload")}
ACCEPTED_BATCH: dict[int, Any] = {202: _ref("AcceptedBatch")}
#: What a request for the result is answered until it is there.
STATE_OF_JOB: dict[int, Any] = {409: _ref("JobProgress"), 410: _ref("JobFailure")}
#: A download of a job's PDF. A database that is busy is a 409 as well.
RESULT_OF_JOB: dict[Any, Any] = {
    (200, "application/pdf"): OpenApiTypes.BINARY,
    (409, "application/json"): {"anyOf": [_ref("JobProgress"), _DETAIL]},
    (410, "application/json"): _ref("JobFailure"),
}
#: A scan: admitted, refused or unknown.
SCAN_RESPONSES: dict[int, Any] = {
    201: _ref("ScanResult"),
    400: {"anyOf": [_ref("ScanResult"), *_PROBLEMS["anyOf"]]},
    404: {"anyOf": [_ref("ScanResult"), _DETAIL]},
}

#: What is answered when there is nothing left of it to print.
DELETED: dict[int, Any] = {410: _DETAIL}

#: Status: name of the component, description, schema, example.
_ERRORS: dict[str, tuple[str, str, dict[str, Any], Any]] = {
    "400": (
        "BadRequest",
        "Something in the request cannot be used.",
        _PROBLEMS,
        {"name": ["This field is required."]},
    ),
    "401": (
        "Unauthorized",
        "No credentials, or they are not valid any more.",
        _DETAIL,
        {"detail": "Authentication credentials were not provided."},
    ),
    "403": (
        "Forbidden",
        "It does not exist for these credentials, they may not do this, or nobody may.",
        _DETAIL,
        {"detail": "You do not have permission to perform this action."},
    ),
    "404": ("NotFound", "There is no such object here.", _DETAIL, {"detail": "Not found."}),
    "406": (
        "NotAcceptable",
        "The answer does not come in a type that Accept names.",
        _DETAIL,
        {"detail": "Could not satisfy the request Accept header."},
    ),
    "409": (
        "Conflict",
        "Not now: another request is changing this, or the first with this idempotency key runs.",
        _DETAIL,
        {"detail": "The first request with this key is still running."},
    ),
    "410": (
        "Gone",
        "It was asked for and will never be there: it failed, was cancelled, or is another's.",
        _ref("JobFailure"),
        {"status": "failed", "message": "Quota “Seats” has 3 left, but 7 are needed."},
    ),
    "413": (
        "TooLarge",
        "The request is larger than 10 MiB.",
        _DETAIL,
        {"detail": "The request is larger than 10 MiB."},
    ),
    "415": (
        "UnsupportedMediaType",
        "Requests of this type are not understood.",
        _DETAIL,
        {"detail": 'Unsupported media type "text/yaml" in request.'},
    ),
    "429": (
        "TooManyRequests",
        "The limit of this credential is reached; see Retry-After.",
        _DETAIL,
        {"detail": "Request was throttled. Expected available in 12 seconds."},
    ),
    "503": (
        "Unavailable",
        "The database or the storage does not answer; see Retry-After.",
        _DETAIL,
        {"detail": "The database is not available now."},
    ),
}
_ANSWERED = ["200", "201", "202", "2XX"]
_EVERYWHERE = ("400", "403", "404", "406", "429", "503")


class Operation(AutoSchema):
    """Describes one operation."""

    view: Any

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args)
        if operation is not None:
            for status in self._error_statuses():
                operation["responses"].setdefault(status, self._error(status))
            if getattr(self.view, "log_kind", None) and self.view.action == "list":
                operation["responses"]["304"] = {"description": "Nothing changed since."}
                operation["responses"]["412"] = {"description": "Something changed since."}
            operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def get_operation_id(self) -> str:
        operation_id: str = getattr(self.view, "operation_id", "")
        return operation_id or str(super().get_operation_id())

    def get_tags(self) -> list[str]:
        """Name the resource: the first part of the path below organizer and event."""
        return [_resource(self.path)]

    def map_parsers(self) -> list[Any]:
        """Describe bodies as JSON. Forms are understood as well, but no client needs two ways."""
        return ["application/json"]

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        """Require what is always there: all but the fields of ``only_on_request``."""
        serializer = force_instance(serializer)  # type: ignore[no-untyped-call]
        serializer.context.update({key: {} for key in ON_REQUEST})
        described = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        properties = described.get("properties", {})
        if direction == "response" and properties:
            optional: frozenset[str] = getattr(serializer, "only_on_request", frozenset())
            described["required"] = sorted(set(properties) - optional)
        return described

    def get_request_serializer(self) -> Any:
        form = getattr(self.view, "input_serializer_class", None)
        if form is not None and self.view.action in _WRITING:
            return form(context={"view": self.view})
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if self._file_types():
            return {(200, *self._file_types()): OpenApiTypes.BINARY}
        return super().get_response_serializers()

    def _get_serializer(self) -> Any:
        if self._file_types() and self.view.serializer_class is None:
            return None
        # Views add to their serializers what depends on the request.
        return self.view.get_serializer_class()(context={"view": self.view})

    def _file_types(self) -> list[str]:
        """Return the types of a view that answers with files."""
        if self.view.serializer_class is not None:
            return []
        types = [kind.media_type for kind in getattr(self.view, "renderer_classes", ())]
        return [kind for kind in types if kind != "application/json"]

    def get_summary(self) -> str:
        action = getattr(self.view, "action", "")
        if action in _VERBS:
            return _VERBS[action].format(
                verbose_name=getattr(self.view, "verbose_name", "") or "object"
            )
        docstring = inspect.getdoc(getattr(self.view, action or "", None)) or ""
        return docstring.split("\n")[0].rstrip(".") or action

    def get_description(self) -> str:  # type: ignore[override]
        described: str = super().get_description()
        permissions = self._needs()
        return (
            f"{described}\n\nNeeds {' or '.join(f'`{name}`' for name in permissions)}."
            if permissions
            else described
        )

    def get_examples(self) -> list[OpenApiExample]:
        action = getattr(self.view, "action", "")
        example = getattr(self.view, "action_examples", {}).get(action)
        if example is None and (action in _VERBS or not hasattr(self.view, "retrieve")):
            example = getattr(self.view, "example", None)
        if example is None or action == "destroy":
            return []
        examples = [
            OpenApiExample("answer", value=example, response_only=True, status_codes=_ANSWERED)
        ]
        request_example = getattr(self.view, "request_examples", {}).get(action)
        if request_example is None and self.method in {"POST", "PUT", "PATCH"}:
            request_example = _writable(self._request_serializer(), example)
        if request_example is not None:
            examples.append(OpenApiExample("request", value=request_example, request_only=True))
        return examples

    def _request_serializer(self) -> Any:
        serializer = self.get_request_serializer()
        return force_instance(serializer)  # type: ignore[no-untyped-call]

    def _needs(self) -> tuple[str, ...]:
        view = self.view
        kind = "read_permissions" if self.method == "GET" else "write_permissions"
        by_action: dict[str, tuple[str, ...]] = getattr(view, "action_permissions", {})
        return by_action.get(view.action, getattr(view, kind, ()))

    def _error_statuses(self) -> list[str]:
        statuses = list(_EVERYWHERE)
        if self._file_types():
            statuses += ["409", "410"]
        if self.view.get_authenticate_header(None) and self.view.get_authenticators():
            statuses.append("401")
        if self.method != "GET":
            statuses.append("409")
        if self.method in {"POST", "PUT", "PATCH"}:
            statuses += ["413", "415"]
        return statuses

    def _error(self, status: str) -> dict[str, Any]:
        name, description, schema, example = _ERRORS[status]
        content = {"application/json": {"schema": schema, "example": example}}
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=name,
            type=ResolvedComponent.RESPONSE,
            object=name,
            schema={"description": description, "content": content},
        )
        registry: ComponentRegistry = self.registry
        registry.register_on_missing(component)
        return {"$ref": f"#/components/responses/{name}"}


def _writable(serializer: Any, example: Any) -> Any:
    """Return the part of an example that a client may send."""
    fields = getattr(serializer, "fields", {})
    if not isinstance(example, dict):
        return None
    return {
        name: value
        for name, value in example.items()
        if name in fields and not fields[name].read_only
    }


class Generator(SchemaGenerator):
    """Gives views a model to describe: their rows depend on the request."""

    def create_view(self, callback: Any, method: str, request: Any = None) -> Any:
        view: Any = super().create_view(callback, method, request)  # type: ignore[no-untyped-call]
        if getattr(view, "queryset", None) is None:
            meta = getattr(getattr(view, "serializer_class", None), "Meta", None)
            view.queryset = getattr(meta, "model", Event)._default_manager.none()
        return view


def described(server: str = "") -> dict[str, Any]:
    """Return the whole description, as a file holds it or for the server at an address."""
    generator: Any = Generator()  # type: ignore[no-untyped-call]
    schema: dict[str, Any] = generator.get_schema(request=None, public=True)
    return {**schema, "servers": [{"url": server}]} if server else schema


def _resource(path: str) -> str:
    below = path.removeprefix("/api/v1").strip("/").split("/")
    if below[0] == "organizers" and len(below) > 2:
        below = below[2:]
        if below[0] == "events" and len(below) > 2 and below[2] != "clone":
            below = below[2:]
    return below[0] or "root"


def with_shared(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Add the schemas that no serializer writes, and the list of all tags."""
    schemas = {**result["components"]["schemas"], **_SHARED}
    tags = {
        tag for methods in result["paths"].values() for each in methods.values()
        for tag in each["tags"]
    }  # fmt: skip
    return {
        **result,
        "tags": [{"name": tag} for tag in sorted(tags)],
        "components": {**result["components"], "schemas": dict(sorted(schemas.items()))},
    }


def dedupe_paths(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Leave out paths that exist with and without their last slash: one is enough."""
    paths = {path for path, *_ in endpoints}
    return [endpoint for endpoint in endpoints if f"{endpoint[0]}/" not in paths]


def postprocess(result: Any, **_context: Any) -> Any:
    """Say each null once: nullable fields inside nullable fields, and what may be anything."""
    if isinstance(result, list):
        return [postprocess(inner) for inner in result]
    if not isinstance(result, dict):
        return result
    if {} in (result.get("oneOf") or ()):
        result = {key: value for key, value in result.items() if key != "oneOf"}
    if result.get("nullable") is True and isinstance(result.get("type"), str):
        # what OpenAPI 3.0 called nullable is a type in 3.1
        result = {key: value for key, value in result.items() if key != "nullable"}
        result = {**result, "type": [result["type"], "null"]}
    if None in (result.get("enum") or ()):  # generators write an enumeration for each type
        result = {key: value for key, value in result.items() if key != "type"}
    if isinstance(result.get("type"), list):
        result = {**result, "type": list(dict.fromkeys(result["type"]))}
    return {key: postprocess(value) for key, value in result.items()}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "counterfoil.api.framework.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return _header("Token", "a team")


class DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "counterfoil.api.framework.auth.DeviceAuthentication"
    name = "device"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return _header("Device", "a device")


class PageScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "counterfoil.api.framework.auth.PageAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def _header(keyword: str, whose: str) -> dict[str, str]:
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": f"`{keyword} …`, the token of {whose}.",
    }
