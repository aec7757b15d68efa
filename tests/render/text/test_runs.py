from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.render.fonts import FontLibrary
from counterfoil.render.text.runs import is_invisible, missing_characters, visual_runs
from render.fonts import making
from render.text.paper import LIBRARY

OPEN_SANS = LIBRARY.face("Open Sans")


def runs(text: str, *, library: FontLibrary = LIBRARY, language: str = "") -> list[tuple[str, str]]:
    """Return each run's text with its face's name."""
    found = visual_runs(text, [0] * len(text), OPEN_SANS, library, language)
    return [(text[run.start : run.end], run.face.postscript_name.split("-")[0]) for run in found]


def test_only_what_a_face_lacks_comes_from_another() -> None:
    assert runs("Zug ไทย 9") == [
        ("Zug ", "OpenSans"),
        ("ไทย", "NotoSansThai"),
        (" 9", "OpenSans"),
    ]


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("שלום", "NotoSansHebrew"),
        ("سلام", "NotoSansArabic"),
        ("हिन्दी", "NotoSans"),
        ("ẞ", "NotoSans"),
        ("→", "NotoSansSymbols"),
        ("★", "NotoSansSymbols2"),
    ],
)
def test_every_installation_has_faces_for(text: str, face: str) -> None:
    assert runs(text) == [(text, face)]


def test_a_letter_and_its_marks_stay_in_one_face() -> None:
    # Open Sans has a q, but no circumflex to put on it.
    assert runs("aq\u0302b") == [("a", "OpenSans"), ("q\u0302", "NotoSans"), ("b", "OpenSans")]


def test_composed_letters_are_drawn_from_their_parts() -> None:
    # Open Sans has no such letter, but both of its parts.
    assert runs("x\u0301") == [("x\u0301", "OpenSans")]


def test_an_unbreakable_hyphen_is_drawn_as_a_hyphen() -> None:
    assert runs("a\u2011b") == [("a\u2011b", "OpenSans")]


@pytest.mark.parametrize("character", "\u200b\u200d\u2060\ufeff\ufe0f\u034f\U000e0101\u202e")
def test_what_shows_nothing_is_never_missing(character: str) -> None:
    text = f"a{character}b"

    (run,) = visual_runs(text, [0] * len(text), OPEN_SANS, LIBRARY, "")

    assert is_invisible(character)
    assert not run.missing


def test_number_signs_are_controls_that_show() -> None:
    assert not is_invisible("\u0600")


def test_what_no_face_has_is_told() -> None:
    text = "a\U00016a00\x07\ufffdb"

    found = visual_runs(text, [0] * len(text), OPEN_SANS, LIBRARY, "")

    missing = [missing_characters(text, run) for run in found if run.missing]
    assert "".join(missing) == "\U00016a00\x07\ufffd"


def test_a_mark_that_no_face_has_is_told_and_its_letter_drawn() -> None:
    text = "a\U0001e2ae"  # a Toto tone mark

    (run,) = visual_runs(text, [0] * len(text), OPEN_SANS, LIBRARY, "")

    assert run.face is OPEN_SANS
    assert missing_characters(text, run) == "\U0001e2ae"


def test_scripts_are_shaped_apart_and_common_signs_go_with_the_letters_before() -> None:
    text = "«aж»"

    found = visual_runs(text, [0] * len(text), OPEN_SANS, LIBRARY, "")

    assert [(text[run.start : run.end], run.script) for run in found] == [
        ("«a", "Latn"),
        ("ж»", "Cyrl"),
    ]


def test_runs_come_in_visual_order() -> None:
    text = "אב12"

    found = visual_runs(text, [1, 1, 2, 2], OPEN_SANS, LIBRARY, "")

    assert [text[run.start : run.end] for run in found] == ["12", "אב"]


@pytest.mark.parametrize(
    ("text", "language", "face"),
    [
        ("語", "ja", "NotoSansJP"),
        ("語", "ko", "NotoSansKR"),
        ("語", "zh-Hans", "NotoSansSC"),
        ("語", "zh_TW", "NotoSansTC"),
        ("語", "", "NotoSansSC"),
        ("語", "de", "NotoSansSC"),
        ("語か", "", "NotoSansJP"),
        ("語한", "", "NotoSansKR"),
    ],
)
def test_the_form_of_a_han_letter_is_its_languages(
    tmp_path: Path, text: str, language: str, face: str
) -> None:
    for region in ("SC", "TC", "KR", "JP"):
        making.with_characters(tmp_path, f"Noto Sans {region}", "語か한")

    found = runs(text, library=FontLibrary([tmp_path]), language=language)

    assert {name for _, name in found} == {face}
