"""Writes the pages beside it from what the engine says of its own elements.

python docs/layout/generate.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from counterfoil.render import describe

FOLDER = Path(__file__).parent
_MADE = "<!-- Made by docs/layout/generate.py from the engine's own declarations: do not edit. -->"
_OURS = " *(ours)*"
_KINDS = {
    "length": "length",
    "fontsize": "length",
    "factor": "number",
    "angle": "angle",
    "page": "number",
    "variable": "text",
    "fontfamily": "text",
    "locale": "text",
    "translations": "texts by language",
    "flag": "true or false",
    "colour": "[red, green, blue]",
    "condition": "[condition](README.md#conditions)",
}


def pages() -> Iterator[tuple[str, str]]:
    """Yield (file name, text) of each element's page."""
    for element in describe():
        yield f"{element['type']}.md", "\n".join(_page(element)) + "\n"


def _page(element: dict[str, Any]) -> Iterator[str]:
    yield _MADE
    yield f"# {element['label']}: `{element['type']}`"
    yield ""
    yield element["about"]
    if element["ours"]:
        yield ""
        yield "This element is ours: pretix refuses layouts that have it."
    yield ""
    yield "| attribute | value | default | meaning |"
    yield "|---|---|---|---|"
    for attribute in sorted(element["attributes"], key=lambda each: not each["required"]):
        yield _row(attribute)


def _row(attribute: dict[str, Any]) -> str:
    name = f"`{attribute['name']}`" + (_OURS if attribute["ours"] else "")
    default = "**required**" if attribute["required"] else _default(attribute["default"])
    meaning = f"{attribute['label']}. {attribute['help']}".strip()
    return f"| {name} | {_value(attribute)} | {default} | {meaning} |"


def _default(value: object) -> str:
    return "–" if value in (None, "", {}) else f"`{json.dumps(value)}`"


def _value(attribute: dict[str, Any]) -> str:
    if attribute["kind"] == "choice":
        return ", ".join(f"`{option['value']}`" for option in attribute["options"])
    value = _KINDS.get(attribute["kind"], attribute["kind"])
    if "unit" in attribute:
        value += f" in {attribute['unit']}"
    if "above" in attribute:
        value += f", more than {attribute['above']:g}"
    return value + (" or null" if attribute.get("nullable") else "")


if __name__ == "__main__":
    for name, text in pages():
        (FOLDER / name).write_text(text, encoding="utf-8")
