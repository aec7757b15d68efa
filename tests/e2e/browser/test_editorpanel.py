"""The editor's form for what is chosen, made from the engine's description of its elements."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.browser.editordriver import Editing, open_editor, rectangle, text

pytestmark = pytest.mark.endurance  # test_editor.py has the panel of each kind of element

OpenPage = Callable[..., Page]


def chosen(open_page: OpenPage, *elements: dict[str, object]) -> Editing:
    editing = open_editor(open_page, elements)
    editing.press("Control+a")
    return editing


def test_a_length_is_typed_and_kept_as_it_was_written(open_page: OpenPage) -> None:
    editing = chosen(open_page, text(20, 20))

    editing.panel.get_by_label("Left, mm").fill("33.3")

    assert editing.places((33.3, 20))[0]["left"] == "33.30"


def test_an_impossible_number_is_explained_and_not_taken(open_page: OpenPage) -> None:
    editing = chosen(open_page, rectangle(20, 20))

    editing.panel.get_by_label("Width, mm").fill("-4")

    expect(editing.field("width")).to_contain_text("This number is out of range.")
    editing.panel.get_by_label("Width, mm").blur()
    expect(editing.panel.get_by_label("Width, mm")).to_have_value("30")


def test_a_variable_is_found_by_a_part_of_its_name(open_page: OpenPage) -> None:
    editing = chosen(open_page, text(20, 20))
    content = editing.panel.get_by_role("combobox", name="Content")

    content.fill("attendee na")
    expect(editing.panel.get_by_role("option").first).to_contain_text("ttendee")
    content.press("Enter")

    editing.until(lambda elements: elements[0]["content"] == "attendee_name")
    content.fill("meta:Sponsor")
    content.press("Enter")
    editing.until(lambda elements: elements[0]["content"] == "meta:Sponsor")
    content.fill("Doors open at seven")
    expect(editing.panel.get_by_role("option")).to_contain_text("Print these words")
    content.press("Enter")
    editing.until(lambda elements: elements[0]["text"] == "Doors open at seven")


def test_own_text_takes_variables_where_the_caret_is(open_page: OpenPage) -> None:
    editing = chosen(open_page, text(20, 20, "other", text="For : welcome"))

    area = editing.field("text").get_by_role("textbox")
    area.evaluate("area => area.setSelectionRange(4, 4)")
    insert = editing.field("text").get_by_role("combobox")
    insert.fill("order")
    insert.press("ArrowDown")
    insert.press("ArrowUp")
    insert.press("Enter")

    found = editing.until(lambda elements: "{" in str(elements[0]["text"]))[0]["text"]
    assert found.startswith("For {")
    assert found.endswith("}: welcome")


def test_own_texts_have_a_field_for_each_language(open_page: OpenPage) -> None:
    editing = chosen(open_page, text(20, 20, "other_i18n", text_i18n={"fr": "Bonjour"}))

    editing.field("text_i18n").get_by_label("German").fill("Guten Abend")

    editing.until(
        lambda elements: elements[0]["text_i18n"] == {"fr": "Bonjour", "de": "Guten Abend"}
    )


def test_choices_flags_fonts_and_colours_are_set(open_page: OpenPage) -> None:
    editing = chosen(open_page, text(20, 20))

    alignment = editing.panel.get_by_role("group", name="Alignment", exact=True)
    alignment.get_by_role("button", name="Right").click()
    expect(alignment.locator("[aria-pressed=true]")).to_have_attribute("data-value", "right")
    fonts = editing.panel.get_by_label("Font", exact=True)
    assert "Open Sans" in fonts.locator("> option").all_text_contents()
    editing.panel.get_by_label("Bold").check()
    editing.panel.get_by_label("Font", exact=True).select_option("Noto Sans")
    editing.panel.get_by_label("as #rrggbb").fill("#c02040")

    changed = {
        "align": "right",
        "bold": True,
        "fontfamily": "Noto Sans",
        "color": [192, 32, 64],
    }
    editing.until(lambda elements: {name: elements[0][name] for name in changed} == changed)


def test_no_colour_is_a_choice_where_the_engine_allows_it(open_page: OpenPage) -> None:
    editing = chosen(open_page, rectangle(20, 20))

    editing.field("fill").get_by_label("None").check()

    editing.until(lambda elements: elements[0]["fill"] is None)


def test_a_condition_is_made_and_taken_away(open_page: OpenPage) -> None:
    editing = chosen(open_page, rectangle(20, 20))
    condition = editing.field("condition")

    condition.get_by_role("combobox").first.select_option("is")
    condition.get_by_label("Values").fill("VIP\nCrew")

    editing.until(
        lambda elements: elements[0].get("condition") == {"variable": "item", "is": ["VIP", "Crew"]}
    )
    condition.get_by_role("combobox").first.select_option("")
    editing.until(lambda elements: "condition" not in elements[0])


def test_several_elements_are_changed_at_once(open_page: OpenPage) -> None:
    editing = chosen(open_page, text(20, 20), text(20, 60, fontsize="20.0"), rectangle(120, 20))

    expect(editing.panel.get_by_label("Left, mm")).to_have_attribute("placeholder", "different")
    editing.panel.get_by_label("Width, mm").fill("44")

    elements = editing.until(lambda elements: float(elements[0]["width"]) == 44)
    assert [float(each["width"]) for each in elements] == [44, 44, 44]
    assert editing.field("fontsize").count() == 0


def test_one_language_of_several_elements_is_changed_alone(open_page: OpenPage) -> None:
    own = [
        text(20, bottom, "other_i18n", text_i18n={"en": english, "de": "Einlass"})
        for bottom, english in ((20, "Doors"), (60, "Entry"))
    ]
    editing = chosen(open_page, *own)
    texts = editing.field("text_i18n")

    expect(texts.get_by_label("English")).to_have_attribute("placeholder", "different")
    expect(texts.get_by_label("German")).to_have_value("Einlass")
    texts.get_by_label("German").fill("Ab acht")

    wanted = [{"en": english, "de": "Ab acht"} for english in ("Doors", "Entry")]
    editing.until(lambda elements: [each["text_i18n"] for each in elements] == wanted)


def test_what_pretix_does_not_know_is_marked(open_page: OpenPage) -> None:
    code = {"type": "barcodearea", "left": 50, "bottom": 50, "size": 30, "content": "secret"}
    editing = chosen(open_page, code)

    expect(editing.field("symbology")).to_contain_text("Counterfoil only")
    expect(editing.field("nowhitespace")).not_to_contain_text("Counterfoil only")


def test_what_is_wrong_shows_at_the_element(open_page: OpenPage) -> None:
    long = "A sentence that cannot stand in a box of this size"
    editing = open_editor(
        open_page, [text(20, 20, "other", text=long, autoresize=False, width="10.00")]
    )

    expect(editing.page.locator(".mark.warn")).to_be_attached()
    expect(editing.rows.first).to_contain_text("remark")
    editing.page.locator("[data-problem-list] button").first.click()

    expect(editing.panel.locator(".editor-problems li").first).to_be_visible()


def test_a_real_ticket_that_is_not_there_is_said(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [text(20, 20)])

    editing.page.locator("[data-ticket]").select_option("longest")
    editing.until_asked(lambda asked: asked["ticket"] == "longest")
    editing.page.locator("[data-ticket]").select_option("real")
    search = editing.page.get_by_label("Order code, or the ticket's secret")
    search.fill("NOSUCH")
    search.press("Enter")

    expect(editing.page.locator("[data-ticket-problem]")).to_have_text(
        "No ticket of this event matches."
    )
    editing.page.get_by_role("button", name="Cancel").click()
    expect(editing.page.locator("[data-ticket]")).to_have_value("longest")
