"""Scripts that pretix prints wrong, here and in a browser: the same glyphs at the same places.

Chromium prints each sentence with the very font file, size and width that the engine gets. Both
PDFs name glyphs by the font's own numbers, so what is compared is not a reading of the text but
what stands on paper: which glyphs a line holds, in which order, and where each of them is. That
takes in joining, ligatures, reordered vowels, marks, direction, mirrored brackets and the places
where lines end. Spaces show nothing and are left out.

What differs on purpose is kept out of the way: Latin ligatures (off here, for widths), hyphens
(every one may end a line here) and lines whose spaces are narrowed (no browser does that).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uharfbuzz as hb
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from playwright.sync_api import Browser

from counterfoil.render import (
    FontLibrary,
    Ticket,
    compile_plan,
    font_folders,
    read_layout,
    render_pdf,
)
from counterfoil.render.fonts import Face
from counterfoil.render.units import Pt, mm
from render.rendering import paper, text_box

# What a font with quadratic outlines must say about its hints: that there are none.
NO_HINTS = [
    "maxZones",
    "maxTwilightPoints",
    "maxStorage",
    "maxFunctionDefs",
    "maxInstructionDefs",
    "maxStackElements",
    "maxSizeOfInstructions",
    "maxComponentElements",
]

EM = 40.0
LEADING = 3 * EM
"""Far more than any mark rises, so that a glyph's height tells its line."""
NEAR = 0.02 * EM
NUDGE = 0.03 * EM
MARGIN = 2 * EM

SENTENCES = {
    ("Noto Sans Arabic", "ar"): (
        "مرحبا بكم في حفلة الصيف الكبرى على ضفاف النهر",
        "تذكرة رقم 42 للسيد أحمد (VIP) في القاعة الرئيسية",
        "السعر 49.50 يورو، شاملاً جميع الرسوم [A1] {B2}",
        "الأطفال لأول مرة، والآباء إلى الأمام لا إلى الوراء",
        "مَرْحَبًا بِكُمْ فِي الْمَهْرَجَانِ السَّنَوِيِّ",
        "Entrance (مدخل) 3 then قاعة 12 [شمال] at 20:00",
        "بلیت ویژهٔ جشنوارهٔ تهران، ردیف ۱۲ صندلی ۷",
        "خوش آمدید، براہ کرم اپنا ٹکٹ ساتھ رکھیں",
    ),
    ("Noto Sans Hebrew", "he"): (
        "ברוכים הבאים לקונצרט הקיץ הגדול בפארק",
        "כרטיס מספר 1234 (VIP) לשורה 5, מושב 12",
        "שָׁלוֹם לְכֻלָּם וְעֶרֶב טוֹב",
        "המחיר: 99.90 ₪ [כולל מע״מ] לכל משתתף",
        "Row 7 שורה seat 12 מושב (Gate B)",
        "שלום עולם hello world 123 שוב",
    ),
    ("Noto Sans Devanagari", "hi"): (
        "ग्रीष्मकालीन संगीत समारोह में आपका हार्दिक स्वागत है",
        "टिकट संख्या १२३, पंक्ति ५, कृपया समय पर पहुँचें",
        "विद्यार्थियों के लिए विशेष छूट (VIP) उपलब्ध है",
        "क्षत्रिय ज्ञान श्रृंखला द्वितीय प्रस्तुति",
    ),
    ("Noto Sans Thai", "th"): (
        "ยินดีต้อนรับสู่งานเทศกาลดนตรีฤดูร้อนที่ริมแม่น้ำเจ้าพระยา",
        "ตั๋วคอนเสิร์ตหมายเลข 42 ที่นั่งแถว A ราคา 1500 บาท",
        "กรุณาแสดงบัตรนี้ที่ประตูทางเข้าก่อนเวลาเริ่มการแสดง",
        "น้ำท่วมก็ไม่กลัว ผู้ใหญ่และเด็กเข้าชมได้ฟรี",
    ),
    ("Noto Sans Japanese", "ja"): (
        "夏の音楽祭へようこそ。入場券は、当日まで大切に保管してください。",
        "東京「開会式」チケット（一般）、座席はＡ列１２番です！",
        "ちょっと待って、きゃりーのコンサート・ツアーへ…",
        "Concert チケット 2026年7月12日（日）18:30開演",
    ),
    ("Noto Sans Simplified Chinese", "zh-Hans"): (
        "欢迎参加夏季音乐节。请在入场时出示本票，谢谢合作！",
        "第3排（A区）12号座位，晚上7点30分开始。",
    ),
    ("Noto Sans Traditional Chinese", "zh-Hant"): ("歡迎蒞臨「國家音樂廳」，演出開始後請勿入場。",),
    ("Noto Sans Korean", "ko"): (
        "여름 음악 축제에 오신 것을 환영합니다. 입장권을 보여 주세요.",
        "서울 콘서트홀 (3층) 좌석 12번, 오후 7시 시작",
    ),
}
SHARES = (2.0, 0.55, 0.3)
"""Of a sentence's own width: on one line, on two or three, on more."""


