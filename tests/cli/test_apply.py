from __future__ import annotations

import base64
import copy
import json
import stat
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from apiclient import BASE, Api
from counterfoil.accounts.models import APIToken, Device, Team
from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import (
    Event,
    Item,
    Organizer,
    Quota,
    SalesChannel,
    SubEvent,
    TaxRule,
)
from counterfoil.checkin.models import CheckinList, RevokedSecret
from counterfoil.cli.main import main
from counterfoil.layouts.models import TicketLayout, TicketLayoutItem
from counterfoil.orders.models import Order, OrderPosition
from makers import make_event, make_item, make_order, qr_element
from samplepdfs import pdf_of

pytestmark = pytest.mark.django_db

Declaration = dict[str, Any]


def _fair() -> Declaration:
    """An event with something of everything."""
    return {
        "slug": "fair",
        "name": {"en": "Fair", "de": "Messe"},
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "date_from": "2027-06-12T09:00:00+02:00",
        "date_to": None,
        "presale_start": "2027-01-01T00:00:00+01:00",
        "location": {"en": "Hall 1"},
        "plugins": ["pretix.plugins.ticketoutputpdf"],
        "taxrules": [{"name": {"en": "VAT"}, "rate": "19.00"}],
        "categories": [{"name": {"en": "Tickets"}, "position": 1}],
        "items": [
            {"name": {"en": "Day"}, "default_price": "23.00", "tax_rule": "VAT",
             "category": "Tickets", "admission": True},
            {"name": {"en": "Seat"}, "default_price": "90.00", "tax_rule": None, "category": None,
             "variations": [{"value": {"en": "Front"}, "default_price": "120.00"},
                            {"value": {"en": "Back"}, "default_price": None}]},
        ],
        "quotas": [{"name": "All", "size": 50, "items": ["Day", "Seat"],
                    "variations": ["Front", "Back"]}],
        "ticketlayouts": [
            {"name": "Plain", "default": True, "layout": "$PLAIN", "background": "$SHEET"},
            {"name": "Own", "layout": [qr_element()], "background": None},
        ],
        "ticketlayoutitems": [{"item": "Seat", "layout": "Own", "sales_channel": "api.box"}],
        "orders": [
            {"code": "TSRNN", "status": "p", "email": "j@example.org", "sales_channel": "api.box",
             "datetime": "2026-10-01T10:00:00+02:00", "expires": "2026-10-15T23:59:59+02:00",
             "positions": [
                 {"positionid": 1, "item": "Day", "price": "23.00", "secret": "secretone",
                  "attendee_name_parts": {"_scheme": "full", "full_name": "Jane Doe"}},
                 {"positionid": 2, "item": "Seat", "variation": "Front", "price": "120.00",
                  "secret": "secrettwo"}]},
            {"code": "PENDX", "status": "n", "datetime": "2026-10-01T10:00:00+02:00",
             "positions": [{"positionid": 1, "item": "Day", "price": "23.00", "secret": "three"}]},
            {"code": "CANCX", "status": "c", "datetime": "2026-10-01T10:00:00+02:00",
             "positions": [{"positionid": 1, "item": "Day", "price": "23.00", "secret": "four"}]},
        ],
        "checkinlists": [{"name": "Gate", "all_products": False, "limit_products": ["Seat"]}],
        "revokedsecrets": ["revoked1"],
    }  # fmt: skip


def _tour() -> Declaration:
    return {
        "slug": "tour",
        "name": {"de": "Tournee"},
        "has_subevents": True,
        "date_from": "2027-03-01T20:00:00+01:00",
        "subevents": [
            {"name": {"de": "Hamburg"}, "active": True, "date_from": "2027-03-01T20:00:00+01:00"}
        ],
        "items": [{"name": {"de": "Karte"}, "default_price": "42.00"}],
        "quotas": [{"name": "H", "size": None, "subevent": "Hamburg", "items": ["Karte"]}],
        "orders": [
            {
                "code": "TQURA",
                "status": "p",
                "datetime": "2026-10-05T10:00:00+02:00",
                "positions": [
                    {
                        "positionid": 1,
                        "item": "Karte",
                        "subevent": "Hamburg",
                        "price": "42.00",
                        "secret": "tour1",
                    }
                ],
            }
        ],
        "checkinlists": [{"name": "Door", "subevent": "Hamburg"}],
    }


