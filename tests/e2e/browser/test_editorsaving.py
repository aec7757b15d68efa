"""Work in the editor is neither lost nor written over unseen; backgrounds come and are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from e2e.browser.editordriver import Editing, drop_file, open_editor, rectangle, text
from samplepdfs import pdf_of

OpenPage = Callable[..., Page]


def test_what_is_saved_is_there_again(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [text(20, 20), rectangle(100, 20)])
    editing.press("PageDown", "ArrowUp")
    editing.places((20, 20), (100, 21))

    editing.save()
    expect(editing.page.locator("[data-unsaved]")).to_be_hidden()
    editing.page.reload()
    editing.wait()

    editing.places((20, 20), (100, 21))


def second_window(first: Editing) -> Editing:
    """The same layout, in another tab."""
    second = Editing(first.page.context.new_page())
    second.open(first.page.url)
    return second


def two_windows(open_page: OpenPage, name: str) -> tuple[Editing, Editing]:
    """Two windows show one layout; the first has saved, the second has tried to."""
    first = open_editor(open_page, [rectangle(20, 20)], name=name)
    second = second_window(first)
    first.press("PageDown", "ArrowRight")
    first.save()
    second.press("PageDown", "ArrowUp")
    second.places((20, 21))
    second.press("Control+s")
    expect(second.page.get_by_role("dialog")).to_contain_text("You (in another window) saved it")
    return first, second


def test_nobody_is_overwritten_unseen(open_page: OpenPage) -> None:
    _, mine = two_windows(open_page, "Seen")

    mine.page.get_by_role("button", name="Show the saved version").click()
    mine.places((21, 20))
    mine.button("undo").click()

    mine.places((20, 21))
    mine.save()


def test_overwriting_is_a_decision(open_page: OpenPage) -> None:
    theirs, mine = two_windows(open_page, "Overwritten")

    mine.page.get_by_role("button", name="Overwrite").click()
    mine.page.get_by_text("Saved.").wait_for()

    theirs.page.reload()
    theirs.places((20, 21))


def test_a_copy_keeps_both(open_page: OpenPage) -> None:
    _, mine = two_windows(open_page, "Both")
    before = mine.page.url

    mine.page.get_by_role("button", name="as a copy").click()
    mine.page.wait_for_url(lambda url: url != before)
    mine.wait()

    expect(mine.page.get_by_role("heading", level=1)).to_have_text("Both (copy)")
    mine.places((20, 21))


def test_a_closed_tab_loses_nothing(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    editing.press("PageDown", "ArrowRight")
    editing.draft()
    editing.page.close(run_before_unload=False)

    again = second_window(editing)
    expect(again.page.get_by_role("dialog")).to_contain_text("You have unsaved changes")
    again.page.get_by_role("button", name="Continue with my changes").click()

    again.places((21, 20))
    expect(again.page.locator("[data-unsaved]")).to_be_visible()


def test_work_that_nobody_decided_on_is_offered_again(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    editing.press("PageDown", "ArrowRight")
    editing.draft()
    editing.page.close(run_before_unload=False)

    again = second_window(editing)
    expect(again.page.get_by_role("dialog")).to_be_visible()
    again.page.keyboard.press("Escape")
    again.press("PageDown", "ArrowUp")
    again.save()
    again.page.reload()

    expect(again.page.get_by_role("dialog")).to_contain_text(
        "Someone has saved the layout since then"
    )
    again.page.get_by_role("button", name="Continue with my changes").click()
    again.places((21, 20))


def test_a_tab_in_which_nothing_changed_leaves_the_work_of_another(open_page: OpenPage) -> None:
    idle = open_editor(open_page, [rectangle(20, 20)])
    editing = second_window(idle)
    editing.press("PageDown", "ArrowRight")
    kept = editing.draft()

    idle.page.goto("about:blank")

    assert editing.draft() == kept


def test_leaving_with_unsaved_work_is_asked_about(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(getattr(dialog, "type", ""))
        getattr(dialog, "accept", print)()

    editing.page.on("dialog", stay)
    editing.click(30, 30)
    editing.press("ArrowRight")
    editing.places((21, 20))

    editing.page.locator("[data-close]").click()
    editing.page.wait_for_url(lambda url: "/edit/" not in url)

    assert asked == ["beforeunload"]


def test_a_deleted_layout_is_kept_as_a_copy(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)], name="Doomed")
    before = editing.page.url
    colleague = editing.page.context.new_page()
    colleague.goto(before.replace("/edit/", "/delete/"))
    colleague.get_by_role("button", name="Delete").click()
    colleague.get_by_text("The layout was deleted.").wait_for()

    editing.press("PageDown", "ArrowRight", "Control+s")
    expect(editing.page.get_by_role("dialog")).to_contain_text("has been deleted")
    editing.page.get_by_role("button", name="as a copy").click()
    editing.page.wait_for_url(lambda url: url != before)
    editing.wait()

    expect(editing.page.get_by_role("heading", level=1)).to_have_text("Doomed (copy)")
    editing.places((21, 20))


def test_who_saves_twice_is_in_nobodys_way(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    editing.page.route("**/save/", hold)
    for _ in range(2):
        editing.press("PageDown", "ArrowRight", "Control+s")
    editing.places((22, 20))
    assert len(held) == 1
    held[0].continue_()

    expect(editing.page.locator("[data-unsaved]")).to_be_hidden()
    expect(editing.status).to_have_text("Saved.")
    editing.page.reload()
    editing.places((22, 20))


@pytest.mark.parametrize("key", ["Meta+s", "Control+S"])
def test_no_page_is_saved_instead_of_the_layout(open_page: OpenPage, key: str) -> None:
    """The large letter is what Caps Lock makes of it."""
    editing = open_editor(open_page, [rectangle(20, 20)])

    editing.press("PageDown", "ArrowRight", key)

    expect(editing.status).to_have_text("Saved.")


def test_only_who_tries_again_says_so(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    editing.page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()) }")

    editing.press("PageDown", "ArrowRight")
    stale = editing.page.locator("[data-stale]")
    expect(stale).to_have_text(
        "The preview is out of date: The server does not respond. Trying again."
    )
    editing.press("Control+s")
    expect(editing.status).to_have_text("Not saved: The server does not respond. Try again.")
    editing.page.locator("[data-ticket]").select_option("real")
    editing.page.get_by_role("button", name="Show it").click()

    expect(editing.page.locator("[data-ticket-problem]")).to_have_text(
        "The server does not respond. Try again."
    )


def test_a_slow_network_holds_up_nobody(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    held: list[Route] = []
    is_open = False

    def hold(route: Route) -> None:
        held.append(route)
        if is_open:
            route.continue_()

    editing.page.route("**/layouts/picture/", hold)
    editing.click(30, 30)

    for _ in range(20):
        editing.press("ArrowRight")
    expect(editing.panel.get_by_label("Left, mm")).to_have_value("40")
    assert len(held) == 1  # one question at a time

    is_open = True
    held[0].continue_()
    editing.places((40, 20))  # and then only what is wanted by then


def test_a_dead_network_is_told_and_outlived(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    answers = iter([False, True, True, True, True])

    def answer(route: Route) -> None:
        if next(answers, True):
            route.continue_()
        else:
            route.fulfill(status=302, headers={"Location": "/signin/"})

    editing.page.route("**/layouts/picture/", answer)
    editing.press("PageDown", "ArrowRight")

    stale = editing.page.locator("[data-stale]")
    expect(stale).to_contain_text("out of date")
    editing.press("ArrowRight")
    expect(stale).to_be_hidden()


def test_a_pdf_that_is_dropped_becomes_the_background(open_page: OpenPage, tmp_path: Path) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf_of((283.46, 141.73)))
    before = editing.asked()["background"]

    drop_file(editing, path)

    editing.until_asked(lambda asked: asked["background"] != before)
    expect(editing.page.locator("[data-background-now]")).to_contain_text("100 × 50 mm")
    expect(editing.page.get_by_label("Width, mm")).to_have_value("100")
    expect(editing.page.get_by_label("Page size")).to_have_value("own")
    editing.button("undo").click()
    editing.until_asked(lambda asked: asked["background"] == before)


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("drawing.svg", "image/svg+xml", b"<svg/>"),
        ("broken.pdf", "application/pdf", b"%PDF-1.7 nothing follows"),
    ],
)
def test_a_background_that_cannot_be_is_refused_with_a_reason(
    open_page: OpenPage, tmp_path: Path, name: str, kind: str, content: bytes
) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    path = tmp_path / name
    path.write_bytes(content)

    drop_file(editing, path, kind)

    expect(editing.page.locator("[data-background-problem]")).to_contain_text("PDF")
    expect(editing.page.locator("[data-unsaved]")).to_be_hidden()


def test_pictures_are_dropped_and_chosen(open_page: OpenPage, tmp_path: Path) -> None:
    editing = open_editor(open_page, [rectangle(20, 20)])
    path = tmp_path / "logo.png"
    Image.new("RGB", (600, 300), (230, 120, 20)).save(path)

    drop_file(editing, path, "image/png")
    dropped = editing.until(lambda elements: len(elements) == 2)[1]
    assert dropped["content"].startswith("picture:")
    assert float(dropped["width"]) == pytest.approx(2 * float(dropped["height"]), abs=0.05)
    content = editing.panel.locator("#attribute-content")
    expect(content).to_have_value(dropped["content"])

    Image.new("RGB", (300, 300), (20, 120, 230)).save(tmp_path / "map.jpg")
    file = editing.panel.locator("input[type=file]")
    file.set_input_files(tmp_path / "map.jpg")
    editing.until(lambda elements: elements[1]["content"] not in ("", dropped["content"]))
    expect(content.locator("option:checked")).to_have_text("map.jpg")
    expect(editing.page.locator(".mark.bad")).to_have_count(0)
    (tmp_path / "bad.svg").write_text("<svg/>")
    file.set_input_files(tmp_path / "bad.svg")
    expect(editing.panel.get_by_role("alert")).to_contain_text("not a PNG or JPEG")


def test_another_size_keeps_elements_in_view_and_is_undone(open_page: OpenPage) -> None:
    editing = open_editor(open_page, [rectangle(20, 120), rectangle(170, 120)])
    size, width = editing.page.get_by_label("Page size"), editing.page.get_by_label("Width, mm")
    expect(width).to_have_value("210")

    size.select_option(label="Credit card, 85.6 × 54 mm")
    editing.page.get_by_role("button", name="Use this size").click()

    editing.places((20, 26), (55.6, 26))
    editing.button("undo").click()
    editing.places((20, 120), (170, 120))
    expect(width).to_have_value("210")


def test_a_page_size_is_chosen_or_typed(open_page: OpenPage) -> None:
    editing = open_editor(open_page)
    now = editing.page.locator("[data-background-now]")

    editing.page.get_by_label("Page size").select_option(label="Credit card, 85.6 × 54 mm")
    editing.page.get_by_role("button", name="Use this size").click()
    expect(now).to_contain_text("85.6 × 54 mm")
    editing.page.get_by_label("Width, mm").fill("120")
    editing.page.get_by_label("Pages", exact=True).fill("2")
    editing.page.get_by_role("button", name="Use this size").click()

    expect(now).to_contain_text("2 pages, the first 120 × 54 mm")


def test_a_layout_needs_a_name(open_page: OpenPage) -> None:
    editing = open_editor(open_page)

    editing.page.get_by_label("Name").fill(" ")
    editing.press("Control+s")

    expect(editing.page.locator("[data-name-problem]")).to_have_text("A layout needs a name.")
