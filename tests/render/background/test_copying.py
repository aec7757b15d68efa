from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from PIL import Image as Pillow

from counterfoil.render.background import CompiledBackground, Limits
from counterfoil.render.background.compiling import printed
from counterfoil.render.background.copying import sets_rgb_black
from counterfoil.render.errors import BackgroundError
from render.background.pdfs import MARKS, compiled, form, make, same
from render.background.viewers import compared, drawn


def resources(**entries: object):
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Resources = Dictionary(**entries)

    return change


def everything(background: CompiledBackground) -> bytes:
    """Return all a document would get of a background, unpacked."""
    with pikepdf.open(io.BytesIO(printed(background))) as pdf:
        file = io.BytesIO()
        pdf.save(
            file,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
        )
    return file.getvalue()


def test_helvetica_and_its_text_look_the_same_and_are_noted() -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    data = make(b"BT /F 20 Tf 20 40 Td (Ticket) Tj ET", change=resources(Font=Dictionary(F=font)))

    assert same(data)
    assert compiled(data).missing_fonts == ("Helvetica",)


def test_axial_and_function_shadings_look_the_same() -> None:
    function = Dictionary(
        FunctionType=3,
        Domain=Array([0, 1]),
        Bounds=Array([0.5]),
        Encode=Array([0, 1, 0, 1]),
        Functions=Array(
            [
                Dictionary(
                    FunctionType=2,
                    Domain=Array([0, 1]),
                    C0=Array(start),
                    C1=Array(end),
                    N=1,
                )
                for start, end in (([1, 0, 0], [0, 1, 0]), ([0, 1, 0], [0, 0, 1]))
            ]
        ),
    )
    shading = Dictionary(
        ShadingType=2,
        ColorSpace=Name.DeviceRGB,
        Coords=Array([0, 0, 200, 0]),
        Function=function,
        Extend=Array([True, False]),
    )

    assert same(make(b"/S sh", change=resources(Shading=Dictionary(S=shading))))