@pytest.fixture
def wanted() -> Declaration:
    sheet = base64.b64encode(pdf_of((298, 420))).decode()
    return {
        "_comment": "Keys like this one are for people.",
        "organizers": [
            {
                "slug": "big",
                "name": "Big Events",
                "sales_channels": [
                    {"identifier": "api.box", "type": "api", "label": {"en": "Box office"}}
                ],
                "teams": [
                    {"name": "Full", "all_events": True, "all_event_permissions": True,
                     "all_organizer_permissions": True, "tokens": ["full"],
                     "inactive_tokens": ["old"]},
                    {"name": "Fair only", "limit_events": ["fair"],
                     "event_permissions": ["event.orders:read"], "tokens": ["fair"]},
                ],
                "devices": [
                    {"name": "Gate", "state": "initialized", "all_events": True, "token": "device"},
                    {"name": "Lost", "state": "revoked", "limit_events": ["fair"], "token": "lost"},
                    {"name": "Fresh", "state": "uninitialized", "token": None,
                     "initialization_token": "fresh123"},
                ],
                "events": [_fair(), _tour()],
            }
        ],
        "layouts": {"$PLAIN": [qr_element()]},
        "backgrounds": {"$SHEET": {"base64": sheet}},
    }  # fmt: skip


@pytest.fixture
def apply(tmp_path: Path) -> Callable[..., Result]:
    def run(declaration: Any, *options: str) -> Result:
        file = tmp_path / "wanted.json"
        text = declaration if isinstance(declaration, str) else json.dumps(declaration)
        file.write_text(text, encoding="utf-8")
        arguments = ["apply", str(file), "--tokens", str(tmp_path / "tokens.json"), *options]
        return CliRunner().invoke(main, arguments)

    return run


@pytest.fixture
def tokens(tmp_path: Path) -> Callable[[], dict[str, str]]:
    def read() -> dict[str, str]:
        held: dict[str, str] = json.loads((tmp_path / "tokens.json").read_text())
        return held

    return read


def _refused(result: Result) -> list[str]:
    """Return the problems that were told; nothing may have been changed."""
    assert result.exit_code == 1
    assert "nothing was changed" in result.output
    assert not Organizer.objects.exists()
    return result.output.strip().splitlines()[1:]


def test_a_declaration_is_carried_out(apply: Any, wanted: Declaration) -> None:
    result = apply(wanted)

    assert result.exit_code == 0, result.output
    fair = Event.objects.get(slug="fair")
    day, seat = Item.objects.filter(event=fair).order_by("pk")
    quota = Quota.objects.get(name="All")
    order = Order.objects.get(code="TSRNN")
    assert {each.identifier for each in SalesChannel.objects.all()} == {"web", "api.box"}
    assert (day.tax_rule, day.category) == (fair.tax_rules.get(), fair.categories.get())
    assert seat.variations.count() == 2
    assert (quota.size, quota.items.count(), quota.variations.count()) == (50, 2, 2)
    assert (order.total, order.payments.get().state) == (143, "confirmed")
    assert order.positions.get(positionid=1).tax_value == Decimal("3.67")
    assert Order.objects.get(code="PENDX").payments.get().state == "pending"
    assert not Order.objects.get(code="CANCX").payments.exists()
    assert OrderPosition.objects.get(order__code="CANCX").canceled
    assert TicketLayoutItem.objects.get().layout.name == "Own"
    assert CheckinList.objects.get(name="Gate").limit_products.get() == seat
    assert RevokedSecret.objects.get().secret == "revoked1"
    assert OrderPosition.objects.get(order__code="TQURA").subevent == SubEvent.objects.get()


