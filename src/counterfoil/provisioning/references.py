"""Check the references between the objects of a declaration.

Objects in a declaration have no numeric ids; they refer to one another by name. The name of a
translated text is its English text, or its first one if it has no English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from counterfoil.catalog.services import WEB
from counterfoil.core.translated import DEFAULT_LANGUAGE, resolve
from counterfoil.provisioning.problems import Problem, pointer

Path = list[str | int]


def name_of(text: str | dict[str, str]) -> str:
    """Return the name by which a declaration refers to an object."""
    return text if isinstance(text, str) else resolve(text, DEFAULT_LANGUAGE)


def reference_problems(declaration: dict[str, Any]) -> Iterator[Problem]:
    """Find names that no object has, and names that two objects share."""
    yield from _credential_problems(declaration)
    organizers = declaration["organizers"]
    yield from _repeated(["organizers"], organizers, "slug")
    for number, organizer in enumerate(organizers):
        path: Path = ["organizers", number]
        yield from _organizer_problems(path, organizer)
        for index, event in enumerate(organizer.get("events", [])):
            names = _EventNames(declaration, organizer, event)
            yield from names.problems([*path, "events", index])


def credential_names(declaration: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Return every name that the token file will hold, with its place."""
    for number, organizer in enumerate(declaration["organizers"]):
        for index, team in enumerate(organizer.get("teams", [])):
            for key in ("tokens", "inactive_tokens"):
                for place, name in enumerate(team.get(key, [])):
                    yield ["organizers", number, "teams", index, key, place], name
        for index, device in enumerate(organizer.get("devices", [])):
            if device.get("token"):
                yield ["organizers", number, "devices", index, "token"], device["token"]


def _credential_problems(declaration: dict[str, Any]) -> Iterator[Problem]:
    seen = set()
    for path, name in credential_names(declaration):
        if name in seen:
            yield Problem(pointer(path), f"names a token {name!r}, and there is one already")
        seen.add(name)


def _organizer_problems(path: Path, organizer: dict[str, Any]) -> Iterator[Problem]:
    yield from _repeated([*path, "sales_channels"], organizer.get("sales_channels"), "identifier")
    for kind, key in (("teams", "name"), ("devices", "name"), ("events", "slug")):
        yield from _repeated([*path, kind], organizer.get(kind), key)
    slugs = {event["slug"] for event in organizer.get("events", [])}
    for kind in ("teams", "devices"):
        for number, row in enumerate(organizer.get(kind, [])):
            limits = row.get("limit_events", [])
            yield from _unknown([*path, kind, number, "limit_events"], limits, slugs, "event")
    yield from _order_problems(path, organizer)


def _order_problems(path: Path, organizer: dict[str, Any]) -> Iterator[Problem]:
    """Codes and secrets are unique in an organizer, whatever the event."""
    codes: set[str] = set()
    secrets: set[str] = set()
    for index, event in enumerate(organizer.get("events", [])):
        for number, order in enumerate(event.get("orders", [])):
            place: Path = [*path, "events", index, "orders", number]
            if order["code"] in codes:
                yield Problem(pointer([*place, "code"]), f"{order['code']!r} is there twice")
            codes.add(order["code"])
            yield from _repeated([*place, "positions"], order["positions"], "positionid")
            for row, position in enumerate(order["positions"]):
                if position["secret"] in secrets:
                    yield Problem(
                        pointer([*place, "positions", row, "secret"]), "is another ticket's, too"
                    )
                secrets.add(position["secret"])


