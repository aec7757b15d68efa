from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image as Pillow

from counterfoil.render import Concern, Image, Message, Ticket, TicketError, read_image
from render.rendering import printed, seen, text_box


def picture(width: int = 300, height: int = 150, colour: str = "red") -> Image:
    stream = io.BytesIO()
    Pillow.new("RGB", (width, height), colour).save(stream, "PNG")
    return read_image(stream.getvalue())


def area(**changes: Any) -> dict[str, Any]:
    box = {"left": 10, "bottom": 10, "width": 40, "height": 40}
    return {"type": "imagearea", "content": "photo", **box, **changes}


def test_a_picture_is_fitted_into_the_middle_of_its_box() -> None:
    pdf, _ = printed([area()], [Ticket("A", {}, {"photo": picture()})])

    rows, columns = np.nonzero(seen(pdf)[:, :, 1] < 128)
    low, high = 100 - np.array([rows.max(), rows.min()]) / 200 * 25.4
    assert (low, high) == pytest.approx((20, 40), abs=0.3)
    assert (columns.min() / 200 * 25.4, columns.max() / 200 * 25.4) == pytest.approx(
        (10, 50), abs=0.3
    )


@pytest.mark.parametrize("images", [{}, {"photo": None}])
def test_without_a_picture_nothing_is_printed(images: dict[str, Any]) -> None:
    pdf, _ = printed([area()], [Ticket("A", {}, images)])

    assert (seen(pdf) == 255).all()


@pytest.mark.parametrize("size", [{"width": 5e-324}, {"height": 5e-324}, {"height": 0}])
def test_a_picture_may_be_too_small_to_see(size: dict[str, float]) -> None:
    pdf, report = printed([area(**size)], [Ticket("A", {}, {"photo": picture(1000, 10)})])

    assert (seen(pdf)[:, :, 1] < 128).sum() < 5
    assert not report.findings


def test_a_variable_that_is_no_picture_is_remarked_and_one_without_is_not() -> None:
    _, unknown = printed([area()], [Ticket("A", {})])
    _, none = printed([area()], [Ticket("A", {}, {"photo": None})])

    assert [each.concern for each in unknown.findings] == [Concern.UNKNOWN_VARIABLE]
    assert not none.findings


def test_a_broken_picture_fails_its_ticket_only_where_it_is_wanted() -> None:
    broken = Ticket("A", {}, broken={"photo": Message.of_text("It is cut off.")})

    printed([text_box("x")], [broken])
    with pytest.raises(TicketError, match=r"A, /0: It is cut off\."):
        printed([area()], [broken])


def test_equal_pictures_are_stored_once() -> None:
    tickets = [Ticket(label, {}, {"photo": picture()}) for label in "ABC"]
    tickets.append(Ticket("D", {}, {"photo": picture(colour="blue")}))

    pdf, _ = printed([area(), area(left=55)], tickets)

    with pikepdf.open(io.BytesIO(pdf)) as document:
        images = [each for each in document.objects if is_image(each)]
    assert len(images) == 2


def is_image(item: object) -> bool:
    return isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"


def test_coarse_pictures_are_remarked() -> None:
    _, coarse = printed([area()], [Ticket("A", {}, {"photo": picture(200, 100)})])
    _, fine = printed([area()], [Ticket("A", {}, {"photo": picture(240, 120)})])

    assert [each.concern for each in coarse.findings] == [Concern.LOW_RESOLUTION]
    assert not fine.findings