def test_the_tokens_work_as_the_file_says(apply: Any, wanted: Declaration, tokens: Any) -> None:
    apply(wanted)

    held = tokens()
    paths = {name: f"{BASE}/organizers/big/events/{name}/orders/" for name in ("fair", "tour")}
    statuses = {
        token: [Api(header).get(path).status_code for path in paths.values()]
        for token, header in held.items()
    }
    assert statuses == {
        "full": [200, 200],
        "old": [401, 401],
        "fair": [200, 403],
        "device": [200, 200],
        "lost": [401, 401],
    }
    assert held["device"].startswith("Device ")
    assert Device.objects.get(name="Fresh").initialized is None


def test_the_token_file_is_its_owners_only(apply: Any, wanted: Declaration, tmp_path: Path) -> None:
    apply(wanted)

    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600


def test_the_log_names_kinds_as_the_conditional_lists_ask_for_them(
    apply: Any, wanted: Declaration
) -> None:
    apply(wanted)

    logged = set(LogEntry.objects.filter(event__isnull=False).values_list("kind", flat=True))

    assert {"category", "item", "quota", "taxrule"} <= logged
    assert not {"itemcategory", "itemvariation"} & logged


def test_a_second_run_changes_nothing(apply: Any, wanted: Declaration, tokens: Any) -> None:
    apply(wanted)
    before, logged = tokens(), LogEntry.objects.count()
    modified = list(Order.objects.values_list("last_modified", flat=True))

    result = apply(wanted)

    assert result.output == "Added: nothing. Changed: nothing.\n"
    assert tokens() == before
    assert LogEntry.objects.count() == logged
    assert list(Order.objects.values_list("last_modified", flat=True)) == modified


def test_what_differs_is_brought_to_what_the_file_says(apply: Any, wanted: Declaration) -> None:
    apply(wanted)
    fair = wanted["organizers"][0]["events"][0]
    fair["items"][0]["default_price"] = "25.00"
    fair["quotas"][0]["items"] = ["Day"]
    fair["quotas"][0]["variations"] = []
    fair["ticketlayouts"][0]["default"] = False
    fair["ticketlayouts"][1]["default"] = True
    fair["ticketlayoutitems"][0]["layout"] = "Plain"
    fair["orders"][1]["status"] = "p"
    before = Order.objects.get(code="PENDX").last_modified

    result = apply(wanted)

    assert result.exit_code == 0, result.output
    assert Item.objects.filter(default_price=25).exists()
    assert Quota.objects.get(name="All").items.count() == 1
    assert TicketLayout.objects.get(default=True).name == "Own"
    assert TicketLayoutItem.objects.get().layout.name == "Plain"
    paid = Order.objects.get(code="PENDX")
    assert (paid.payments.get().state, paid.last_modified > before) == ("confirmed", True)


def test_a_layout_that_is_no_longer_the_default_is_in_the_log(
    apply: Any, wanted: Declaration
) -> None:
    layouts = wanted["organizers"][0]["events"][0]["ticketlayouts"]
    apply(wanted)
    del layouts[0]["default"]
    layouts[1]["default"] = True

    apply(wanted)

    told = LogEntry.objects.filter(action="counterfoil.ticketlayout.changed").order_by("pk")
    assert dict(told.values_list("object_repr", "data")) == {
        "Plain": {"default": False},
        "Own": {"default": True},
    }


def test_what_the_file_does_not_name_stays(apply: Any, wanted: Declaration) -> None:
    apply(wanted)
    fair = Event.objects.get(slug="fair")
    extra = make_order(fair, items=[make_item(fair, name={"en": "Extra"})])
    smaller = copy.deepcopy(wanted)
    smaller["organizers"][0]["events"] = [{**_tour(), "orders": []}]
    smaller["organizers"][0].update(teams=[], devices=[])

    result = apply(smaller)

    assert result.exit_code == 0, result.output
    assert Order.objects.filter(pk=extra.pk).exists()
    assert Team.objects.count() == 2