def test_tiling_patterns_look_the_same() -> None:
    def tile(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        pattern = pdf.make_stream(
            b"1 0 0 rg 0 0 5 5 re f 0 0 1 rg 5 5 5 5 re f",
            Dictionary(
                Type=Name.BulkInserter,
                PatternType=1,
                PaintType=1,
                TilingType=1,
                BBox=Array([0, 0, 10, 10]),
                XStep=10,
                YStep=10,
                Resources=Dictionary(),
            ),
        )
        page.Resources = Dictionary(BulkInserter=Dictionary(P=pattern))

    assert same(make(b"/Pattern cs /P scn 20 20 100 60 re f", change=tile))


def test_soft_masks_and_group_forms_look_the_same() -> None:
    def mask(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        shape = form(pdf, b"0.3 g 0 0 100 100 re f 1 g 100 0 100 100 re f", Group=group)
        state = Dictionary(Type=Name.ExtGState, SMask=Dictionary(S=Name.Luminosity, G=shape))
        page.Resources = Dictionary(ExtGState=Dictionary(G=state))

    assert same(make(b"/G gs\n" + MARKS, change=mask))


def test_separations_and_profiles_look_the_same() -> None:
    def colours(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        tint = pdf.make_stream(
            b"{0 exch 0 exch dup 0.5 mul}",
            Dictionary(FunctionType=4, Domain=Array([0, 1]), Range=Array([0, 1] * 4)),
        )
        separation = Array([Name.Separation, Name("/Spot Blue"), Name.DeviceCMYK, tint])
        lab = Array([Name.Lab, Dictionary(WhitePoint=Array([0.95, 1, 1.09]))])
        indexed = Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\xff\x00\x00\x00\x00\xff")])
        page.Resources = Dictionary(ColorSpace=Dictionary(A=separation, B=lab, C=indexed))

    content = (
        b"/A cs 0.8 scn 0 0 60 60 re f /B cs 60 40 20 scn 60 0 60 60 re f "
        b"/C cs 1 scn 120 0 9 9 re f"
    )
    assert same(make(content, change=colours))


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "CMYK"])
@pytest.mark.parametrize("packed", ["Flate", "DCT", "hex"])
def test_images_keep_their_bytes(mode: str, packed: str) -> None:
    picture = Pillow.linear_gradient("L").resize((40, 20)).convert(mode)
    if packed == "DCT" and mode != "P":
        file = io.BytesIO()
        picture.save(file, "JPEG")
        stored, how = file.getvalue(), Name.DCTDecode
    else:
        stored, how = picture.tobytes(), None
    spaces = {
        "RGB": Name.DeviceRGB,
        "L": Name.DeviceGray,
        "CMYK": Name.DeviceCMYK,
        "P": Array([Name.Indexed, Name.DeviceGray, 255, String(bytes(range(256)))]),
    }

    def paint(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        image = pdf.make_stream(
            stored,
            Dictionary(
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=40,
                Height=20,
                BitsPerComponent=8,
                ColorSpace=spaces[mode],
            ),
        )
        if packed == "hex":
            image.write(stored.hex().encode() + b">", filter=Name.ASCIIHexDecode)
        elif how is not None:
            image.write(stored, filter=how)
        page.Resources = Dictionary(XObject=Dictionary(I=image))

    data = make(b"180 0 0 90 10 5 cm /I Do", change=paint)

    assert same(data)
    if how is not None:
        assert any(item.data == stored for item in compiled(data).objects)


def test_nested_forms_look_the_same_also_without_resources_of_their_own() -> None:
    def nest(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        inner = form(pdf, MARKS, Matrix=Array([0.5, 0, 0, 0.5, 50, 20]))
        outer = form(pdf, b"/Inner Do 0 1 0 rg 0 0 9 9 re f")  # PDF 1.1: the page's resources
        page.Resources = Dictionary(XObject=Dictionary(Inner=inner, Outer=outer))

    assert same(make(b"/Outer Do", change=nest))


@pytest.mark.parametrize("revision", [3, 4, 6])
def test_streams_of_a_pdf_that_only_its_owner_may_change_are_deciphered(revision: int) -> None:
    picture = Pillow.linear_gradient("L").resize((40, 20)).tobytes()

    def paint(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        image = pdf.make_stream(picture, Subtype=Name.Image, Width=40, Height=20)
        image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
        page.Resources = Dictionary(XObject=Dictionary(I=image))

    locked = pikepdf.Encryption(
        user="", owner="owner", R=revision, aes=revision > 3, metadata=revision > 3
    )

    assert same(make(b"180 0 0 90 10 5 cm /I Do", change=paint, encryption=locked))


def test_resources_that_are_none_are_no_harm() -> None:
    def lose(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Resources = Array([1, 2])

    assert same(make(change=lose))


def test_packed_bitmaps_keep_their_parameters() -> None:
    rows = bytes([0b10101010] * 8)

    def paint(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        image = pdf.make_stream(b"", Subtype=Name.Image, Width=8, Height=8)
        image.ImageMask, image.BitsPerComponent = True, 1
        filtered = b"".join(b"\0" + rows[i : i + 1] for i in range(8))
        image.write(
            zlib.compress(filtered),
            filter=Array([Name.FlateDecode]),
            decode_parms=Array([Dictionary(Predictor=15, Columns=8, BitsPerComponent=1)]),
        )
        page.Resources = Dictionary(XObject=Dictionary(I=image))

    assert same(make(b"1 0 0 rg 80 0 0 80 10 5 cm /I Do", change=paint))


def test_type_3_fonts_look_the_same() -> None:
    def draw(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, 1, 1]),
            FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(a=pdf.make_stream(b"1 0 0 0 1 1 d1 0 0 0.8 0.8 re f")),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([1]),
            Resources=Dictionary(),
        )
        page.Resources = Dictionary(Font=Dictionary(F=font))

    assert same(make(b"BT /F 20 Tf 20 40 Td (aaa) Tj ET", change=draw))


def test_objects_of_several_pages_are_copied_once() -> None:
    def share(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        if "/Logo" not in pdf.Root:
            pdf.Root.Logo = form(pdf, MARKS)
        page.Resources = Dictionary(XObject=Dictionary(L=pdf.Root.Logo))

    background = compiled(make(b"/L Do", pages=5, change=share))

    assert len(background.objects) == 5 + 1


def test_nothing_but_paint_comes_along() -> None:
    def hide(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        script = Dictionary(S=Name.JavaScript, JS=String("SECRET-script"))
        attachment = pdf.make_stream(b"SECRET-attachment", Dictionary(Type=Name.EmbeddedFile))
        private = pdf.make_stream(b"SECRET-private")
        image = pdf.make_stream(
            b"\0",
            Dictionary(
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=1,
                Height=1,
                BitsPerComponent=8,
                ColorSpace=Name.DeviceGray,
                Metadata=private,
                OPI=Dictionary(Secret=String("SECRET-opi")),
                Alternates=Array([Dictionary(Image=private)]),
                StructParent=7,
                ID=String("SECRET-id"),
            ),
        )
        logo = form(
            pdf,
            b"0 0 9 9 re f",
            PieceInfo=Dictionary(App=Dictionary(Private=private)),
            Ref=Dictionary(F=String("SECRET-file"), Page=0),
            Metadata=private,
            AF=Array([private]),
            LastModified=String("D:SECRET"),
            Resources=Dictionary(Unknown=private),
        )
        postscript = pdf.make_stream(
            b"SECRET-postscript", Dictionary(Type=Name.XObject, Subtype=Name.PS)
        )
        state = Dictionary(Type=Name.ExtGState, ca=1, HT=private, Secret=script)
        page.Resources = Dictionary(
            XObject=Dictionary(I=image, L=logo, P=postscript),
            ExtGState=Dictionary(G=state),
            Properties=Dictionary(M=Dictionary(Secret=String("SECRET-property"))),
            Secret=script,
        )
        page.AA = Dictionary(O=script)
        page.PieceInfo = Dictionary(App=Dictionary(Private=private))
        page.Metadata = private
        page.Thumb = private
        page.AF = Array([private])
        pdf.Root.OpenAction = script
        pdf.Root.AA = Dictionary(WC=script)
        pdf.Root.Metadata = private
        pdf.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array([String("a"), script])),
            EmbeddedFiles=Dictionary(
                Names=Array([String("a"), Dictionary(EF=Dictionary(F=attachment))])
            ),
        )

    data = make(b"/M DP /G gs /I Do /L Do /P Do " + MARKS, change=hide)

    background = compiled(data)

    unpacked = everything(background)
    assert b"SECRET" not in unpacked
    for word in (b"JavaScript", b"OpenAction", b"EmbeddedFile", b"/PS", b"StructParent", b"/HT"):
        assert word not in unpacked
    assert same(data)


def test_links_to_files_outside_are_not_followed() -> None:
    def link(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        outside = form(pdf, b"0 0 99 99 re f", F=String("/etc/passwd"), FFilter=Name.FlateDecode)
        page.Resources = Dictionary(XObject=Dictionary(L=outside))

    unpacked = everything(compiled(make(b"/L Do", change=link)))

    assert b"passwd" not in unpacked
    assert b"FFilter" not in unpacked


def test_names_and_strings_of_any_bytes_survive() -> None:
    def name(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Resources = pikepdf.Object.parse(b"<</ExtGState<</G#20#28#ff<</ca 0.5>>>>>>")

    assert same(make(b"/G#20#28#ff gs\n" + MARKS, change=name))


def test_printed_annotations_become_paint_and_others_go() -> None:
    def stamp(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        def annotation(flags: int, left: int, content: bytes) -> Dictionary:
            return Dictionary(
                Type=Name.Annot,
                Subtype=Name.Stamp,
                Rect=Array([left, 10, left + 40, 50]),
                F=flags,
                AP=Dictionary(
                    N=pdf.make_stream(
                        content,
                        Dictionary(
                            Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 40, 40])
                        ),
                    )
                ),
                A=Dictionary(S=Name.URI, URI=String("https://example.org/SECRET")),
            )

        page.Annots = Array(
            [
                pdf.make_indirect(annotation(4, 20, b"1 0 0 rg 0 0 40 40 re f")),
                pdf.make_indirect(annotation(0, 80, b"0 0 1 rg 0 0 40 40 re f")),
                pdf.make_indirect(annotation(6, 140, b"0 1 0 rg 0 0 40 40 re f")),
            ]
        )

    background = compiled(make(b" ", change=stamp))

    unpacked = everything(background)
    assert b"1 0 0 rg" in unpacked
    assert b"0 0 1 rg" not in unpacked
    assert b"0 1 0 rg" not in unpacked
    assert b"SECRET" not in unpacked


def test_forms_that_multiply_are_refused() -> None:
    def laugh(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        inner = form(pdf, b"0 0 1 1 re f")
        for _ in range(9):
            inner = form(pdf, b"/F Do " * 10, Resources=Dictionary(XObject=Dictionary(F=inner)))
        page.Resources = Dictionary(XObject=Dictionary(F=inner))

    with pytest.raises(BackgroundError, match="repeats its drawing too often"):
        compiled(make(b"/F Do", change=laugh))


def test_a_form_that_paints_itself_looks_the_same_and_is_no_circle_any_more() -> None:
    def loop(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        itself = form(pdf, b"/F Do " + MARKS)
        itself.Resources = Dictionary(XObject=Dictionary(F=itself))
        page.Resources = Dictionary(XObject=Dictionary(F=itself))

    data = make(b"/F Do", change=loop)

    background = compiled(data)
    # pdfium paints the inner one again, forty times over; poppler leaves it out.
    assert (
        compared(drawn(printed(background), "poppler"), drawn(data, "poppler")).word != "different"
    )
    assert circles(background) == []


def test_forms_that_paint_each_other_look_the_same_whichever_comes_first() -> None:
    def loop(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        one = form(pdf, b"/B Do 1 0 0 rg 0 0 30 30 re f")
        other = form(pdf, b"0 0 1 rg 15 15 30 30 re f q 1 0 0 1 60 0 cm /A Do Q")
        one.Resources = other.Resources = Dictionary(XObject=Dictionary(A=one, B=other))
        page.Resources = Dictionary(XObject=Dictionary(A=one, B=other))

    data = make(b"/A Do q 1 0 0 1 50 40 cm /B Do Q", change=loop)

    background = compiled(data)
    # pdfium paints the inner one again, forty times over; poppler leaves it out.
    assert (
        compared(drawn(printed(background), "poppler"), drawn(data, "poppler")).word != "different"
    )
    assert circles(background) == []


def circles(background: CompiledBackground) -> list[int]:
    """Return objects that lead to themselves by references."""
    leads = [{part for part in item.parts if isinstance(part, int)} for item in background.objects]
    changed = True
    while changed:
        changed = False
        for targets in leads:
            further = set().union(*(leads[target] for target in targets)) - targets
            targets |= further
            changed = changed or bool(further)
    return [index for index, targets in enumerate(leads) if index in targets]


def test_resources_that_name_themselves_are_no_harm() -> None:
    def loop(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        shared = pdf.make_indirect(Dictionary())
        logo = form(pdf, MARKS, Resources=shared)
        shared.XObject = Dictionary(F=logo)
        page.Resources = shared

    assert same(make(b"/F Do", change=loop))


def test_chains_that_go_too_deep_are_refused() -> None:
    def chain(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        inner = form(pdf, b"0 0 1 1 re f")
        for _ in range(100):
            inner = form(pdf, b"/F Do", Resources=Dictionary(XObject=Dictionary(F=inner)))
        page.Resources = Dictionary(XObject=Dictionary(F=inner))

    with pytest.raises(BackgroundError, match="too deeply"):
        compiled(make(b"/F Do", change=chain))


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(objects=5), "too many parts"),
        (Limits(content=20), "too complex"),
        (Limits(stream=50), "unpacks to more than"),
        (Limits(inflated=300), "unpacks to more than"),
        (Limits(compiled=100), "too large to print"),
    ],
)
def test_each_limit_has_its_sentence(limits: Limits, message: str) -> None:
    with pytest.raises(BackgroundError, match=message):
        compiled(make(pages=3), limits)


def test_pictures_with_too_many_pixels_are_refused() -> None:
    def paint(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        image = pdf.make_stream(
            b"\0",
            Dictionary(
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=100_000,
                Height=100_000,
                BitsPerComponent=1,
                ColorSpace=Name.DeviceGray,
            ),
        )
        page.Resources = Dictionary(XObject=Dictionary(I=image))

    with pytest.raises(BackgroundError, match="100000 x 100000 pixels"):
        compiled(make(b"/I Do", change=paint))


def test_a_jpeg_is_as_large_as_it_says_itself() -> None:
    file = io.BytesIO()
    Pillow.new("L", (8, 8)).save(file, "JPEG")
    huge = file.getvalue().replace(b"\x00\x08\x00\x08", b"\xff\xff\xff\xff", 1)

    def paint(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        image = pdf.make_stream(
            b"",
            Dictionary(
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=8,
                Height=8,
                BitsPerComponent=8,
                ColorSpace=Name.DeviceGray,
            ),
        )
        image.write(huge, filter=Name.DCTDecode)
        page.Resources = Dictionary(XObject=Dictionary(I=image))

    with pytest.raises(BackgroundError, match="65535 x 65535 pixels"):
        compiled(make(b"/I Do", change=paint))


def test_unknown_packing_is_refused() -> None:
    def pack(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Contents.write(b"x", filter=Name.SecretDecode)

    with pytest.raises(BackgroundError, match="SecretDecode"):
        compiled(make(change=pack))


@given(
    st.recursive(
        st.integers(-(2**31), 2**31) | st.booleans() | st.floats(-1e6, 1e6), st.lists, max_leaves=20
    )
)
def test_plain_values_mean_the_same_after_copying(value: object) -> None:
    def tree(item: object) -> object:
        if isinstance(item, list):
            return Array([tree(child) for child in item])
        return round(item, 4) if isinstance(item, float) else item

    def carry(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Resources = Dictionary(ExtGState=Dictionary(G=Dictionary(D=Array([tree(value)]))))

    background = compiled(make(b"0 0 1 1 re f", change=carry))

    with pikepdf.open(io.BytesIO(printed(background))) as pdf:
        copied = pdf.pages[0].Resources.XObject.B.Resources.ExtGState.G.D
        assert copied == Array([tree(value)])


@pytest.mark.parametrize(
    "content",
    [
        b"0 0 0 rg 1 1 5 5 re f",
        b"q\n0 0.0 .0 RG\n1 1 5 5 re S Q",
        b"/DeviceRGB cs 0 0 0 sc 1 1 5 5 re f",
        b"/DeviceRGB CS -0 0. 0.000 SCN 1 1 5 5 re S",
    ],
)
def test_rgb_black_is_seen_in_content(content: bytes) -> None:
    assert sets_rgb_black(content)


@pytest.mark.parametrize(
    "content",
    [
        b"0 g 0 0 0 1 k 1 1 5 5 re f",
        b"/DeviceCMYK cs 0 0 0 0 sc 1 1 5 5 re f",
        b"0 0 0.2 rg 10 0 0 rg 0 0 0 0 0 scn",
        b"0 0 0 rgb",
        b"0 0 0 " * 10_000 + b"m",
    ],
)
def test_other_colours_are_not_taken_for_rgb_black(content: bytes) -> None:
    assert not sets_rgb_black(content)
