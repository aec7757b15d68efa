"""What Chromium makes of sentences in scripts that need more than glyphs side by side.

``browser.json`` holds, for each sentence, the lines that Chromium breaks it into and the order of
the letters on each. Run this file to record it anew, with Chromium installed. Letters that no
font of ours has are drawn with a font made for the test, in the browser as well.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from counterfoil.render.fonts import FontLibrary
from render.fonts import making

SIZE, WIDTH = 20.0, 175.0
RECORD = Path(__file__).with_name("browser.json")
FAMILIES = (
    "Open Sans",
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Hebrew",
)
_STAND_IN = "Stand In"
# Kerning and the trimming of full-width punctuation are off: layouts add up advances.
_PAGE = """<!doctype html><meta charset=utf-8><style>{faces}
div {{ font: {size}px/1.6 {families}; width: {width}px; margin: 0 0 20px; text-align: left;
  font-kerning: none; text-spacing-trim: space-all }}
</style>{sentences}<script>
document.fonts.ready.then(async () => {{
  await Promise.all([...document.fonts].map((font) => font.load()));
  const found = [...document.querySelectorAll("div")].map((box) => {{
    let at = 0;
    return [...box.firstChild.data].map((character) => {{
      const range = document.createRange();
      range.setStart(box.firstChild, at);
      range.setEnd(box.firstChild, (at += character.length));
      const place = [...range.getClientRects()].at(-1);
      return [Math.round(place.top), place.left + place.width / 2];
    }});
  }});
  document.body.innerHTML = `<pre>${{JSON.stringify(found)}}</pre>`;
}});
</script>"""


def library(folder: Path, sentences: list[str]) -> FontLibrary:
    """Return our fonts and one more that has all else the sentences need."""
    ours = FontLibrary()
    known = frozenset().union(*(ours.face(family).characters for family in FAMILIES))
    missing = {character for character in "".join(sentences) if ord(character) not in known}
    making.with_characters(folder, _STAND_IN, "".join(sorted(missing)))
    return FontLibrary([folder])


def record(sentences: list[str]) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        fonts = library(Path(folder), sentences)
        page = Path(folder) / "page.html"
        page.write_text(_page(fonts, sentences), encoding="utf-8")
        places = _places(page)
    return [
        {"text": text, "lines": _lines(text, found)}
        for text, found in zip(sentences, places, strict=True)
    ]


def _page(fonts: FontLibrary, sentences: list[str]) -> str:
    faces = [fonts.face(family) for family in (*FAMILIES, _STAND_IN)]
    return _PAGE.format(
        size=SIZE,
        width=WIDTH,
        families=",".join(f"f{number}" for number in range(len(faces))),
        faces="\n".join(
            f"@font-face {{ font-family: f{number}; src: url(file://{quote(str(face.source.path))});"
            f" font-weight: {'100 900' if face.source.axes else '400'} }}"
            for number, face in enumerate(faces)
        ),
        sentences="".join(f"<div dir=auto>{html.escape(text)}</div>" for text in sentences),
    )


def _places(page: Path) -> list[list[tuple[int, float]]]:
    """Return the line and the place on it of each character of each sentence."""
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files")
    run = subprocess.run(
        ["chromium", *options, "--virtual-time-budget=20000", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    (found,) = re.findall("<pre>(.*?)</pre>", run.stdout)
    places: list[list[tuple[int, float]]] = json.loads(found)
    return places


def _lines(text: str, places: list[tuple[int, float]]) -> list[dict[str, object]]:
    lines: list[list[int]] = []
    for index, (top, _) in enumerate(places):
        # Faces of one line stand on one baseline, but not all are equally high.
        if not lines or abs(top - places[lines[-1][-1]][0]) > SIZE / 2:
            lines.append([])
        lines[-1].append(index)
    return [_line(text, places, line) for line in lines]


def _line(text: str, places: list[tuple[int, float]], line: list[int]) -> dict[str, object]:
    shown = [index for index in line if text[index] != " "]
    order = sorted(shown, key=lambda index: places[index][1])
    return {
        "text": text[shown[0] : shown[-1] + 1],
        "order": [index - shown[0] for index in order],
    }


if __name__ == "__main__":
    known = [entry["text"] for entry in json.loads(RECORD.read_text(encoding="utf-8"))]
    entries = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in record(known))
    RECORD.write_text(f"[\n{entries}\n]\n", encoding="utf-8")
    sys.stdout.write(f"{len(known)} sentences recorded\n")
