from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from counterfoil.render.background.compiling import printed
from render.background.pdfs import compiled, form, make, same, shown

RED, BLUE = (255, 0, 0), (0, 0, 255)


def layered(
    membership: object | None = None,
    *,
    config: dict[str, object] | None = None,
    usage: dict[str, str] | None = None,
    on: bool = False,
    content: bytes = b"/OC /L BDC 1 0 0 rg 0 0 100 100 re f EMC 0 0 1 rg 100 0 100 100 re f",
) -> bytes:
    """Return a page with a red left half on a layer, and a blue right half on none."""

    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Layer")))
        other = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Other")))
        if usage:
            layer.Usage = Dictionary(
                {"/" + k: Dictionary({f"/{k}State": Name("/" + v)}) for k, v in usage.items()}
            )
        settings = Dictionary({"/" + key: value for key, value in (config or {}).items()})
        if usage:
            settings.AS = Array(
                [Dictionary(Event=Name.Print, OCGs=Array([layer]), Category=Array([Name.Print]))]
            )
        if not on and config is None and usage is None:
            settings.OFF = Array([layer])
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer, other]), D=settings)
        mark = layer if membership is None else _membership(membership, layer, other)
        inner = form(pdf, b"1 0 0 rg 0 0 100 100 re f", OC=mark)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(
            Properties=Dictionary(L=mark),
            XObject=Dictionary(F=inner),
            Font=Dictionary(H=font),
        )

    return make(content, change=change)


def _membership(shape: object, layer: pikepdf.Object, other: pikepdf.Object) -> pikepdf.Object:
    """Build a membership dictionary; "layer" is switched off, "other" on."""
    groups = {"layer": layer, "other": other}

    def build(item: object) -> object:
        if isinstance(item, list):
            return Array([build(child) for child in item])
        if isinstance(item, str) and item in groups:
            return groups[item]
        return Name("/" + str(item))

    assert isinstance(shape, dict)
    return Dictionary(
        {"/Type": Name.OCMD} | {"/" + key: build(value) for key, value in shape.items()}
    )


def left_half(data: bytes) -> tuple[int, ...]:
    """Return the colour of the left half; the right one is always blue."""
    image = shown(printed(compiled(data)), scale=1)
    assert tuple(image[50, 150][:3]) == BLUE
    return tuple(int(value) for value in image[50, 50][:3])


def test_a_layer_that_is_off_is_not_printed() -> None:
    assert left_half(layered()) == (255, 255, 255)
    assert same(layered())


def test_a_layer_that_is_on_is_printed() -> None:
    assert left_half(layered(on=True)) == RED


@pytest.mark.parametrize(
    ("base", "listed", "colour"),
    [("OFF", False, (255, 255, 255)), ("ON", False, RED), ("Unchanged", False, RED)],
)
def test_the_base_state_counts(base: str, listed: bool, colour: tuple[int, ...]) -> None:
    assert left_half(layered(config={"BaseState": Name("/" + base)})) == colour


@pytest.mark.parametrize(("state", "colour"), [("ON", RED), ("OFF", (255, 255, 255))])
def test_what_a_layer_wants_when_printed_counts(state: str, colour: tuple[int, ...]) -> None:
    assert left_half(layered(usage={"Print": state})) == colour


def test_a_layer_without_a_wish_for_printing_keeps_its_state() -> None:
    assert left_half(layered(usage={"View": "OFF"})) == RED


@pytest.mark.parametrize(
    ("membership", "colour"),
    [
        ({"OCGs": ["layer", "other"]}, RED),
        ({"OCGs": "layer"}, (255, 255, 255)),
        ({"OCGs": ["layer", "other"], "P": "AllOn"}, (255, 255, 255)),
        ({"OCGs": ["layer", "other"], "P": "AnyOff"}, RED),
        ({"OCGs": ["layer", "other"], "P": "AllOff"}, (255, 255, 255)),
        ({"OCGs": ["layer"], "P": "AllOff"}, RED),
        ({"OCGs": []}, RED),
        ({"VE": ["And", "layer", "other"]}, (255, 255, 255)),
        ({"VE": ["Or", "layer", "other"]}, RED),
        ({"VE": ["Not", ["And", "layer", "other"]]}, RED),
        ({"VE": ["Not", "other"]}, (255, 255, 255)),
    ],
)
def test_memberships_are_worked_out(membership: dict[str, object], colour: tuple[int, ...]) -> None:
    assert left_half(layered(membership)) == colour


def test_a_form_on_a_hidden_layer_is_not_printed() -> None:
    content = b"/F Do 0 0 1 rg 100 0 100 100 re f"

    assert left_half(layered(content=content)) == (255, 255, 255)
    assert left_half(layered(content=content, on=True)) == RED


def test_hidden_content_still_moves_and_sets_what_follows() -> None:
    content = b"""
    /OC /L BDC 0 0 1 rg 0 0 100 100 re f /F Do
    /Other BMC 0 0 100 100 re S EMC
    BI /W 1 /H 1 /BPC 8 /CS /G ID x EI
    q 3 Tr Q
    BT /H 20 Tf 110 70 Td (Secret) Tj EMC ( shown) Tj ET
    100 0 100 50 re f
    EMC 100 50 100 50 re f
    """

    data = layered(content=content)

    assert same(data)


def test_hidden_annotations_are_not_flattened() -> None:
    def stamp(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Layer")))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        look = form(pdf, b"1 0 0 rg 0 0 100 100 re f")
        page.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Annot,
                        Subtype=Name.Stamp,
                        Rect=Array([0, 0, 100, 100]),
                        F=4,
                        OC=layer,
                        AP=Dictionary(N=look),
                    )
                )
            ]
        )

    assert left_half(make(b"0 0 1 rg 100 0 100 100 re f", change=stamp)) == (255, 255, 255)
