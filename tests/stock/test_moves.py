"""The table of lawful actions, in code and in the documentation."""

from __future__ import annotations

from pathlib import Path

from counterfoil.batches.models import Activation, Place
from counterfoil.stock.moves import RULES, Action, Rule

DOCS = Path(__file__).parents[2] / "docs" / "stock.md"
_WORDS = {Activation.ON_HANDOVER: "on hand-over", Activation.ON_SALE: "on sale"}


def _row(action: Action, rule: Rule) -> str:
    validities = ", ".join(name for name in ("inactive", "active") if name in rule.validities)
    places = [place.value for place in Place if place in rule.places]
    cells = [
        f"`{action.value}`",
        validities,
        "any" if len(places) == len(Place) else ", ".join(places),
        _validity_after(rule),
        "where it was" if rule.goes_back else rule.place or "the same",
    ]
    return f"| {' | '.join(cells)} |"


def _validity_after(rule: Rule) -> str:
    if not rule.validity:
        return "the same"
    (validity,) = set(rule.validity.values())
    if len(rule.validity) == len(Activation):
        return str(validity)
    when = " or ".join(_WORDS[Activation(key)] for key in rule.validity)
    return f"{validity} if the batch activates {when}"


def test_the_documentation_has_the_table_of_the_code() -> None:
    table = DOCS.read_text("utf-8").partition("<!-- rules -->\n")[2].partition("<!-- /rules -->")[0]

    assert table.splitlines()[2:] == [_row(*each) for each in RULES.items()]


def test_no_action_leads_out_of_void() -> None:
    assert all("void" not in rule.validities for rule in RULES.values())
