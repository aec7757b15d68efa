from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageCms

from counterfoil.render import FontLibrary, Ticket, compile_plan, read_layout, render_pdf
from counterfoil.render.background import CompiledBackground
from counterfoil.render.profiles import is_profile
from render.background.pdfs import MARKS, compiled, make

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def made_for(name: str, profile: bytes = SRGB, components: int = 3) -> CompiledBackground:
    """Return a background with an output intent."""

    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        pdf.Root.OutputIntents = Array(
            [
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFX,
                    OutputConditionIdentifier=String(name),
                    DestOutputProfile=pdf.make_stream(profile, N=components),
                    Secret=String("SECRET"),
                )
            ]
        )

    return compiled(make(MARKS, change=change))


def printed_with(*backgrounds: CompiledBackground) -> pikepdf.Pdf:
    fonts, stream = FontLibrary(), io.BytesIO()
    plans = [compile_plan(read_layout([]), background, fonts) for background in backgrounds]
    render_pdf(stream, ((plan, Ticket("A", {})) for plan in plans), title="Test")
    return pikepdf.open(stream)


def test_the_printing_condition_of_a_background_is_that_of_the_print() -> None:
    document = printed_with(made_for("FOGRA51"))

    (intent,) = list(document.Root.OutputIntents)
    assert intent.OutputConditionIdentifier == String("FOGRA51")
    assert intent.DestOutputProfile.read_bytes() == SRGB
    assert "/Secret" not in intent


def test_backgrounds_that_agree_share_their_condition() -> None:
    other = made_for("FOGRA51")

    document = printed_with(made_for("FOGRA51"), other)

    assert len(document.Root.OutputIntents) == 1


@pytest.mark.parametrize("other", [made_for("FOGRA52"), compiled(make(MARKS))])
def test_backgrounds_that_do_not_agree_have_none(other: CompiledBackground) -> None:
    document = printed_with(made_for("FOGRA51"), other)

    assert "/OutputIntents" not in document.Root


@pytest.mark.parametrize(
    ("profile", "components"), [(b"", 3), (b"x" * 4000, 3), (SRGB[:200], 3), (SRGB, 4)]
)
def test_what_is_no_profile_is_left_behind(profile: bytes, components: int) -> None:
    assert made_for("FOGRA51", profile, components).intents == ()


@pytest.mark.parametrize(
    ("data", "components", "sound"),
    [
        (SRGB, 3, True),
        (SRGB + b"padding", 3, True),
        (SRGB, 1, False),
        (SRGB[:-1], 3, False),
        (SRGB.replace(b"acsp", b"acme"), 3, False),
        (SRGB.replace(b"mntr", b"link"), 3, False),
        (SRGB[:128] + b"\xff\xff\xff\xff" + SRGB[132:], 3, False),
        (SRGB[:136] + b"\xff\xff\xff\xff" + SRGB[140:], 3, False),
    ],
)
def test_a_profile_is_known_by_its_structure(data: bytes, components: int, sound: bool) -> None:
    assert is_profile(data, components) is sound
