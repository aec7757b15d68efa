from __future__ import annotations

import base64
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render.background.filters import inflated
from counterfoil.render.errors import BackgroundError

LIMIT = 1_000_000


def lzw(data: bytes) -> bytes:
    """Encode LZW as PDF wants it, by the book."""
    table = {bytes((i,)): i for i in range(256)}
    bits, width, word = f"{256:09b}", 9, b""
    for i in range(len(data)):
        longer = word + data[i : i + 1]
        if longer in table:
            word = longer
            continue
        bits += f"{table[word]:0{width}b}"
        table[longer] = len(table) + 2
        if len(table) + 2 >= 4095:
            bits += f"{256:0{width}b}"
            table, width = {bytes((i,)): i for i in range(256)}, 9
        else:
            width = (len(table) + 2).bit_length()
        word = data[i : i + 1]
    if word:
        bits += f"{table[word]:0{width}b}"
    bits += f"{257:0{width}b}"
    return int(bits + "0" * (-len(bits) % 8), 2).to_bytes((len(bits) + 7) // 8, "big")


def qpdf_length(raw: bytes, *filters: str) -> int:
    """Return what the library would inflate the same stream to."""
    pdf = pikepdf.new()
    stream = pdf.make_stream(b"")
    stream.write(raw, filter=pikepdf.Array([pikepdf.Name("/" + name) for name in filters]))
    return len(stream.read_bytes())


@given(st.binary(max_size=3000) | st.integers(1, 30_000).map(lambda n: b"ab" * n))
@settings(max_examples=60, deadline=None)
def test_every_filter_is_undone_to_the_right_length(data: bytes) -> None:
    coded = {
        "FlateDecode": zlib.compress(data),
        "ASCIIHexDecode": data.hex().encode() + b">",
        "ASCII85Decode": base64.a85encode(data) + b"~>",
        "LZWDecode": lzw(data),
    }

    for name, raw in coded.items():
        assert len(inflated(raw, (name,), LIMIT)) == len(data) == qpdf_length(raw, name)


def test_chains_of_filters_are_followed() -> None:
    data = b"ticket" * 1000
    raw = base64.a85encode(zlib.compress(lzw(data)))

    assert len(inflated(raw, ("ASCII85Decode", "FlateDecode", "LZWDecode"), LIMIT)) == len(data)


def test_runs_are_counted() -> None:
    raw = b"\x02abc" + b"\x81x" + b"\x80" + b"ignored"

    assert len(inflated(raw, ("RunLengthDecode",), LIMIT)) == 3 + 128


@pytest.mark.parametrize(
    ("make_raw", "filters"),
    [
        (lambda: zlib.compress(bytes(2_000_000)), ("FlateDecode",)),
        (lambda: zlib.compress(zlib.compress(bytes(500_000_000))), ("FlateDecode", "FlateDecode")),
        (lambda: b"\x81x" * 10_000, ("RunLengthDecode",)),
        (lambda: lzw(bytes(1_100_000)), ("LZWDecode",)),
    ],
    ids=["deflated", "twice", "runs", "lzw"],
)
def test_bombs_are_stopped(make_raw: Callable[[], bytes], filters: tuple[str, ...]) -> None:
    raw = make_raw()

    with pytest.raises(BackgroundError, match="unpacks to more than 1 MB"):
        inflated(raw, filters, LIMIT)


def test_a_picture_ends_the_chain() -> None:
    raw = base64.a85encode(b"jpeg")

    assert len(inflated(raw, ("ASCII85Decode", "DCTDecode"), LIMIT)) == 4


@pytest.mark.parametrize("raw", [b"junk", zlib.compress(b"ab" * 5000)[:20], b""])
def test_what_breaks_off_counts_as_far_as_it_goes(raw: bytes) -> None:
    assert len(inflated(raw, ("FlateDecode",), LIMIT)) <= 10_000


def test_content_compressed_too_many_times_is_refused() -> None:
    with pytest.raises(BackgroundError, match="compressed too many times"):
        inflated(b"", ("FlateDecode",) * 5, LIMIT)


@given(st.binary(max_size=300), st.sampled_from(["LZWDecode", "RunLengthDecode", "ASCII85Decode"]))
def test_junk_is_no_crash(raw: bytes, name: str) -> None:
    assert len(inflated(raw, (name,), LIMIT)) >= 0
