from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from counterfoil.render.background.compiling import printed
from counterfoil.render.errors import BackgroundError
from render.background.pdfs import MARKS, compiled, make, same, shown


def page_entries(**entries: object):
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        for key, value in entries.items():
            page["/" + key] = value

    return change


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, 360, 450, -90])
@pytest.mark.parametrize(
    "boxes",
    [
        {},
        {"MediaBox": Array([-20, -30, 180, 70])},
        {"MediaBox": Array([200, 100, 0, 0])},
        {"CropBox": Array([10, 20, 170, 90])},
        {"CropBox": Array([10.5, 20.25, 170.5, 90.25])},
        {"TrimBox": Array([10, 20, 170, 90])},
    ],
)
def test_a_page_looks_as_it_did(rotate: int, boxes: dict[str, Array]) -> None:
    data = make(change=page_entries(Rotate=rotate, **boxes))

    assert same(data)


def test_sides_are_swapped_when_a_page_lies_on_its_side() -> None:
    (page,) = compiled(make(change=page_entries(Rotate=90))).pages

    assert (page.width, page.height) == (100, 200)


@pytest.mark.parametrize(
    ("crop", "expected"),
    [
        ([-50, -50, 100, 50], (100, 50)),
        ([-50, -50, 500, 500], (200, 100)),
        ([500, 500, 600, 600], (200, 100)),
    ],
)
def test_a_crop_box_counts_only_inside_the_media_box(
    crop: list[int], expected: tuple[int, int]
) -> None:
    data = make(change=page_entries(CropBox=Array(crop)))

    (page,) = compiled(data).pages

    assert (page.width, page.height) == expected


@pytest.mark.parametrize("rotate", [0, 90])
def test_user_unit_scales_the_page(rotate: int) -> None:
    data = make(change=page_entries(UserUnit=2, Rotate=rotate))
    plain = make(change=page_entries(Rotate=rotate))

    background = compiled(data)

    sides = (400, 200) if rotate == 0 else (200, 400)
    assert (background.pages[0].width, background.pages[0].height) == sides
    assert (shown(printed(background), scale=1) == shown(plain, scale=2)).all()
    assert not any("original" in warning for warning in background.warnings)


def test_each_page_keeps_its_own_size() -> None:
    pdf = pikepdf.open(io.BytesIO(make(pages=2)))
    pdf.pages[1].obj.MediaBox = Array([0, 0, 300, 50])
    file = io.BytesIO()
    pdf.save(file)

    pages = compiled(file.getvalue()).pages

    assert [(page.width, page.height) for page in pages] == [(200, 100), (300, 50)]
    assert same(file.getvalue(), page=1)


def test_what_a_page_inherits_comes_along() -> None:
    def hang_higher(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        pdf.Root.Pages.Resources = Dictionary(
            ExtGState=Dictionary(G=Dictionary(Type=Name.ExtGState, ca=0.5))
        )
        pdf.Root.Pages.Rotate = 90
        pdf.Root.Pages.MediaBox = page.MediaBox
        del page.MediaBox
        if "/Resources" in page:
            del page.Resources

    assert same(make(b"/G gs\n" + MARKS, change=hang_higher))


def test_content_in_pieces_is_one_content() -> None:
    assert same(make([b"1 0 0", b"rg 10 10 50 30 re", b"f"]))


@pytest.mark.parametrize("content", [b"", b" \n "])
def test_a_page_without_content_paints_nothing(content: bytes) -> None:
    background = compiled(make(content))

    assert background.pages[0].form is None
    assert background.pages[0].draw(b"/B") == b""


def test_a_transparency_group_composes_as_it_did() -> None:
    def isolate(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB, I=True)
        page.Resources = Dictionary(
            ExtGState=Dictionary(M=Dictionary(Type=Name.ExtGState, BM=Name.Multiply, ca=0.7))
        )

    assert same(make(b"/M gs\n" + MARKS, change=isolate))


@pytest.mark.parametrize(
    "box", [[0, 0, 0, 100], [0, 0, 20_000, 100], [0, 0, 1e9, 1e9], [5, 5, 5, 5]]
)
def test_a_page_of_no_sensible_size_is_refused(box: list[float]) -> None:
    data = make(change=page_entries(MediaBox=Array(box)))

    with pytest.raises(BackgroundError, match="mm are allowed"):
        compiled(data)


def test_a_page_whose_box_makes_no_sense_is_letter_paper_as_in_viewers() -> None:
    (page,) = compiled(make(change=page_entries(MediaBox=Array([Name.A, Name.B, 1, 2])))).pages

    assert (page.width, page.height) == (612, 792)
