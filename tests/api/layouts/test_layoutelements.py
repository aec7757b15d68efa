from __future__ import annotations

from apiclient import Api, at
from counterfoil.catalog.models import Event


def test_variables_are_listed_with_what_an_editor_shows(api: Api, event: Event) -> None:
    page = api.get(at(event, "layoutvariables/")).json()

    assert page["count"] > 70
    assert page["results"][0].keys() == {"key", "label", "kind", "sample", "longest"}
    assert all(each["label"] and each["longest"] for each in page["results"])


def test_elements_are_described_by_the_code_that_reads_them(api: Api, event: Event) -> None:
    kinds = {each["type"]: each for each in api.get(at(event, "layoutelements/")).json()["results"]}

    assert {"textcontainer", "textarea", "barcodearea", "imagearea", "poweredby"} <= kinds.keys()
    assert not kinds["textarea"]["ours"]
    assert kinds["line"]["ours"]
    assert "left" in str(kinds["barcodearea"]["attributes"])
