"""Unpacked web fonts are the fonts that were packed, as an independent library reads them."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from counterfoil.render.errors import FontError
from counterfoil.render.fonts import webfont


def _fonts() -> Iterator[Path]:
    """The smallest font of each package: packing takes seconds for a large one."""
    import fontpkg_noto_sans
    import fontpkg_noto_sans_arabic
    import fontpkg_noto_sans_thai
    import ttf_opensans

    for package in (
        fontpkg_noto_sans,
        fontpkg_noto_sans_arabic,
        fontpkg_noto_sans_thai,
        ttf_opensans,
    ):
        fonts = Path(package.__path__[0]).rglob("*.ttf")
        yield min(fonts, key=lambda font: (font.stat().st_size, font.name))


def _packed(font: Path, flavor: str, folder: Path, **how: Any) -> Path:
    place = folder / f"{font.stem}.{flavor}"
    with TTFont(font, **how) as opened:
        opened.flavor = flavor
        opened.save(place)
    return place


def _glyphs(font: TTFont) -> dict[str, Any]:
    glyf = font["glyf"]
    return {name: glyf[name].getCoordinates(glyf) for name in font.getGlyphOrder()}


@pytest.mark.parametrize("flavor", ["woff", "woff2"])
def test_an_unpacked_web_font_is_the_font_that_was_packed(flavor: str, tmp_path: Path) -> None:
    fonts = list(_fonts())
    assert fonts
    for path in fonts:
        unpacked = webfont.unpack(_packed(path, flavor, tmp_path))

        with TTFont(path) as before, TTFont(BytesIO(unpacked), checkChecksums=2) as after:
            assert after.sfntVersion == before.sfntVersion
            assert set(after.reader.keys()) == set(before.reader.keys()) - {"DSIG"}
            assert after["hmtx"].metrics == before["hmtx"].metrics
            assert after.getBestCmap() == before.getBestCmap()
            for name, (points, ends, flags) in _glyphs(before).items():
                its_points, its_ends, its_flags = after["glyf"][name].getCoordinates(after["glyf"])
                assert (list(its_points), its_ends) == (list(points), ends), name
                assert [flag & 1 for flag in its_flags] == [flag & 1 for flag in flags], name
            for tag in set(after.reader.keys()) - {"glyf", "loca", "head", "hmtx"}:
                assert after.reader[tag] == before.reader[tag], tag


@pytest.mark.parametrize("flavor", ["woff", "woff2"])
def test_a_damaged_web_font_is_refused_in_words(flavor: str, tmp_path: Path) -> None:
    whole = _packed(
        min(_fonts(), key=lambda font: font.stat().st_size), flavor, tmp_path
    ).read_bytes()
    chance = random.Random(7)
    place = tmp_path / f"damaged.{flavor}"
    said: list[str] = []
    for number in range(100):
        damaged = bytearray(whole[: chance.randrange(len(whole))] if number % 2 else whole)
        for _ in range(number % 5 + 1 if damaged else 0):
            damaged[chance.randrange(min(len(damaged), 2000))] = chance.randrange(256)
        place.write_bytes(whole[:4] + bytes(damaged[4:]))
        with _collected(said):
            webfont._unpack(place, number, len(damaged))

    assert len(said) > 60
    assert all("damaged web font" in words or "too large" in words for words in said)


@contextlib.contextmanager
def _collected(said: list[str]) -> Iterator[None]:
    try:
        yield
    except FontError as problem:
        said.append(str(problem))
