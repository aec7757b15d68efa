"""What is done to elements in the layout editor, with the mouse and with the keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.browser.editordriver import open_editor, rectangle, text

OpenPage = Callable[..., Page]


def test_a_press_chooses_an_element_and_its_panel_shows(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), text(20, 100)])

    editing.click(60, 105)

    expect(editing.panel.get_by_role("heading")).to_contain_text("Text box")
    expect(editing.rows.first).to_have_attribute("aria-selected", "true")
    editing.click(150, 10)
    expect(editing.panel).to_be_hidden()


def test_dragging_moves_and_shift_keeps_to_an_axis(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])

    editing.drag((30, 30), (71, 64), "Alt")
    editing.places((61, 54))
    editing.drag((70, 60), (100, 66), "Alt", "Shift")

    editing.places((91, 54))


def test_escape_takes_a_drag_back(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])

    with editing.dragging((30, 30), (71, 64)):
        editing.until(lambda elements: elements[0]["left"] != 20)
        editing.page.keyboard.press("Escape")

    editing.places((20, 20))
    expect(editing.button("undo")).to_have_attribute("aria-disabled", "true")


def test_the_arrow_keys_nudge_by_three_sizes(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [text(20, 20)])

    editing.press("PageDown", "ArrowRight", "Shift+ArrowUp", "Alt+ArrowLeft")

    moved = editing.places((20.9, 30))
    assert moved[0]["left"] == "20.90"  # in the form that pretix writes


def test_handles_resize_and_turn(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [text(40, 60, width="60.00", height="20.00")])
    editing.click(70, 70)

    editing.drag((100, 60), (110, 50), "Alt")
    sized = editing.until(lambda elements: round(float(elements[0]["width"])) == 70)
    editing.page.locator("[data-handle=turn]").hover()
    editing.page.mouse.down()
    with editing.holding("Shift"):
        editing.page.mouse.move(*editing.screen(150, 65), steps=3)
    editing.page.mouse.up()

    assert round(float(sized[0]["height"])) == 30
    editing.until(lambda elements: elements[0]["rotation"] == 90)


def test_keys_resize_and_turn(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [text(40, 60)])

    editing.press("PageDown", "Control+ArrowRight", "Control+Shift+ArrowDown", ".", ".")

    changed = editing.until(lambda elements: elements[0]["rotation"] == 2)[0]
    assert (float(changed["width"]), float(changed["height"])) == (81, 20)


def test_a_code_keeps_its_shape(open_page: OpenPage) -> None:
    code = {"type": "barcodearea", "left": 50, "bottom": 50, "size": 30, "content": "secret"}
    editing = open_editor(open_page, [code])
    editing.click(65, 65)

    editing.drag((80, 80), (90, 82), "Alt")

    sized = editing.until(lambda elements: round(elements[0]["size"]) == 40)[0]
    assert (round(sized["left"]), round(sized["bottom"])) == (50, 50)


def test_a_frame_chooses_many_and_they_move_together(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), rectangle(60, 20), rectangle(120, 100)])

    editing.drag((10, 10), (95, 45))
    expect(editing.panel.get_by_role("heading")).to_have_text("2 elements")
    editing.drag((30, 30), (37, 41), "Alt")

    editing.places((27, 31), (67, 31), (120, 100))


def test_shift_adds_to_the_choice_and_takes_from_it(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), rectangle(60, 20)])

    editing.click(30, 30)
    editing.click(70, 30, "Shift")
    chosen = editing.page.locator("[role=row][aria-selected=true]")
    expect(chosen).to_have_count(2)
    editing.click(30, 30, "Shift")

    expect(chosen).to_have_count(1)


def test_many_are_aligned_and_spread(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), rectangle(60, 30), rectangle(160, 50)])
    editing.press("Control+a")

    editing.arrange("align-bottom")
    editing.places((20, 20), (60, 20), (160, 20))
    editing.arrange("distribute-h")

    editing.places((20, 20), (90, 20), (160, 20))


def test_one_alone_is_aligned_to_the_page(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    editing.click(30, 30)

    editing.arrange("align-hcenter")

    editing.places((90, 20))


def test_what_is_dragged_snaps_to_its_neighbours(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), rectangle(100, 90)])

    with editing.dragging((110, 100), (31, 101)):
        expect(editing.page.locator(".snap").first).to_be_attached()

    editing.until(lambda elements: elements[1]["left"] == 20)


def test_the_grid_pulls(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(21, 22, 7, 7)])
    editing.page.locator("[data-grid]").select_option("10")

    editing.drag((24, 25), (63.6, 64.2))

    editing.places((60, 60))


def test_a_guide_is_dragged_out_of_a_ruler_and_back(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(100, 20)])
    ruler = editing.page.locator("[data-ruler=y]").bounding_box()
    assert ruler is not None

    editing.page.mouse.move(ruler["x"] + 8, ruler["y"] + 200)
    editing.page.mouse.down()
    editing.page.mouse.move(*editing.screen(50, 70), steps=4)
    editing.page.mouse.up()
    guide = editing.page.get_by_label("Guide, mm from the left")
    expect(guide).to_have_value("50")
    editing.drag((110, 30), (60.7, 30))
    editing.places((50, 20))
    editing.page.mouse.move(*editing.screen(50, 100))
    editing.page.mouse.down()
    editing.page.mouse.move(ruler["x"] + 8, ruler["y"] + 200, steps=4)
    editing.page.mouse.up()

    expect(editing.page.locator(".guide")).to_have_count(0)


def test_guides_can_be_typed(open_page: OpenPage) -> None:
    editing = open_editor(open_page)

    editing.button("guide-y").click()
    editing.page.get_by_label("Guide, mm from below").fill("33.5")
    editing.page.keyboard.press("Enter")

    expect(editing.page.locator(".guide")).to_have_attribute("y1", "114.5")
    editing.page.get_by_label("Remove guide").click()
    expect(editing.page.locator(".guide")).to_have_count(0)


def test_what_covers_what_is_changed_by_buttons_and_keys(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), rectangle(30, 25), rectangle(40, 30)])
    editing.click(22, 22)

    editing.arrange("front")
    editing.places((30, 25), (40, 30), (20, 20))
    editing.press("[")
    editing.places((30, 25), (20, 20), (40, 30))
    editing.press("{")

    editing.places((20, 20), (30, 25), (40, 30))


def test_undo_and_redo_go_all_the_way(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    editing.click(30, 30)
    for _ in range(12):
        editing.press("Control+d")
    editing.until(lambda elements: len(elements) == 13)
    editing.press("Delete")
    editing.until(lambda elements: len(elements) == 12)

    for _ in range(13):
        editing.button("undo").click()
    editing.places((20, 20))
    for _ in range(12):
        editing.press("Control+y")

    editing.until(lambda elements: len(elements) == 13)


def test_elements_are_carried_to_another_layout(open_page: OpenPage) -> None:
    source = open_editor(open_page, [text(20, 20), rectangle(20, 60)])
    target = open_editor(open_page, [], size=(100, 100))
    source.page.bring_to_front()
    source.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    target.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    source.press("Control+a", "Control+c")

    expect(source.status).to_have_text("2 elements copied.")
    target.page.bring_to_front()
    target.press("Control+v", "Control+v")

    pasted = target.places((20, 20), (20, 60), (25, 15), (25, 55))
    assert pasted[0]["content"] == "event_name"


def test_the_buttons_copy_and_paste_too(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    editing.click(30, 30)

    editing.button("copy").click()
    editing.button("paste").click()

    editing.places((20, 20), (25, 15))


def test_the_page_is_zoomed_and_pushed_about(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    zoom = editing.page.locator("[data-zoom]")
    fitting = zoom.inner_text()
    before = editing.screen(100, 70)

    editing.page.mouse.move(*before)
    with editing.holding("Control"):
        editing.page.mouse.wheel(0, -200)
    expect(zoom).not_to_have_text(fitting)
    zoomed = editing.screen(100, 70)
    editing.canvas.focus()
    with editing.holding(" "):
        editing.page.mouse.down()
        editing.page.mouse.move(before[0] + 60, before[1] + 40, steps=3)
        editing.page.mouse.up()
    editing.page.wait_for_function(
        "x => Math.abs(document.querySelector('.paper').getBoundingClientRect().x - x) > 30",
        arg=editing.page.locator(".paper").evaluate("e => e.getBoundingClientRect().x") - 60,
    )

    assert zoomed == (
        pytest.approx(before[0], abs=2),
        pytest.approx(before[1], abs=2),
    )
    editing.press("0")
    expect(zoom).to_have_text(fitting)


def test_pages_of_the_background_are_turned(open_page: OpenPage) -> None:
    back = {**rectangle(50, 50), "page": 2}
    editing = open_editor(open_page, [rectangle(20, 20), back], pages=2)

    editing.button("page-next").click()

    expect(editing.page.locator("[data-page-number]")).to_have_text("Page 2 of 2")
    expect(editing.rows).to_have_count(1)
    editing.until_asked(lambda asked: asked["page"] == 2)
    editing.click(60, 60)
    editing.press("ArrowUp")
    editing.places((20, 20), (50, 51))


def test_what_is_locked_stays_and_what_is_hidden_is_not_drawn(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), rectangle(100, 20)])

    for row, name in ((0, "Lock"), (1, "Hide")):
        editing.rows.nth(row).hover()
        editing.rows.nth(row).get_by_role("button", name=name).click()
    editing.drag((110, 30), (140, 60))

    asked = editing.until_asked(lambda asked: asked["hidden"] == [0])
    assert asked["elements"][1]["left"] == 100


def test_what_is_locked_is_not_said_to_be_cut(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    editing.press("PageDown", "l", "Control+x")

    expect(editing.status).to_have_text("One element copied.")
    editing.places((20, 20))


def test_an_empty_layout_says_what_its_tickets_print_with(open_page: OpenPage) -> None:
    editing = open_editor(open_page, pages=2)
    built_in = editing.page.get_by_text("tickets print with the built-in design")

    expect(built_in).to_be_visible()
    editing.page.get_by_text("Add", exact=True).click()
    editing.page.locator("[data-add] button:visible").first.click()
    expect(built_in).to_be_hidden()
    editing.button("page-next").click()

    expect(editing.page.get_by_text("This page is empty.")).to_be_visible()
    expect(built_in).to_be_hidden()


def test_the_list_is_worked_by_keys_alone(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), rectangle(60, 20), rectangle(100, 20)])

    editing.rows.nth(0).focus()
    for key in ("ArrowDown", "Shift+ArrowDown", "h"):
        editing.page.keyboard.press(key)

    editing.until_asked(lambda asked: sorted(asked["hidden"]) == [0, 1])
    editing.page.keyboard.press("Delete")
    editing.places((100, 20))


def test_arrow_keys_move_what_was_chosen_in_the_list(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), rectangle(60, 20)])

    editing.rows.nth(1).click()
    expect(editing.status).to_contain_text("chosen")
    editing.page.keyboard.press("ArrowRight")

    editing.places((21, 20), (60, 20))
    expect(editing.status).to_contain_text("mm, y 20.0 mm")
    editing.rows.nth(0).focus()
    editing.page.keyboard.press("Enter")
    editing.page.keyboard.press("ArrowUp")
    editing.places((21, 20), (60, 21))


def test_several_are_resized_and_turned_together(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20), text(60, 40, fontsize="20.0")])

    editing.press("Control+a")
    editing.drag((140, 20), (80, 20))
    elements = editing.until(lambda elements: float(elements[1]["fontsize"]) == 10)
    assert (float(elements[0]["width"]), float(elements[1]["width"])) == (15, 40)
    assert float(elements[0]["left"]) == 20

    editing.button("undo").click()
    editing.until(lambda elements: float(elements[1]["fontsize"]) == 20)
    editing.press("Control+a")
    editing.page.locator("[data-handle='group-turn']").hover()
    editing.page.mouse.down()
    editing.page.mouse.move(*editing.screen(140, 35), steps=4)
    editing.page.mouse.up()
    editing.until(lambda elements: elements[1]["rotation"] == 90)


def test_heights_are_measured_from_the_top_by_choice(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    position = editing.page.locator("[data-position]")

    editing.page.mouse.move(*editing.screen(50, 100))
    expect(position).to_have_text(re.compile(r"y (100|99)\.\d mm"))
    editing.button("ruler-top").click()
    editing.page.mouse.move(*editing.screen(50, 100))

    expect(position).to_have_text(re.compile(r"y (48|47)\.\d mm"))
    expect(editing.button("ruler-top")).to_have_attribute("aria-pressed", "true")


def test_new_elements_of_each_kind_are_drawn(open_page: OpenPage) -> None:
    editing = open_editor(open_page)
    offered = editing.page.locator("[data-add] button:not([hidden])")
    kinds = offered.count()

    for number in range(kinds):
        editing.page.get_by_text("Add", exact=True).click()
        offered.nth(number).click()

    elements = editing.until(lambda elements: len(elements) == kinds)
    assert len({each["type"] for each in elements}) == kinds
    expect(editing.page.locator(".mark.bad")).to_have_count(0)
    legacy = editing.page.locator("[data-add] [data-type=textarea]")
    expect(legacy).to_have_attribute("hidden", "")


def test_an_unknown_kind_is_shown_locked_and_kept(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    strange = {"type": "hologram", "left": "90.00", "bottom": "60.00", "glow": {"by": [7]}}
    extra = json.dumps([{**strange, "page": 1, "width": "30.00", "height": "20.00"}])
    editing.page.evaluate("text => localStorage.setItem('counterfoil-clipboard', text)", extra)

    editing.button("paste").click()
    editing.drag((100, 70), (130, 90))

    expect(editing.rows.first).to_contain_text("Unknown kind: hologram")
    kept = editing.draft()["elements"][1]
    assert {name: kept[name] for name in strange} == strange
    assert len(editing.asked()["elements"]) == 1