class Ink(NamedTuple):
    """One glyph on paper: its font and number, and where its pen stood, in points."""

    font: str
    gid: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Block:
    """A sentence in one width, as the engine prints it."""

    language: str
    text: str
    width: float
    lines: list[list[Ink]]


@pytest.mark.parametrize(("family", "language"), SENTENCES)
def test_a_browser_prints_the_same_glyphs_at_the_same_places(
    family: str, language: str, chromium: Browser, tmp_path: Path
) -> None:
    if not FontLibrary(font_folders()).knows(family):
        pytest.skip(f"{family} is not installed")
    press = Press(family, language, tmp_path)
    blocks = [press.block(text, share) for text in SENTENCES[family, language] for share in SHARES]

    seen = press.blocks_of(chromium_pdf(chromium, html(blocks, press.files)))

    wrong = [
        f"{block.text} ({block.width:.0f} pt): {fault}"
        for block, lines in zip(blocks, seen, strict=True)
        if (fault := difference(block.lines, lines))
    ]
    assert not wrong
    assert any(len(block.lines) > 2 for block in blocks)


def difference(ours: list[list[Ink]], theirs: list[list[Ink]]) -> str:
    """Say how two blocks of lines differ; nothing if they do not."""
    counts = [len(line) for line in ours], [len(line) for line in theirs]
    if counts[0] != counts[1]:
        return f"glyphs by line: here {counts[0]}, there {counts[1]}"
    for number, (one, other) in enumerate(zip(ours, theirs, strict=True), start=1):
        for glyph in one:
            if not any(is_same(glyph, each) for each in other):
                near = [each for each in other if abs(each.x - glyph.x) < EM]
                return f"line {number}: here {glyph}, there {near}"
    return ""


def is_same(glyph: Ink, other: Ink) -> bool:
    """Tell whether two glyphs are one; ours keeps marks from small moves to the right."""
    same_glyph = (glyph.font, glyph.gid) == (other.font, other.gid)
    return same_glyph and -NEAR < other.x - glyph.x < NEAR + NUDGE


class Press:
    """Prints sentences in one family, from font files that a browser can take as they are."""

    def __init__(self, family: str, language: str, folder: Path) -> None:
        self._language = language
        texts = "".join(SENTENCES[family, language])
        found = FontLibrary(font_folders())
        main = found.face(family)
        self.files = {"Sample": static_file(main, texts, "Sample", folder)}
        latin = found.face("Open Sans")
        self.files["Open Sans"] = latin.source.path
        self.library = FontLibrary([folder])
        self._blank = {
            (face.postscript_name, face.gid(character))
            for face in (self.library.face("Sample"), latin)
            for character in " \u00a0"
        }

    def block(self, text: str, share: float) -> Block:
        """Print a sentence in about a share of its own width, but without narrowed spaces."""
        natural = max(glyph.x for glyph in self._print(text, 9000)[0]) - MARGIN + 2 * EM
        for width in range(int(natural * share), 0, -3):
            glyphs, is_fine = self._print(text, width)
            if is_fine:
                return Block(self._language, text, width, by_line(glyphs, self._blank))
        raise AssertionError(text)

    def blocks_of(self, pdf: bytes) -> list[list[list[Ink]]]:
        """Return the lines of each page of a PDF that somebody else made."""
        return [by_line(page, self._blank) for page in glyphs_of(pdf)]

    def _print(self, text: str, width: float) -> tuple[list[Ink], bool]:
        element = text_box(
            content="sample",
            fontfamily="Sample",
            fontsize=EM,
            lineheight=LEADING / EM / 1.15,
            left=mm(Pt(MARGIN)),
            bottom=mm(Pt(MARGIN)),
            width=mm(Pt(width)),
            height=mm(Pt(3000)),
        )
        background = paper(mm(Pt(width + 2 * MARGIN + 2000)), mm(Pt(3200)))
        plan = compile_plan(read_layout([element]), background, self.library)
        stream = io.BytesIO()
        ticket = Ticket("A", {"sample": text}, locale=self._language)
        report = render_pdf(stream, [(plan, ticket)], title="Lines")
        (page,) = glyphs_of(stream.getvalue())
        return [self._as_in_font(ink) for ink in page], not report.findings

    def _as_in_font(self, ink: Ink) -> Ink:
        """Put a glyph's own number for the one of a letter that shares it with others."""
        sample = self.library.face("Sample")
        is_sample = ink.font == sample.postscript_name
        return ink._replace(gid=sample.glyph_of(ink.gid)) if is_sample else ink


