from __future__ import annotations

import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageOps, PngImagePlugin

from counterfoil.render.errors import ImageError
from counterfoil.render.images import Image, Limits, read_image
from render.images.paper import document, pixels, printed, rainbow, saved

PINK = b"1 0 1 rg 0 0 500 500 re f"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    *,
    size: tuple[int, int],
    bits: int = 8,
    kind: int = 2,
    rows: bytes,
    between: bytes = b"",
    interlaced: bool = False,
) -> bytes:
    header = struct.pack(">IIBBBBB", *size, bits, kind, 0, 0, interlaced)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            between,
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_pictures_without_alpha_print_as_they_are(mode: str, kind: str) -> None:
    source = rainbow().convert(mode)
    data = saved(source, kind)

    image = read_image(data)

    expected = pixels(Pillow.open(io.BytesIO(data)))
    assert (image.width, image.height) == source.size
    assert image.alpha is None
    assert np.array_equal(printed(image), expected)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_becomes_a_soft_mask(mode: str) -> None:
    source = rainbow().convert(mode)
    ramp = Pillow.linear_gradient("L").resize(source.size)
    source.putalpha(ramp)

    image = read_image(saved(source, "PNG"))

    paper = Pillow.new("RGBA", source.size, (255, 0, 255, 255))
    paper.alpha_composite(source.convert("RGBA"))
    assert image.alpha is not None
    assert np.abs(printed(image, PINK) - pixels(paper)).max() <= 2


def test_alpha_that_hides_nothing_is_dropped() -> None:
    image = read_image(saved(rainbow().convert("RGBA"), "PNG"))

    assert image.alpha is None
    assert np.array_equal(printed(image), pixels(rainbow()))


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_transparent_palette_colour_shows_the_paper(kind: str) -> None:
    source = Pillow.new("P", (4, 2), 0)
    source.putpalette([255, 0, 0, 0, 0, 255])
    source.putpixel((2, 1), 1)

    image = read_image(saved(source, kind, transparency=0))

    shown = printed(image, PINK)
    assert tuple(shown[1, 2]) == (0, 0, 255)
    assert tuple(shown[0, 0]) == (255, 0, 255)


@pytest.mark.parametrize(
    ("bits", "kind", "key", "row"),
    [
        (8, 2, (255, 0, 0), b"\0" + bytes((255, 0, 0, 0, 0, 255))),
        (8, 0, (7,), b"\0" + bytes((7, 200))),
        (16, 0, (0x1234,), b"\0\x12\x34\xc8\xc8"),
        (16, 2, (0x1234, 0, 0), b"\0\x12\x34\0\0\0\0\0\0\0\0\xff\xff"),
    ],
)
@pytest.mark.parametrize("interlaced", [False, True])
def test_a_transparent_colour_of_a_png_shows_the_paper(
    bits: int, kind: int, key: tuple[int, ...], row: bytes, interlaced: bool
) -> None:
    pixel = (len(row) - 1) // 2
    rows = b"\0" + row[1 : 1 + pixel] + b"\0" + row[1 + pixel :] if interlaced else row
    transparency = chunk(b"tRNS", struct.pack(f">{len(key)}H", *key))

    image = read_image(
        png(
            size=(2, 1),
            bits=bits,
            kind=kind,
            rows=rows,
            between=transparency,
            interlaced=interlaced,
        )
    )

    shown = printed(image, PINK)
    assert tuple(shown[0, 0]) == (255, 0, 255)
    assert tuple(shown[0, 1]) != (255, 0, 255)


def test_sixteen_bits_are_kept() -> None:
    values = np.linspace(0, 65535, 64, dtype=">u2").reshape(8, 8)
    rows = b"".join(b"\0" + row.tobytes() for row in values)

    image = read_image(png(size=(8, 8), bits=16, kind=0, rows=rows))

    assert b"/BitsPerComponent 16" in image.raster.inner
    assert np.abs(printed(image)[:, :, 0] - (values >> 8).astype(np.int16)).max() <= 1


def test_an_interlaced_png_is_written_anew() -> None:
    plain = rainbow((8, 8))
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
    array = np.asarray(plain)
    rows = b"".join(
        b"\0" + line.tobytes()
        for x, y, across, down in [*passes, (0, 1, 1, 2)]
        for line in array[y::down, x::across]
    )

    image = read_image(png(size=(8, 8), rows=rows, interlaced=True))

    assert np.array_equal(printed(image), pixels(plain))


def test_a_png_passes_through() -> None:
    data = saved(rainbow(), "PNG")

    image = read_image(data)

    assert image.raster.data in data


def test_rows_that_inflate_beyond_the_picture_are_not_passed_on() -> None:
    rows = b"\0\x01\x02\x03" + bytes(50_000_000)

    image = read_image(png(size=(1, 1), rows=rows))

    assert len(zlib.decompress(image.raster.data)) == 4


