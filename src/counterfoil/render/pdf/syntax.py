"""Objects in PDF's own notation (ISO 32000-1, 7.3).

Each function returns finished bytes, and composite objects take finished bytes as parts.
There is no tree of objects: what is written once per ticket must not be built twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_REGULAR = frozenset(range(0x21, 0x7F)) - frozenset(b"()<>[]{}/%#")
_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)", "\r": r"\r"})


class Ref(int):
    """An object number. Written as an indirect reference; our generation is always 0."""

    __slots__ = ()

    def __bytes__(self) -> bytes:
        return b"%d 0 R" % self


def number(value: float, places: int = 3) -> bytes:
    """Write a real: no exponent (which PDF lacks), no ``-0``.

    Three decimals of a point are 0.4 micrometres, finer than any printer; factors of a
    transformation want more.

    >>> number(12.0), number(0.25), number(-0.0004), number(0.000012, 6)
    (b'12', b'0.25', b'0', b'0.000012')
    """
    text = f"{value:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return b"0" if text == "-0" else text.encode("ascii")


def name(text: str) -> bytes:
    """Write a name; bytes that a name cannot hold become ``#xx`` (7.3.5).

    >>> name("Noto Sans"), name("A#é")
    (b'/Noto#20Sans', b'/A#23#C3#A9')
    """
    coded = text.encode("utf-8")
    return b"/" + b"".join(b"%c" % c if c in _REGULAR else b"#%02X" % c for c in coded)


def literal(data: bytes) -> bytes:
    """Write bytes as a literal string (7.3.4.2).

    A bare carriage return would be read back as a line feed, so it is escaped as well.
    """
    return b"(" + data.decode("latin-1").translate(_ESCAPES).encode("latin-1") + b")"


def text_string(text: str) -> bytes:
    """Write text for people: ASCII as it is, all else in UTF-16 (7.9.2.2).

    Lone surrogates, which no reader could show, become U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return literal(text.encode("ascii"))
    return b"<FEFF" + utf16_hex(text) + b">"


def utf16_hex(text: str) -> bytes:
    """Write text as the hexadecimal UTF-16BE that CMaps and text strings share."""
    sound = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
    return sound.encode("utf-16-be").hex().upper().encode("ascii")


def array(items: Iterable[bytes]) -> bytes:
    return b"[" + b" ".join(items) + b"]"


def numbers(values: Iterable[float], places: int = 3) -> bytes:
    """Write an array of reals, as boxes and matrices are."""
    return array(number(value, places) for value in values)


def entries(values: Mapping[str, bytes]) -> bytes:
    """Write the inside of a dictionary, for those who have more to add to it."""
    return b"".join(name(key) + b" " + value for key, value in values.items())


def dictionary(values: Mapping[str, bytes]) -> bytes:
    return b"<<" + entries(values) + b">>"
