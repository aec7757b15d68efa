"""Read a declaration: check its JSON, its form (``schema.json``) and its references."""

from __future__ import annotations

import base64
import binascii
import json
import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from counterfoil.provisioning.problems import DeclarationRefused, Problem, pointer
from counterfoil.provisioning.references import reference_problems

_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def read_declaration(text: str) -> dict[str, Any]:
    """Return a declaration that has the right form and whose references all exist.

    Raises:
        DeclarationRefused: with all problems of the form or, if the form is right, with every
            name that is unknown or used twice.
    """
    declaration = _parse(text)
    problems = sorted(set(_form_problems(declaration)))
    if not problems:
        problems = sorted(set(reference_problems(declaration)))
    if problems:
        raise DeclarationRefused(problems)
    return dict(declaration)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise DeclarationRefused([Problem(place, f"is not JSON: {problem.msg}")]) from None
    except RecursionError:
        raise DeclarationRefused([Problem("/", "is nested too deeply")]) from None


def _form_problems(declaration: Any) -> Iterator[Problem]:
    formats = FormatChecker(formats=())
    formats.checks("moment", raises=ValueError)(_is_moment)
    formats.checks("timezone")(_is_time_zone)
    formats.checks("base64", raises=binascii.Error)(_is_base64)
    schema = json.loads(resources.files(__package__).joinpath("schema.json").read_text("utf-8"))
    validator = Draft202012Validator(schema, format_checker=formats)
    for error in validator.iter_errors(declaration):
        yield from _in_words(error)


def _in_words(error: ValidationError) -> Iterator[Problem]:
    path = list(error.absolute_path)
    if error.validator == "additionalProperties":
        allowed = error.schema["properties"]
        for key in error.instance:
            if key in allowed or key.startswith("_"):
                continue
            yield Problem(pointer([*path, key]), "is not known here")
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                yield Problem(pointer([*path, key]), "is missing")
    else:
        yield Problem(pointer(path) or "/", _expectation(error))


def _expectation(error: ValidationError) -> str:
    if "words" in error.schema:
        return str(error.schema["words"])
    if error.validator == "type":
        names = error.validator_value
        names = [names] if isinstance(names, str) else names
        return f"must be {' or '.join(_TYPES[name] for name in names)}"
    if error.validator == "enum":
        return f"must be one of: {', '.join(error.validator_value)}"
    return str(error.message)


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _is_time_zone(value: object) -> bool:
    return not isinstance(value, str) or value in zoneinfo.available_timezones()


def _is_base64(value: object) -> bool:
    return not isinstance(value, str) or base64.b64decode(value, validate=True) is not None
