from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from counterfoil.render import Concern, TicketError
from render.rendering import code, codes, paper, printed, seen, ticket

SECRET = "tdm7ruoekvkpbv1o2mv8xccvqcikvr58"


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        ("qr", SECRET),
        ("aztec", SECRET),
        ("datamatrix", SECRET),
        ("pdf417", SECRET),
        ("code128", "ABC-1234"),
        ("ean13", "4006381333931"),
    ],
)
def test_every_symbology_is_read_back(symbology: str, text: str) -> None:
    area = code(symbology=symbology, content="other", text=text, left=10, bottom=10, size=80)

    pdf, _ = printed([area])

    assert [found.text for found in codes(pdf)] == [text]


def test_the_secret_is_the_content_unless_told_otherwise_and_is_never_shortened() -> None:
    pdf, _ = printed([code()], [ticket(secret="s" * 60)])

    assert [found.text for found in codes(pdf)] == ["s" * 60]


@pytest.mark.parametrize(
    ("content", "expected"),
    [("padded", ["x y"]), ("secret", ["  s  "]), ("empty", []), ("nope", []), ("", [])],
)
def test_white_space_around_a_text_is_left_out_but_secrets_are_untouched(
    content: str, expected: list[str]
) -> None:
    values = {"padded": " \n x y ", "secret": "  s  ", "empty": ""}

    pdf, _ = printed([code(content=content)], [ticket(**values)])

    assert [found.text for found in codes(pdf)] == expected


@pytest.mark.parametrize(("length", "level"), [(32, "H"), (33, "M"), (128, "M"), (129, "L")])
def test_the_shorter_a_text_the_stronger_its_error_correction(length: int, level: str) -> None:
    pdf, _ = printed([code(content="x", left=5, bottom=5, size=90)], [ticket(x="a" * length)])

    (found,) = codes(pdf)

    assert found.ec_level == level


def test_error_correction_can_be_chosen() -> None:
    pdf, _ = printed([code(error_correction="L")])

    (found,) = codes(pdf)

    assert found.ec_level == "L"


def test_a_quiet_zone_is_inside_the_square_and_can_be_left_out() -> None:
    zoned, _ = printed([code()])
    bare, _ = printed([code(nowhitespace=True)])

    assert ink_width(zoned) == pytest.approx(40 * 33 / 41, abs=0.3)
    assert ink_width(bare) == pytest.approx(40, abs=0.3)


def ink_width(pdf: bytes) -> float:
    """Return how wide the dark part of a page is, in millimetres."""
    columns = np.flatnonzero((seen(pdf)[:, :, 0] < 128).any(axis=0))
    return float(columns[-1] - columns[0] + 1) / 200 * 25.4


def test_a_code_has_its_colour() -> None:
    pdf, _ = printed([code(color=[160, 30, 30])])

    darkest = seen(pdf).reshape(-1, 3).min(axis=0)

    assert tuple(darkest) == (160, 30, 30)


def test_a_text_that_a_symbology_does_not_know_fails_its_ticket_and_names_the_element() -> None:
    tickets = [ticket("A", x="4006381333931"), ticket("B", x="a")]

    with pytest.raises(TicketError, match="B, /1: EAN-13 needs") as caught:
        printed([code(), code(content="x", symbology="ean13")], tickets)

    assert (caught.value.ticket, caught.value.pointer) == ("B", "/1")


@pytest.mark.parametrize("symbology", ["qr", "aztec", "datamatrix", "pdf417", "code128"])
def test_a_text_too_long_for_its_code_leaves_out_the_code_and_is_told(symbology: str) -> None:
    tickets = [ticket("A", x="a"), ticket("B", x="a" * 5000)]

    pdf, report = printed([code(content="x", symbology=symbology, size=60)], tickets)

    assert [len(codes(pdf, page)) for page in (1, 2)] == [1, 0]
    (finding,) = report.findings
    assert (finding.concern, finding.pointer, finding.count) == (Concern.CODE_LEFT_OUT, "/0", 1)
    assert finding.first[0].ticket == "B"


@pytest.mark.parametrize("content", [{}, {"content": "other", "text": " {secret} "}])
def test_a_ticket_without_a_secret_has_no_code_and_that_is_told(content: dict[str, str]) -> None:
    pdf, report = printed([code(**content), code(content="x")], [ticket(secret="", x="")])

    assert codes(pdf) == []
    assert [(each.concern, each.pointer) for each in report.findings] == [
        (Concern.CODE_LEFT_OUT, "/0")
    ]


def test_narrow_modules_are_remarked() -> None:
    _, fine = printed([code(size=14)])
    _, narrow = printed([code(size=13)])

    assert [finding.concern for finding in fine.findings] == []
    assert [finding.concern for finding in narrow.findings] == [Concern.SMALL_MODULE]


def test_a_quiet_zone_over_the_edge_of_the_page_is_remarked() -> None:
    inside, outside = code(left=0, bottom=0), code(left=0, bottom=0, nowhitespace=True)

    assert not printed([inside])[1].findings
    assert [each.concern for each in printed([outside])[1].findings] == [Concern.QUIET_ZONE_COVERED]
    assert not printed([outside | {"left": 10, "bottom": 10}], background=paper(70, 70))[1].findings


_BARS = [("ean13", "9780201379624", 42), ("code128", "ABC-1234", 60), ("pdf417", SECRET, 70)]


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(("symbology", "text", "size"), _BARS)
def test_bars_are_whole_dots_of_the_printer_that_is_named(
    symbology: str, text: str, size: float, dpi: int
) -> None:
    side = 4 * 25.4  # whole dots: viewers stretch a page to whole pixels
    for left in (10, 10.05, 10.11):
        area = code(symbology=symbology, left=left, bottom=10.3, size=size, height=20)

        pdf, report = printed([area], [ticket(secret=text)], paper(side, side), printer_dpi=dpi)

        dots = seen(pdf, dpi=dpi) < 128  # as a label printer: a dot is black or it is not
        (found,) = zxingcpp.read_barcodes(np.where(dots, 0, 255).astype(np.uint8))
        assert found.text == text
        assert Concern.UNEVEN_BARS not in {finding.concern for finding in report.findings}
        row = dots[:, :, 0][dots.shape[0] * 8 // 10]
        edges = np.flatnonzero(np.diff(row.astype(int)))
        widths = np.diff(edges)
        assert len(edges) > 20
        assert np.gcd.reduce(widths) >= 2


@pytest.mark.parametrize(
    ("symbology", "text", "size", "dpi", "uneven"),
    [
        ("ean13", "9780201379624", 40, None, True),
        ("ean13", "9780201379624", 80, None, False),
        ("code128", "ABC-1234", 40, None, True),
        ("pdf417", SECRET, 50, None, True),
        ("qr", SECRET, 20, None, False),
        ("ean13", "9780201379624", 40, 600, False),
        ("code128", "ABC-1234" * 8, 30, 203, True),
    ],
)
def test_bars_that_a_label_printer_makes_uneven_are_found(
    symbology: str, text: str, size: float, dpi: int | None, uneven: bool
) -> None:
    area = code(symbology=symbology, left=5, bottom=5, size=size)

    _, report = printed([area], [ticket(secret=text)], printer_dpi=dpi)

    assert (Concern.UNEVEN_BARS in {finding.concern for finding in report.findings}) is uneven