def test_text_chunks_are_neither_read_nor_kept() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "bomb" * 5_000_000, zip=True)

    image = read_image(saved(rainbow(), "PNG", pnginfo=info))

    assert np.array_equal(printed(image), pixels(rainbow()))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_passes_through_and_prints_the_same(mode: str, progressive: bool) -> None:
    data = saved(rainbow((64, 48)).convert(mode), "JPEG", quality=92, progressive=progressive)

    image = read_image(data)

    decoded = Pillow.open(io.BytesIO(data))
    assert b"/DCTDecode" in image.raster.inner
    assert data.partition(b"\xff\xdb")[2].startswith(image.raster.data.partition(b"\xff\xdb")[2])
    if mode != "CMYK":
        assert np.abs(printed(image) - pixels(decoded)).max() <= 6


def test_adobes_cmyk_is_not_printed_as_its_negative() -> None:
    data = saved(Pillow.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG")  # red

    image = read_image(data)

    red, green, blue = printed(image)[8, 8]
    assert red > 180
    assert green < 80
    assert blue < 80


def test_cmyk_without_adobes_mark_is_taken_at_its_word() -> None:
    data = saved(Pillow.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG")
    start = data.index(b"\xff\xee")
    length = 2 + int.from_bytes(data[start + 2 : start + 4], "big")

    image = read_image(data[:start] + data[start + length :])

    assert b"/Decode" not in image.raster.inner


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright(orientation: int) -> None:
    source = rainbow((64, 40))
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    data = saved(source, "JPEG", quality=95, subsampling=0, exif=exif)

    image = read_image(data)

    upright = Pillow.open(io.BytesIO(data))
    turns = {
        2: Pillow.Transpose.FLIP_LEFT_RIGHT,
        3: Pillow.Transpose.ROTATE_180,
        4: Pillow.Transpose.FLIP_TOP_BOTTOM,
        5: Pillow.Transpose.TRANSPOSE,
        6: Pillow.Transpose.ROTATE_270,
        7: Pillow.Transpose.TRANSVERSE,
        8: Pillow.Transpose.ROTATE_90,
    }
    shown = upright.transpose(turns[orientation]) if orientation in turns else upright
    assert (image.width, image.height) == shown.size
    assert np.abs(printed(image) - pixels(shown)).max() <= 6


def test_what_a_photograph_tells_besides_its_pixels_stays_behind() -> None:
    exif = Pillow.Exif()
    exif[0x010E] = "taken at home"
    data = saved(rainbow(), "JPEG", exif=exif, comment=b"by myself", icc_profile=b"profile" * 9)

    image = read_image(data + b"and a trailer")

    for secret in (b"home", b"myself", b"profile", b"trailer"):
        assert secret in data + b"and a trailer"
        assert secret not in document(image)


def test_an_rgb_jpeg_without_adobes_mark_is_written_anew() -> None:
    data = bytearray(saved(rainbow((32, 32)), "JPEG", quality=95, keep_rgb=True))
    start = data.find(b"\xff\xee")
    if start >= 0:
        del data[start : start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")]

    image = read_image(bytes(data))

    decoded = Pillow.open(io.BytesIO(data))
    assert np.abs(printed(image) - pixels(decoded)).max() <= 2


def test_only_the_first_frame_of_an_animation_is_printed() -> None:
    frames = [Pillow.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

    image = read_image(data)

    assert tuple(printed(image)[0, 0]) == (255, 0, 0)


def test_identity_is_the_hash_of_the_file() -> None:
    data = saved(rainbow(), "PNG")

    assert read_image(data).sha256 == hashlib.sha256(data).digest()


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", b"%PDF-1.7", b"BM" + bytes(60), b"II*\0" + bytes(60), b"RIFF\0\0\0\0WAVEfmt "],
)
def test_other_formats_are_refused(data: bytes) -> None:
    with pytest.raises(ImageError, match="PNG, JPEG, GIF, WebP or AVIF"):
        read_image(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.97])
def test_a_picture_that_is_cut_off_is_refused(kind: str, share: float) -> None:
    data = saved(rainbow((200, 200)), kind)

    with pytest.raises(ImageError):
        read_image(data[: int(len(data) * share)])


def test_a_png_that_lacks_nothing_but_its_end_is_printed() -> None:
    data = saved(rainbow(), "PNG")

    image = read_image(data[:-12])

    assert np.array_equal(printed(image), pixels(rainbow()))


def test_a_jpeg_without_its_end_is_printed_if_it_decodes() -> None:
    verdicts = set()

    for size in range(16, 64):
        data = saved(rainbow((size, size)).convert("L"), "JPEG")[:-2]
        image = read(data)
        assert (image is not None) is decodes(data)
        assert image is None or document(image).count(b"\xff\xd9") == 1
        verdicts.add(image is not None)

    assert verdicts == {True, False}


def read(data: bytes) -> Image | None:
    try:
        return read_image(data)
    except ImageError:
        return None


def decodes(data: bytes) -> bool:
    try:
        Pillow.open(io.BytesIO(data)).load()
    except OSError:
        return False
    return True


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    bomb = png(size=(60_000, 60_000), bits=1, kind=0, rows=b"\0")

    with pytest.raises(ImageError, match="60000 x 60000 pixels"):
        read_image(bomb)


def test_a_gif_whose_frame_outgrows_its_screen_is_refused() -> None:
    screen = struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 9_000, 9_000, 0) + b"\x02\x02\x4c\x01\x00;"

    with pytest.raises(ImageError, match="9000 x 9000 pixels"):
        read_image(b"GIF89a" + screen + frame)


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    data = saved(rainbow((4000, 4000)), "JPEG", progressive=True, quality=1)
    last = data.rindex(b"\xff\xda")

    with pytest.raises(ImageError, match="layers"):
        read_image(data[:-2] + data[last:-2] * 1000 + data[-2:])


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(ImageError, match="file is too large"):
        read_image(saved(rainbow(), "PNG"), Limits(octets=100))


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_a_picture_of_nothing_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match="empty"):
        read_image(png(size=size, rows=b"\0"))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["PNG", "JPEG", "GIF"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_damaged_picture_is_read_or_refused(kind: str, damage: list[tuple[float, int]]) -> None:
    data = bytearray(saved(rainbow(), kind))
    for place, value in damage:
        data[min(int(place * len(data)), len(data) - 1)] = value

    image = read(bytes(data))

    assert image is None or document(image)


@pytest.mark.parametrize("size", [(200, 4), (4, 200), (7, 7), (1, 1)])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_of_few_pixels_is_printed(size: tuple[int, int], progressive: bool) -> None:
    data = saved(rainbow(size), "JPEG", progressive=progressive)

    image = read_image(data)

    assert (image.width, image.height) == size
    assert np.abs(printed(image) - pixels(Pillow.open(io.BytesIO(data)))).max() <= 12


def test_stray_bytes_between_the_segments_of_a_jpeg_are_left_out() -> None:
    data = saved(rainbow(), "JPEG", quality=95)
    table = data.index(b"\xff\xdb")
    frame = data.index(b"\xff\xc0")
    stray = data[:table] + b"\0stray" + data[table:frame] + b"\0\0\0" + data[frame:]

    image = read_image(stray)

    assert b"stray" not in image.raster.data
    assert np.array_equal(printed(image), printed(read_image(data)))


def test_stray_bytes_behind_the_pixels_of_a_jpeg_are_left_out() -> None:
    data = saved(rainbow(), "JPEG", quality=95)
    behind = data[:-2] + b"\xff\xfe\0\4ab" + b"no segment" + data[-2:]

    assert np.array_equal(printed(read_image(behind)), printed(read_image(data)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_of_any_format_stands_as_its_exif_says(kind: str, orientation: int) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    turned = rainbow((48, 32))
    exact = {"WEBP": {"lossless": True}, "AVIF": {"quality": 100, "subsampling": "4:4:4"}}
    data = saved(turned, kind, exif=exif, **exact.get(kind, {}))

    image = read_image(data)

    upright = ImageOps.exif_transpose(Pillow.open(io.BytesIO(data)))
    assert (image.width, image.height) == upright.size
    assert np.abs(printed(image) - pixels(upright)).max() <= 2


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_transparent_pictures_of_the_web_show_the_paper(kind: str) -> None:
    source = Pillow.new("RGBA", (32, 32), (0, 0, 255, 255))
    source.paste((0, 0, 0, 0), (0, 0, 16, 32))

    shown = printed(read_image(saved(source, kind)), PINK)

    assert np.abs(shown[16, 4] - (255, 0, 255)).max() <= 4
    assert np.abs(shown[16, 28] - (0, 0, 255)).max() <= 4


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"exif": b"Exif\0\0"}])
def test_a_webp_of_too_many_pixels_is_refused_before_it_is_opened(
    options: dict[str, object],
) -> None:
    data = saved(rainbow((60, 50)), "WEBP", **options)

    with pytest.raises(ImageError, match="60 x 50"):
        read_image(data, Limits(pixels=2_999))


def test_an_avif_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(ImageError, match="60 x 50"):
        read_image(saved(rainbow((60, 50)), "AVIF"), Limits(pixels=2_999))


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_a_picture_of_the_web_that_is_cut_off_is_refused(kind: str, share: float) -> None:
    data = saved(rainbow((64, 64)), kind)

    with pytest.raises(ImageError):
        read_image(data[: int(len(data) * share)])