def test_tokens_are_made_anew_only_when_asked(
    apply: Any, wanted: Declaration, tokens: Any, tmp_path: Path
) -> None:
    apply(wanted)
    first = tokens()

    apply(wanted, "--rotate")
    rotated = tokens()
    (tmp_path / "tokens.json").unlink()
    apply(wanted)
    lost = tokens()

    for name in first:
        assert len({first[name], rotated[name], lost[name]}) == 3
    path = f"{BASE}/organizers/big/events/fair/orders/"
    assert Api(rotated["full"]).get(path).status_code == 401
    assert Api(lost["full"]).get(path).status_code == 200
    assert APIToken.objects.count() == 3


def test_a_new_database_gets_the_tokens_that_the_file_holds(
    apply: Any, wanted: Declaration, tokens: Any
) -> None:
    apply(wanted)
    before = tokens()
    APIToken.objects.all().delete()
    Device.objects.all().delete()

    apply(wanted)

    assert tokens() == before
    assert Api(before["full"]).get(f"{BASE}/organizers/").status_code == 200


def test_nobody_may_choose_a_short_token(
    apply: Any, wanted: Declaration, tokens: Any, tmp_path: Path
) -> None:
    held = {"full": "Token short", "device": "Token " + "x" * 60, "other": "Token kept"}
    (tmp_path / "tokens.json").write_text(json.dumps(held))

    apply(wanted)

    assert len(tokens()["full"]) > 40
    assert tokens()["device"].startswith("Device ")
    assert tokens()["other"] == "Token kept"


def test_a_background_that_cannot_be_used_is_stored_with_its_reason(
    apply: Any, wanted: Declaration
) -> None:
    wanted["backgrounds"]["$SHEET"]["base64"] = base64.b64encode(b"this is not a pdf").decode()

    result = apply(wanted)

    background = TicketLayout.objects.get(name="Plain").background
    assert result.exit_code == 0, result.output
    assert background is not None
    assert background.refusal
    assert apply(wanted).output == "Added: nothing. Changed: nothing.\n"


