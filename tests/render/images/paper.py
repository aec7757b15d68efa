"""A sheet for the tests of pictures: embed one, print it, look at the pixels."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image as Pillow

from counterfoil.render.images import Image, embed_image
from counterfoil.render.pdf import content
from counterfoil.render.pdf.syntax import dictionary
from counterfoil.render.pdf.writer import Writer, page_attributes
from counterfoil.render.units import Pt

Pixels = npt.NDArray[np.int16]


def document(image: Image, paper: bytes = b"") -> bytes:
    """Return a PDF of one page, one point per pixel, ``paper`` painted under the picture."""
    sink = io.BytesIO()
    writer = Writer(sink)
    ref = embed_image(image, writer)
    resources = writer.add(dictionary({"XObject": dictionary({"P": bytes(ref)})}))
    place = image.place(Pt(0), Pt(0), Pt(image.width), Pt(image.height))
    page = b"\n".join([paper, b"q", place, content.draw_xobject(b"/P"), b"Q"])
    writer.page(page_attributes((0, 0, image.width, image.height), resources), page)
    writer.finish(title="Picture", language="en")
    return sink.getvalue()


def printed(image: Image, paper: bytes = b"") -> Pixels:
    """Return the RGB pixels of a picture on paper, as pdfium shows them."""
    with pypdfium2.PdfDocument(document(image, paper)) as pdf:
        bitmap = pdf[0].render(rev_byteorder=True)
        return np.asarray(bitmap.to_numpy())[:, :, :3].astype(np.int16)


def pixels(picture: Pillow.Image) -> Pixels:
    return np.asarray(picture.convert("RGB")).astype(np.int16)


def saved(picture: Pillow.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def rainbow(size: tuple[int, int] = (37, 23)) -> Pillow.Image:
    """Return a picture on which every way to turn it shows."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    red, green, blue = x * 255 // width, y * 255 // height, (x + 2 * y) % 256
    return Pillow.fromarray(np.dstack([red, green, blue]).astype(np.uint8), "RGB")