#: What texts need beside their letters; Thai's U+0E33 is drawn with U+0E4D and U+0E32.
EXTRA = " -\u00a0()[]{}<>\u0e4d\u0e32"


def static_file(face: Face, text: str, family: str, folder: Path) -> Path:
    """Write what a text needs of a face into a file: without axes or siblings, and renamed.

    Renamed because the engine prefers its own faces to a folder's of the same name.
    """
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.UNICODE).set({ord(each) for each in text + EXTRA})
    wanted.layout_feature_tag_set.clear()
    wanted.layout_feature_tag_set.invert()  # all of them
    for axis, value in face.source.axes:
        wanted.pin_axis_location(face.hb_face, axis, value)
    font = TTFont(io.BytesIO(hb.subset(face.hb_face, wanted).blob.data))
    if "CFF " in font:
        give_quadratic_outlines(font)
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = family
    path = folder / f"{family}.ttf"
    font.save(path)
    return path


def give_quadratic_outlines(font: TTFont) -> None:
    """Make a font with cubic outlines a TrueType one: Chromium does not embed the others."""
    glyphs, drawn = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, max_err=1, reverse_direction=True))
        drawn[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = font.getGlyphOrder(), drawn
    font["maxp"].tableVersion = 0x00010000
    vars(font["maxp"]).update(dict.fromkeys(NO_HINTS, 0))
    font["post"].formatType = 3.0
    for tag in ("CFF ", "VORG"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\0\1\0\0"


def html(blocks: Iterable[Block], files: dict[str, Path]) -> str:
    faces = "".join(
        f"@font-face {{ font-family: '{family}';"
        f" src: url(data:font/otf;base64,{base64.b64encode(path.read_bytes()).decode()}) }}"
        for family, path in files.items()
    )
    families = ", ".join(f"'{family}'" for family in files)
    paragraphs = "".join(
        f'<p lang="{block.language}" style="width: {block.width}pt">{block.text}</p>'
        for block in blocks
    )
    return f"""<!doctype html><meta charset="utf-8"><style>{faces}
        @page {{ margin: 0 }}
        body {{ margin: 0 }}
        p {{ margin: 0; padding: {MARGIN}pt; break-after: page; font: {EM}pt {families};
             line-height: {LEADING}pt; font-kerning: none; text-rendering: geometricPrecision;
             unicode-bidi: plaintext; text-align: left; text-spacing-trim: space-all }}
        p:last-child {{ break-after: auto }}
        </style>{paragraphs}"""


def chromium_pdf(browser: Browser, page_source: str) -> bytes:
    page = browser.new_page()
    page.set_content(page_source)
    page.evaluate("document.fonts.ready")
    return page.pdf(width="5000px", height="4000px")


class _Inks(PDFLayoutAnalyzer):  # type: ignore[misc]
    """Notes each glyph that a page shows."""

    def __init__(self) -> None:
        super().__init__(PDFResourceManager())
        self.pages: list[list[Ink]] = []

    def begin_page(self, page: Any, ctm: Any) -> None:
        super().begin_page(page, ctm)
        self.pages.append([])

    def receive_layout(self, ltpage: Any) -> None:
        pass

    def render_char(  # type: ignore[no-untyped-def]
        self, matrix, font, fontsize, scaling, rise, cid, ncs, graphicstate
    ) -> float:
        name = font.basefont.rpartition("+")[2]
        self.pages[-1].append(Ink(name, cid, matrix[4], matrix[5]))
        return float(
            super().render_char(matrix, font, fontsize, scaling, rise, cid, ncs, graphicstate)
        )


def glyphs_of(pdf: bytes) -> list[list[Ink]]:
    device = _Inks()
    interpreter = PDFPageInterpreter(device.rsrcmgr, device)
    for page in PDFPage.get_pages(io.BytesIO(pdf)):
        interpreter.process_page(page)
    return device.pages


def by_line(glyphs: list[Ink], blank: set[tuple[str, int]]) -> list[list[Ink]]:
    return list(_by_line([each for each in glyphs if (each.font, each.gid) not in blank]))


def _by_line(glyphs: list[Ink]) -> Iterator[list[Ink]]:
    """Yield the glyphs of each line, from the top, in visual order."""
    rest = sorted(glyphs, key=lambda glyph: -glyph.y)
    while rest:
        line = [glyph for glyph in rest if rest[0].y - glyph.y < LEADING / 2]
        yield sorted(line, key=lambda glyph: (glyph.x, glyph.gid))
        rest = rest[len(line) :]
