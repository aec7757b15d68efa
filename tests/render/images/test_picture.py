from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from counterfoil.render.images import Placed, embed_image, fit, read_image
from counterfoil.render.pdf.writer import Writer
from counterfoil.render.units import Pt
from render.images.paper import document, printed, rainbow, saved


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((100, 100), (10, 45, 100, 50)),
        ((40, 100), (10, 60, 40, 20)),
        ((200, 50), (60, 20, 100, 50)),
    ],
)
def test_a_picture_is_fitted_into_the_middle_of_its_box(
    box: tuple[float, float], expected: tuple[float, ...]
) -> None:
    image = read_image(saved(rainbow((20, 10)), "PNG"))

    placed = fit(image, Pt(10), Pt(20), Pt(box[0]), Pt(box[1]))

    assert placed == Placed(*map(Pt, expected))


def test_resolution_is_the_worse_of_the_two() -> None:
    image = read_image(saved(rainbow((300, 100)), "PNG"))

    assert image.dpi(Pt(72), Pt(72)) == pytest.approx(100)


def test_a_document_with_an_alpha_picture_is_valid() -> None:
    source = rainbow().convert("RGBA")
    source.putalpha(100)

    with pikepdf.open(io.BytesIO(document(read_image(saved(source, "PNG"))))) as pdf:
        image = pdf.pages[0].Resources.XObject.P

        assert image.SMask.ColorSpace == "/DeviceGray"
        assert pdf.check_pdf_syntax() == []


def test_an_image_can_go_into_two_documents() -> None:
    image = read_image(saved(rainbow(), "PNG"))
    first, second = io.BytesIO(), io.BytesIO()

    for sink in (first, second):
        writer = Writer(sink)
        embed_image(image, writer)
        writer.finish(title="Picture", language="en")

    assert first.getvalue() == second.getvalue()


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped(profile: bytes) -> bytes:
    """Exchange red and green in a profile of RGB, so that a viewer that honours it shows so."""
    return profile.replace(b"rXYZ", b"tmp.").replace(b"gXYZ", b"rXYZ").replace(b"tmp.", b"gXYZ")


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PNG", "RGB", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("JPEG", "RGB", {"quality": 100, "subsampling": 0}),
        ("WEBP", "RGB", {"lossless": True}),
        ("AVIF", "RGB", {"quality": 100, "subsampling": "4:4:4"}),
    ],
)
def test_the_profile_of_a_picture_comes_along(
    kind: str, mode: str, options: dict[str, object]
) -> None:
    source = Pillow.new("RGB", (16, 16), (200, 40, 40)).convert(mode)

    image = read_image(saved(source, kind, icc_profile=swapped(SRGB), **options))

    red, green, _blue = printed(image)[8, 8]
    assert green > 150 > 100 > red
    with pikepdf.open(io.BytesIO(document(image))) as pdf:
        assert pdf.check_pdf_syntax() == []


@pytest.mark.parametrize(
    "profile",
    [
        b"no profile",
        SRGB[:-200],
        SRGB.replace(b"RGB ", b"CMYK", 1),
        SRGB.replace(b"RGB ", b"Lab ", 1),
        SRGB.replace(b"mntr", b"link", 1),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_is_no_profile_of_the_pixels_stays_out(profile: bytes, kind: str) -> None:
    image = read_image(saved(rainbow(), kind, icc_profile=profile))

    assert image.profile is None
    assert b"ICCBased" not in document(image)


def test_a_profile_goes_into_a_document_once() -> None:
    sink = io.BytesIO()
    writer = Writer(sink)
    for size in ((20, 20), (30, 30)):
        embed_image(read_image(saved(rainbow(size), "PNG", icc_profile=SRGB)), writer)
    writer.finish(title="Pictures", language="en")

    with pikepdf.open(sink) as pdf:
        streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        assert [each.read_bytes() for each in streams if "/N" in each and "/Alternate" in each] == [
            SRGB
        ]
        assert sum(each.get("/Subtype") == "/Image" for each in streams) == 2