class _EventNames:
    """The names that objects of one event may refer to."""

    def __init__(
        self, declaration: dict[str, Any], organizer: dict[str, Any], event: dict[str, Any]
    ) -> None:
        self._event = event
        self._elements = set(declaration.get("layouts", {}))
        self._backgrounds = set(declaration.get("backgrounds", {}))
        channels = organizer.get("sales_channels", [])
        self._channels = {WEB} | {channel["identifier"] for channel in channels}
        self._taxrules = self._names("taxrules")
        self._categories = self._names("categories")
        self._subevents = self._names("subevents")
        self._layouts = self._names("ticketlayouts")
        self._variations = {
            name_of(item["name"]): {name_of(row["value"]) for row in item.get("variations", [])}
            for item in event.get("items", [])
        }

    def _names(self, kind: str) -> set[str]:
        return {name_of(row["name"]) for row in self._event.get(kind, [])}

    def _rows(self, kind: str, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
        for number, row in enumerate(self._event.get(kind, [])):
            yield [*path, kind, number], row

    def problems(self, path: Path) -> Iterator[Problem]:
        for kind in (
            "taxrules", "categories", "subevents", "items", "quotas", "ticketlayouts",
            "checkinlists",
        ):  # fmt: skip
            yield from _repeated([*path, kind], self._event.get(kind), "name")
        for kind in ("taxrules", "ticketlayouts"):
            if sum(row.get("default", False) for _, row in self._rows(kind, path)) > 1:
                yield Problem(pointer([*path, kind]), "at most one can be the default")
        yield from self._item_problems(path)
        yield from self._quota_problems(path)
        yield from self._layout_problems(path)
        yield from self._order_problems(path)
        for place, row in self._rows("checkinlists", path):
            yield from _unknown(
                [*place, "subevent"], [row.get("subevent")], self._subevents, "date"
            )
            products = row.get("limit_products", [])
            yield from _unknown([*place, "limit_products"], products, self._variations, "item")

    def _item_problems(self, path: Path) -> Iterator[Problem]:
        for place, row in self._rows("items", path):
            rule, category = row.get("tax_rule"), row.get("category")
            yield from _unknown([*place, "tax_rule"], [rule], self._taxrules, "tax rule")
            yield from _unknown([*place, "category"], [category], self._categories, "category")
            yield from _repeated([*place, "variations"], row.get("variations"), "value")

    def _quota_problems(self, path: Path) -> Iterator[Problem]:
        for place, row in self._rows("quotas", path):
            items = row["items"]
            yield from _unknown([*place, "items"], items, self._variations, "item")
            yield from _unknown(
                [*place, "subevent"], [row.get("subevent")], self._subevents, "date"
            )
            offered = set().union(*(self._variations.get(item, set()) for item in items))
            variations = row.get("variations", [])
            yield from _unknown(
                [*place, "variations"], variations, offered, "variation of its items"
            )

    def _layout_problems(self, path: Path) -> Iterator[Problem]:
        for place, row in self._rows("ticketlayouts", path):
            elements, background = row["layout"], row.get("background")
            if isinstance(elements, str):
                yield from _unknown([*place, "layout"], [elements], self._elements, "layout")
            yield from _unknown(
                [*place, "background"], [background], self._backgrounds, "background"
            )
        for place, row in self._rows("ticketlayoutitems", path):
            yield from _unknown([*place, "item"], [row["item"]], self._variations, "item")
            yield from _unknown([*place, "layout"], [row["layout"]], self._layouts, "layout")
            channel = [row["sales_channel"]]
            yield from _unknown([*place, "sales_channel"], channel, self._channels, "sales channel")

    def _order_problems(self, path: Path) -> Iterator[Problem]:
        for place, order in self._rows("orders", path):
            channel = [order.get("sales_channel")]
            yield from _unknown([*place, "sales_channel"], channel, self._channels, "sales channel")
            for number, row in enumerate(order["positions"]):
                yield from self._position_problems([*place, "positions", number], row)

    def _position_problems(self, path: Path, row: dict[str, Any]) -> Iterator[Problem]:
        item = row["item"]
        yield from _unknown([*path, "item"], [item], self._variations, "item")
        yield from _unknown([*path, "subevent"], [row.get("subevent")], self._subevents, "date")
        variations = self._variations.get(item, set())
        variation = row.get("variation")
        yield from _unknown([*path, "variation"], [variation], variations, f"variation of {item!r}")


def _unknown(
    path: Path, names: Iterable[str | None], existing: Iterable[str], kind: str
) -> Iterator[Problem]:
    existing = set(existing)
    for name in names:
        if name is not None and name not in existing:
            yield Problem(pointer(path), f"there is no {kind} named {name!r} in this file")


def _repeated(path: Path, rows: list[dict[str, Any]] | None, key: str) -> Iterator[Problem]:
    seen = set()
    for number, row in enumerate(rows or []):
        name = row[key] if isinstance(row[key], int) else name_of(row[key])
        if name in seen:
            yield Problem(pointer([*path, number, key]), f"{name!r} is there twice")
        seen.add(name)
