"""Layouts made for pretix, printed here, against what pretix printed: where each line begins and
ends, in which size and colour, and what each code says and where it stands.
"""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pypdfium2
import pytest
from PIL import Image as Pillow

from counterfoil.render import (
    CompiledBackground,
    Ticket,
    compile_background,
    compile_plan,
    read_image,
    read_layout,
    render_pdf,
)
from render.rendering import CORPUS, Glyph, codes, fonts, glyphs

MM = 72 / 25.4
CASES = sorted(path.name for path in (CORPUS / "cases").iterdir())
# What pretix got wrong, or printed in faces that are not the ones installed here.
OTHER_TEXT = {
    "p11_rtl": "pretix has no glyphs for Hebrew and Arabic",
    "p12_missing_glyphs": "pretix has no glyphs and no fallback",
    "p28_rtl_with_fonts": "other versions of Noto Sans Hebrew and Arabic",
    "p29_cjk_thai_with_fonts": "Noto Sans JP is too large to come along",
    "p30_rtl_peer_bugs": "pretix orders right-to-left text before breaking lines",
}


def load(case: str, name: str) -> Any:
    return json.loads((CORPUS / "cases" / case / name).read_text("utf-8"))


@cache
def background(name: str) -> CompiledBackground:
    if name == "a4_raster3mb.pdf":
        return compile_background(raster())
    return compile_background((CORPUS / "backgrounds" / name).read_bytes())


def raster() -> bytes:
    """Return a stand-in for the 3 MB of the corpus: pale, so that codes stand out."""
    sink = io.BytesIO()
    picture = Pillow.effect_noise((827, 1169), 30).point(lambda value: 225 + value // 9)
    picture.convert("RGB").save(sink, "PDF", resolution=100.03)
    return sink.getvalue()


@cache
def printed(case: str) -> bytes:
    data = load(case, "data.json")
    name = Path(load(case, "case.json")["background"]).name
    plan = compile_plan(read_layout(load(case, "layout.json")), background(name), fonts())
    stream = io.BytesIO()
    tickets = (ticket(str(n), each, data["locale"]) for n, each in enumerate(data["tickets"]))
    render_pdf(stream, ((plan, each) for each in tickets), title=case)
    return stream.getvalue()


def ticket(label: str, source: Any, locale: str) -> Ticket:
    values = dict(source["variables"])
    values |= {f"meta:{name}": value for name, value in source["event_meta"].items()}
    values |= {f"itemmeta:{name}": value for name, value in source["item_meta"].items()}
    images = {
        name: read_image((CORPUS / "images" / file).read_bytes())
        for name, file in source["images"].items()
        if file and file != "broken.png"
    }
    return Ticket(label, values, images, locale=locale)


@pytest.mark.parametrize("case", [case for case in CASES if case not in OTHER_TEXT])
def test_each_line_stands_where_pretix_puts_it(case: str) -> None:
    for number, page in enumerate(load(case, "boxes.json")["pages"], start=1):
        found = glyphs(printed(case), number)

        lines = [line for line in page["lines"] if not line["font"].startswith("Helvetica")]
        astray = [line["text"] for line in lines if not stands(line, found)]

        assert not astray


@pytest.mark.parametrize("case", [case for case in CASES if case not in OTHER_TEXT])
def test_the_text_is_the_text_that_pretix_prints(case: str) -> None:
    for number, page in enumerate(load(case, "boxes.json")["pages"], start=1):
        expected = Counter(squeezed("".join(line["text"] for line in page["lines"])))

        found = Counter(squeezed("".join(each.text for each in glyphs(printed(case), number))))

        # Characters that no font of pretix's has read as NUL there.
        assert {k: v for k, v in found.items() if k.isprintable()} == expected


@pytest.mark.parametrize("case", CASES)
def test_each_code_says_what_pretixs_says_at_its_place(case: str) -> None:
    for number, page in enumerate(load(case, "boxes.json")["pages"], start=1):
        expected = page["barcodes_mm_from_top_left"]

        found = codes(printed(case), number)

        assert sorted(each.text for each in found) == sorted(each["text"] for each in expected)
        for each in expected:
            assert any(
                each["text"] == code.text and math.dist(centre(code), (each["x"], each["y"])) < 0.6
                for code in found
            )


@pytest.mark.parametrize("case", CASES)
def test_pages_have_the_size_of_their_background(case: str) -> None:
    pages = load(case, "boxes.json")["pages"]
    with pypdfium2.PdfDocument(printed(case)) as document:
        sizes = [page.get_size() for page in document]

    assert len(sizes) == len(pages)
    for (width, height), page in zip(sizes, pages, strict=True):
        assert (width, height) == pytest.approx((page["width"], page["height"]), abs=0.5)


def stands(line: dict[str, Any], found: list[Glyph]) -> bool:
    """Tell whether a line begins and ends where it should, as it should."""
    near = 0.35 * MM
    alike = [
        each
        for each in found
        if math.isclose(each.size, line["size"], abs_tol=0.07)
        and abs((each.angle - line["angle"] + 180) % 360 - 180) < 0.6
        and all(abs(a * 255 - b) < 3 for a, b in zip(each.colour, line["color"], strict=True))
    ]
    begins = any(math.dist((each.x, each.y), line["baseline"]) < near for each in alike)
    return begins and any(math.dist(each.after, line["end"]) < near for each in alike)


def squeezed(text: str) -> str:
    return "".join(normalize("NFKC", text).split()).replace("\x00", "")


def centre(code: Any) -> tuple[float, float]:
    at = code.position
    corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
    scale = 25.4 / 200 / 4
    return sum(each.x for each in corners) * scale, sum(each.y for each in corners) * scale
