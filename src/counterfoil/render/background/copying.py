"""The walk: from a page's objects to objects of our own, along the allowlist.

Every byte that comes along was written here or lies inside a stream; names of objects become
indices, so nothing of the original file's structure remains.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

import pikepdf

from counterfoil.render.background.allowlist import CONTENT, KINDS, VALUE, Kind
from counterfoil.render.background.compiled import CompiledObject
from counterfoil.render.background.filters import inflated_length
from counterfoil.render.background.limits import Limits
from counterfoil.render.background.optional_content import Layers, without_hidden
from counterfoil.render.errors import BackgroundError, ImageError
from counterfoil.render.images import jpeg

Parts = list[bytes | int]

_MAX_DEPTH = 60
_DO = re.compile(rb"/([^\s/<>()\[\]{}%]+)\s+Do(?![^\s/<>()\[\]{}%])")
_EMPTY_FORM = CompiledObject((b"/Type/XObject/Subtype/Form/BBox[0 0 0 0]",), b"")
_MAX_CONTENT_MB = "The PDF's drawing is too complex: one page has more than {} MB of it."


class Copier:
    """Copies what pages paint. One per PDF, since pages share objects."""

    def __init__(self, layers: Layers, limits: Limits) -> None:
        self.objects: list[CompiledObject] = []
        self.missing_fonts: set[str] = set()
        self._layers = layers
        self._limits = limits
        self._left = limits.inflated
        self._known: dict[tuple[int, int, str], int] = {}
        self._paints: dict[int, Counter[int]] = {}
        self._empty: int | None = None
        self._page_resources: pikepdf.Object | None = None

    def form(
        self, header: bytes, content: bytes, resources: pikepdf.Object | None, group: object
    ) -> int:
        """Write a page as a form XObject whose entries begin with ``header``.

        Raises:
            BackgroundError: something in it is not allowed, or too much.
        """
        if not isinstance(resources, pikepdf.Dictionary):
            resources = pikepdf.Dictionary()
        index = self._reserve()
        self._page_resources = resources
        parts: Parts = [b"/Type/XObject/Subtype/Form" + header]
        self._check_content(content)
        content = self._visible(content, resources)
        parts += [b"/Resources ", *self._copy(resources, "resources", 0)]
        if isinstance(group, pikepdf.Dictionary):
            parts += [b"/Group ", *self._copy(group, "group", 0)]
        parts.append(b"/Filter/FlateDecode")
        self.objects[index] = CompiledObject(_joined(parts), zlib.compress(content, 9))
        self._count_paints(index, content, resources)
        self._check_forms(index)
        return index

    def read(self, stream: pikepdf.Object) -> bytes:
        """Return a stream's content, decoded, if it stays within the limits."""
        self._charge(stream.read_raw_bytes(), _filters(stream))
        try:
            return stream.read_bytes()
        except pikepdf.PdfError as error:
            raise BackgroundError("The PDF is damaged: a page cannot be read.") from error

    def _reserve(self) -> int:
        self.objects.append(_EMPTY_FORM)
        if len(self.objects) > self._limits.objects:
            raise BackgroundError("The PDF consists of too many parts. Flatten it, then export.")
        return len(self.objects) - 1

    def _copy(self, item: object, kind: str, depth: int) -> Parts:
        """Return the parts of an object in its role; nothing it may not hold comes along."""
        if depth > _MAX_DEPTH:
            raise BackgroundError("The PDF's parts are nested too deeply.")
        if kind == "xobject":
            return self._xobject(item, depth)
        if isinstance(item, pikepdf.Stream):
            return self._shared(item, kind, depth) if KINDS[kind].stream else [b"null"]
        if isinstance(item, pikepdf.Dictionary | pikepdf.Array) and item.is_indirect:
            return self._shared(item, kind, depth)
        return self._direct(item, kind, depth)

    def _direct(self, item: object, kind: str, depth: int) -> Parts:
        if isinstance(item, pikepdf.Dictionary):
            if kind == "font":
                self._note_font(item)
            return [b"<<", *self._entries(item, KINDS[kind], depth), b">>"]
        if isinstance(item, pikepdf.Array):
            parts: Parts = [b"["]
            for value in list(item):
                parts += [*self._copy(value, KINDS[kind].items or VALUE, depth + 1), b" "]
            return [*parts, b"]"]
        return [plain(item)]

    def _entries(self, owner: pikepdf.Object, kind: Kind, depth: int) -> Parts:
        parts: Parts = []
        for key in sorted(owner.keys()):
            wanted = kind.each or kind.keys.get(key[1:])
            if wanted is None:
                continue
            value = owner[key]
            if value is not None:
                parts += [_name(key), b" "]
                parts += self._copy(value, wanted, depth + 1)
        return parts

    def _shared(self, item: pikepdf.Object, kind: str, depth: int) -> Parts:
        """Copy an object once, however often it is referred to, also by itself."""
        identity = (*item.objgen, kind)
        index = self._known.get(identity)
        if index is None:
            index = self._reserve()
            if item.is_indirect:
                self._known[identity] = index
            if isinstance(item, pikepdf.Stream):
                self.objects[index] = self._stream(index, item, kind, depth)
            else:
                self.objects[index] = CompiledObject(_joined(self._direct(item, kind, depth)))
        return [index]

    def _xobject(self, item: object, depth: int) -> Parts:
        """Copy a form or an image; in place of others, and of hidden ones, stands an empty form."""
        if isinstance(item, pikepdf.Stream) and not self._layers.hides(item.get("/OC")):
            for kind in ("form", "image"):
                if item.get("/Subtype") == f"/{kind.title()}":
                    return self._copy(item, kind, depth)
        if self._empty is None:
            self._empty = self._reserve()
        return [self._empty]

    def _stream(self, index: int, item: pikepdf.Object, kind: str, depth: int) -> CompiledObject:
        if kind == "image":
            self._check_picture(item)
        parts = self._entries(item, KINDS[kind], depth)
        raw, filters = item.read_raw_bytes(), _filters(item)
        if kind not in CONTENT:
            self._charge(raw, filters)
        else:
            content = self.read(item)
            self._check_content(content)
            resources = item.get("/Resources")
            if resources is None and kind == "form":  # PDF 1.1 let forms use their page's
                resources = self._page_resources
                parts += [b"/Resources ", *self._copy(resources, "resources", depth + 1)]
            visible = self._visible(content, resources)
            self._count_paints(index, visible, resources)
            if visible is not content:
                parts.append(b"/Filter/FlateDecode")
                return CompiledObject(_joined(parts), zlib.compress(visible, 9))
        return CompiledObject(_joined([*parts, *self._packing(item, filters, depth)]), raw)

    def _packing(self, item: pikepdf.Object, filters: tuple[str, ...], depth: int) -> Parts:
        """Write filters and their parameters: both as arrays, as strict readers want."""
        if not filters:
            return []
        names = b"".join(_name("/" + name) for name in filters)
        parameters = item.get("/DecodeParms")
        given = list(parameters) if isinstance(parameters, pikepdf.Array) else [parameters]
        if not any(isinstance(each, pikepdf.Dictionary) for each in given):
            return [b"/Filter[", names, b"]"]
        parts: Parts = [b"/Filter[", names, b"]/DecodeParms["]
        for each in given[: len(filters)]:
            parts += [*self._copy(each, "filter parameters", depth + 1), b" "]
        return [*parts, b"null " * (len(filters) - len(given)), b"]"]

    def _charge(self, raw: bytes, filters: tuple[str, ...]) -> None:
        self._left -= inflated_length(raw, filters, min(self._limits.stream, self._left))

    def _check_picture(self, item: pikepdf.Object) -> None:
        self._check_pixels(_whole(item.get("/Width")), _whole(item.get("/Height")))
        if "DCTDecode" not in _filters(item)[:1]:
            return
        try:
            file = jpeg.read_file(item.read_raw_bytes())
        except ImageError:  # cut off, mostly: viewers show what there is, and so does the trial
            return
        self._check_pixels(file.width, file.height)  # viewers believe the JPEG itself
        try:
            jpeg.check_scans(file)
        except ImageError as error:
            raise BackgroundError("The PDF holds a JPEG picture of too many layers.") from error

    def _check_pixels(self, width: int, height: int) -> None:
        if width * height > self._limits.pixels:
            raise BackgroundError(
                f"The PDF holds a picture of {width} x {height} pixels; "
                f"{self._limits.pixels // 1_000_000} million are allowed."
            )

    def _check_content(self, content: bytes) -> None:
        if len(content) > self._limits.content:
            raise BackgroundError(_MAX_CONTENT_MB.format(self._limits.content // 1_000_000))

    def _visible(self, content: bytes, resources: pikepdf.Object | None) -> bytes:
        """Return content without its hidden layers: the same bytes, if there are none."""
        properties = _entry(resources, "/Properties")
        names = properties.keys() if isinstance(properties, pikepdf.Dictionary) else ()
        hidden = frozenset(key for key in names if self._layers.hides(_entry(properties, key)))
        if not hidden:
            return content
        with pikepdf.new() as scratch:
            stream = scratch.make_stream(content)
            return without_hidden(pikepdf.parse_content_stream(stream), hidden)

    def _count_paints(self, index: int, content: bytes, resources: pikepdf.Object | None) -> None:
        """Note which forms a content stream paints, and how often."""
        xobjects = _entry(resources, "/XObject")
        paints: Counter[int] = Counter()
        for written, count in Counter(_DO.findall(content)).items():
            item = _entry(xobjects, _decoded_name(written))
            if isinstance(item, pikepdf.Stream):
                painted = self._known.get((*item.objgen, "form"))
                if painted is not None:
                    paints[painted] += count
        self._paints[index] = paints

    def _check_forms(self, index: int) -> None:
        """Refuse forms that paint forms that paint forms: a page of 2 kB can ask for 10^9."""
        totals: dict[int, int] = {}

        def total(form: int, above: tuple[int, ...]) -> int:
            if form in above or len(above) > _MAX_DEPTH:
                raise BackgroundError("A part of the PDF's drawing contains itself.")
            if form not in totals:
                paints = self._paints.get(form, Counter())
                totals[form] = 1 + sum(
                    count * total(painted, (*above, form)) for painted, count in paints.items()
                )
            return totals[form]

        if total(index, ()) > self._limits.forms:
            raise BackgroundError("The PDF repeats its drawing too often. Flatten it, then export.")

    def _note_font(self, font: pikepdf.Object) -> None:
        """Remember fonts that do not come with their glyphs."""
        descriptor = _entry(font, "/FontDescriptor")
        if _entry(font, "/Subtype") in ("/Type3", "/Type0"):
            return
        files = ("/FontFile", "/FontFile2", "/FontFile3")
        if not any(_entry(descriptor, key) is not None for key in files):
            self.missing_fonts.add(str(_entry(font, "/BaseFont") or "/?")[1:])


def plain(item: object) -> bytes:
    """Write a value without parts.

    >>> plain(True), plain(3), plain(Decimal("1e-7")), plain(pikepdf.Name("/A B"))
    (b'true', b'3', b'0.0000001', b'/A#20B')
    """
    match item:
        case bool():
            return b"true" if item else b"false"
        case int():
            return b"%d" % item
        case Decimal() | float():
            return f"{item:f}".encode("ascii")
        case pikepdf.Name() | pikepdf.String():
            return item.unparse()
        case _:
            return b"null"


def _joined(parts: Iterable[bytes | int]) -> tuple[bytes | int, ...]:
    """Join neighbouring texts, with a space before each reference."""
    joined: Parts = []
    for part in parts:
        text = b" " if isinstance(part, int) else part
        if joined and isinstance(joined[-1], bytes):
            joined[-1] += text
        else:
            joined.append(text)
        if isinstance(part, int):
            joined.append(part)
    return tuple(joined)


def _entry(owner: object, key: str) -> pikepdf.Object | None:
    return owner.get(key) if isinstance(owner, pikepdf.Dictionary | pikepdf.Stream) else None


def _filters(stream: pikepdf.Object) -> tuple[str, ...]:
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Name):
        return (str(filters)[1:],)
    if isinstance(filters, pikepdf.Array):
        return tuple(str(name)[1:] for name in list(filters))
    return ()


def _whole(value: object) -> int:
    return max(0, int(value)) if isinstance(value, int | Decimal) else 0


def _name(key: str) -> bytes:
    """Write a key, which may hold bytes that are no UTF-8."""
    data = key[1:].encode("utf-8", "surrogateescape")
    return b"/" + re.sub(rb"[^A-Za-z0-9_.+*-]", lambda byte: b"#%02X" % ord(byte[0]), data)


def _decoded_name(written: bytes) -> str:
    decoded = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes((int(code[1], 16),)), written)
    return "/" + decoded.decode("utf-8", "surrogateescape")