def _with(path: str, value: Any) -> Callable[[Declaration], None]:
    """Set one place in a declaration; ``...`` removes it."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")[1:]]

    def change(declaration: Declaration) -> None:
        place: Any = declaration
        for step in steps:
            place = place[step]
        if value is ...:
            del place[last]
        else:
            place[last] = value

    return change


BIG = "/organizers/0"
FAIR = f"{BIG}/events/0"
TOUR = f"{BIG}/events/1"


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (f"{FAIR}/items/0/pirce", "1.00", "is not known here"),
        (f"{BIG}/slug", ..., "is missing"),
        (f"{BIG}/name", 7, "must be a text that is not empty"),
        (f"{FAIR}/items/0/default_price", 23, 'must be an amount like "23.00"'),
        (f"{FAIR}/items/0/active", "yes", "must be true or false"),
        (f"{FAIR}/items", {}, "must be a list"),
        (f"{FAIR}/date_from", "2027-06-12", "must be a time with its offset, like"),
        (f"{FAIR}/timezone", "Mars/Olympus", "must be a time zone, like"),
        (f"{FAIR}/orders/0/status", "x", "must be one of: n, p, e, c"),
        (f"{BIG}/teams/0/event_permissions", ["everything"], None),
        (f"{FAIR}/quotas/0/size", -1, "must be null (no limit) or a whole number, 0 or more"),
        ("/backgrounds/$SHEET/base64", "not base64!", "must be base64"),
        (f"{FAIR}/items/0/tax_rule", "GST", "there is no tax rule named 'GST' in this file"),
        (f"{FAIR}/items/0/category", "X", "there is no category named 'X' in this file"),
        (f"{FAIR}/quotas/0/items", ["Night"], None),
        (f"{FAIR}/quotas/0/variations", ["Top"], None),
        (f"{FAIR}/quotas/0/subevent", "Berlin", "there is no date named 'Berlin' in this file"),
        (f"{FAIR}/ticketlayouts/0/layout", "$NONE", None),
        (f"{FAIR}/ticketlayouts/0/background", "$NONE", None),
        (f"{FAIR}/ticketlayoutitems/0/sales_channel", "moon", None),
        (f"{FAIR}/ticketlayoutitems/0/layout", "Nope", None),
        (f"{FAIR}/orders/0/positions/0/item", "Night", None),
        (f"{FAIR}/orders/0/positions/1/variation", "Top", None),
        (f"{FAIR}/orders/1/code", "TSRNN", "'TSRNN' is there twice"),
        (f"{FAIR}/orders/1/positions/0/secret", "secretone", "is another ticket's, too"),
        (f"{FAIR}/checkinlists/0/limit_products", ["Night"], None),
        (f"{BIG}/teams/1/limit_events", ["gala"], "there is no event named 'gala' in this file"),
        (f"{BIG}/teams/1/tokens/0", "full", "names a token 'full', and there is one already"),
        (f"{FAIR}/items/1/name", {"en": "Day"}, "'Day' is there twice"),
        (f"{FAIR}/currency", "EURO", "must be three capital letters, like EUR"),
        (f"{FAIR}/ticketlayouts/0/layout", [{"type": "circle"}], None),
        (f"{FAIR}/date_to", "2020-01-01T00:00:00Z", None),
        (f"{BIG}/devices/0/hardware_brand", "x" * 200, None),
    ],
)
def test_a_problem_is_told_with_its_place_and_nothing_is_changed(
    apply: Any, wanted: Declaration, tmp_path: Path, place: str, value: Any, told: str | None
) -> None:
    _with(place, value)(wanted)

    problems = _refused(apply(wanted))

    assert problems
    assert all(problem.startswith("/organizers/0") or place in problem for problem in problems)
    if told is not None:
        assert any(problem.startswith(f"{place}: {told}") for problem in problems)
    assert not (tmp_path / "tokens.json").exists()


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (f"{FAIR}/currency", "ABC", f"{FAIR}/currency: There is no currency “ABC”."),
        (
            f"{FAIR}/presale_end",
            "2026-12-31T00:00:00+01:00",
            f"{FAIR}/presale_end: The presale cannot end before it starts.",
        ),
        (
            f"{FAIR}/quotas/0/variations",
            [],
            f"{FAIR}/quotas/0: An item has variations, but none of them is in the list of"
            " variations.",
        ),
        (
            f"{TOUR}/quotas/0/subevent",
            None,
            f"{TOUR}/quotas/0: A quota of an event series belongs to one of its dates.",
        ),
        (
            f"{TOUR}/has_subevents",
            False,
            f"{TOUR}/subevents/0: This event is not a series, so it has no dates.",
        ),
        (
            f"{BIG}/sales_channels/0/type",
            "web",
            f"{BIG}/sales_channels/0/type: Only channels of type “api” can be created.",
        ),
    ],
)
def test_the_rules_of_other_doors_refuse_here_with_the_place(
    apply: Any, wanted: Declaration, place: str, value: Any, told: str
) -> None:
    _with(place, value)(wanted)

    assert _refused(apply(wanted)) == [told]


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (
            f"{TOUR}/has_subevents",
            False,
            f"{TOUR}/has_subevents: An event cannot change between being a series and a single"
            " event.",
        ),
        (
            f"{FAIR}/items/0/variations",
            [{"value": {"en": "Late"}}],
            f"{FAIR}/items/0/variations/0: A product without variations cannot be given some.",
        ),
        (
            f"{BIG}/devices/1/state",
            "initialized",
            f"{BIG}/devices/1: This device was revoked. Announce a new one.",
        ),
    ],
)
def test_what_was_made_cannot_be_changed_against_the_rules(
    apply: Any, wanted: Declaration, place: str, value: Any, told: str
) -> None:
    apply(wanted)
    logged = LogEntry.objects.count()
    _with(place, value)(wanted)

    result = apply(wanted)

    assert result.output.strip().splitlines()[1:] == [told]
    assert LogEntry.objects.count() == logged


def test_an_initialization_token_that_another_device_has_is_refused(
    apply: Any, wanted: Declaration
) -> None:
    _with(f"{BIG}/devices/0/initialization_token", "fresh123")(wanted)

    (told,) = _refused(apply(wanted))

    assert told.startswith(f"{BIG}/devices/2/initialization_token: ")


@pytest.mark.parametrize("unmarked", [{"default": False}, {"rate": "20.00"}])
def test_another_tax_rule_takes_the_default_over_wherever_it_stands(
    apply: Any, wanted: Declaration, unmarked: Declaration
) -> None:
    fair = wanted["organizers"][0]["events"][0]
    old = {"name": {"en": "VAT"}, "rate": "19.00"}
    new = {"name": {"en": "Reduced"}, "rate": "7.00"}
    fair["taxrules"] = [new, {**old, "default": True}]
    apply(wanted)
    fair["taxrules"] = [{**new, "default": True}, {**old, **unmarked}]

    result = apply(wanted)

    assert result.exit_code == 0, result.output
    assert TaxRule.objects.get(default=True).name == {"en": "Reduced"}
    assert apply(wanted).output == "Added: nothing. Changed: nothing.\n"


def test_all_problems_are_told_at_once(apply: Any, wanted: Declaration) -> None:
    _with(f"{FAIR}/items/0/pirce", "1.00")(wanted)
    _with(f"{BIG}/slug", "not a slug")(wanted)
    del wanted["organizers"][0]["events"][1]["date_from"]

    assert [line.split(":")[0] for line in _refused(apply(wanted))] == [
        f"{FAIR}/items/0/pirce",
        f"{BIG}/events/1/date_from",
        f"{BIG}/slug",
    ]


@pytest.mark.parametrize("kind", ["taxrules", "ticketlayouts"])
def test_two_defaults_are_one_too_many(apply: Any, wanted: Declaration, kind: str) -> None:
    fair = wanted["organizers"][0]["events"][0]
    fair["taxrules"].append({"name": {"en": "Reduced"}, "rate": "7.00"})
    for row in fair[kind]:
        row["default"] = True

    assert _refused(apply(wanted)) == [f"{FAIR}/{kind}: at most one can be the default"]


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "[" * 100_000])
def test_what_is_no_declaration_is_refused(apply: Any, text: str) -> None:
    assert _refused(apply(text))


def test_a_file_that_is_not_utf_8_is_refused(apply: Any, tmp_path: Path) -> None:
    file = tmp_path / "latin.json"
    file.write_bytes('{"organizers": [{"name": "Café"}]}'.encode("latin-1"))

    result = CliRunner().invoke(main, ["apply", str(file), "--tokens", str(tmp_path / "t.json")])

    assert (result.exit_code, "is not UTF-8" in result.output) == (1, True)


def test_the_code_of_another_events_order_is_refused(apply: Any, wanted: Declaration) -> None:
    apply(wanted)
    big = Organizer.objects.get()
    make_order(make_event(big), items=[], code="AAAAA")
    wanted["organizers"][0]["events"][0]["orders"][0]["code"] = "AAAAA"

    result = apply(wanted)

    assert result.exit_code == 1
    assert f"{FAIR}/orders/0/code: is the code of an order of another event" in result.output


@pytest.mark.parametrize("content", ["not json", "[]", '{"full": 7}'])
def test_a_token_file_that_is_none_is_left_alone(
    apply: Any, wanted: Declaration, tmp_path: Path, content: str
) -> None:
    (tmp_path / "tokens.json").write_text(content)

    assert "is no token file" in apply(wanted).output
    assert (tmp_path / "tokens.json").read_text() == content
    assert not Organizer.objects.exists()


def test_when_the_token_file_cannot_be_written_nothing_is_changed(
    wanted: Declaration, tmp_path: Path
) -> None:
    file = tmp_path / "wanted.json"
    file.write_text(json.dumps(wanted))
    place = tmp_path / "no such folder" / "tokens.json"

    result = CliRunner().invoke(main, ["apply", str(file), "--tokens", str(place)])

    assert result.exit_code == 1
    assert "cannot be written" in result.output
    assert not Organizer.objects.exists()
