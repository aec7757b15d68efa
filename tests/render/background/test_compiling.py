from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from counterfoil.render.background.compiling import printed
from counterfoil.render.errors import BackgroundError
from render.background.pdfs import compiled, make, raw, shown


def field(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    """Put a filled-in form field on a page, whose look each viewer has to make itself."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    text = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("name"),
            V=String("HHHHHHHH"),
            DA=String("/H 20 Tf 0 g"),
            F=4,
            Rect=Array([10, 10, 190, 50]),
        )
    )
    page.Annots = Array([text])
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([text]),
        NeedAppearances=True,
        DR=Dictionary(Font=Dictionary(H=font)),
        DA=String("/H 20 Tf 0 g"),
    )


def test_what_was_filled_into_a_form_is_printed() -> None:
    background = compiled(make(b" ", change=field))

    assert (shown(printed(background))[:, :, 0] < 128).any()


@pytest.mark.parametrize("before", [0, 5, 900])
def test_some_bytes_before_the_header_do_no_harm(before: int) -> None:
    assert compiled(b"\n" * before + make()).pages == compiled(make()).pages


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello", "not a PDF"),
        (b"%PDF-1.4", "damaged"),
        (raw(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"), "no pages"),
        (make(encryption=pikepdf.Encryption(user="a", owner="b")), "password"),
    ],
)
def test_what_is_no_background_is_refused_in_words(data: bytes, message: str) -> None:
    with pytest.raises(BackgroundError, match=message):
        compiled(data)


@pytest.mark.parametrize("contents", [5, Array([]), Array([1, Name.A]), Dictionary()])
def test_contents_that_are_none_are_an_empty_page(contents: object) -> None:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Contents = contents

    assert compiled(make(change=change)).pages[0].form is None


def test_content_that_cannot_be_unpacked_is_refused() -> None:
    def damage(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Contents.write(b"no deflate", filter=Name.FlateDecode)

    with pytest.raises(BackgroundError, match="cannot be read"):
        compiled(make(change=damage))
