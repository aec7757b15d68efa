"""A PDF file as a stream: every object goes out as soon as it is known.

Memory stays flat, since only the cross-reference table (8 bytes an object) is kept to the end.
Objects may refer to numbers that were allotted but not written yet: that is how fonts, whose
glyphs are known after the last page only, come last. Small objects are packed into object
streams (ISO 32000-1, 7.5.7), which compress well; the rest of the layout is one cross-reference
stream (7.5.8). The same calls give the same bytes: the file's identifier is a hash of its content.
"""

from __future__ import annotations

import hashlib
import sys
from array import array as packed
from collections.abc import Iterable, Sequence
from typing import Protocol

from counterfoil.render.pdf.deflate import deflate
from counterfoil.render.pdf.pagetree import PageTree
from counterfoil.render.pdf.syntax import Ref, array, dictionary, entries, numbers, text_string

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_OBJECTS_PER_STREAM = 200
_BUFFER = 1 << 16
# An entry of the cross-reference table is 8 bytes: kind, position, index (7.5.8.3).
_KIND, _POSITION = 56, 16
_PLAIN, _PACKED = 1, 2


class Sink(Protocol):
    """Where the bytes go: a file, a socket, a BytesIO."""

    def write(self, data: bytes, /) -> object: ...


class Writer:
    """Writes one PDF. Allot numbers with ``alloc``, fill each once, end with ``finish``."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self._flushed = 0
        self._xref = packed("Q", [0xFFFF])
        self._packing: list[tuple[Ref, bytes]] = []
        self._tree = PageTree(self.alloc, self.obj)
        self._shared: dict[bytes, Ref] = {}
        self._write_bytes(_HEADER)

    def alloc(self) -> Ref:
        """Allot an object number, to be filled by ``obj`` or ``stream`` before ``finish``."""
        self._xref.append(0)
        return Ref(len(self._xref) - 1)

    def obj(self, ref: Ref, body: bytes) -> None:
        """Write an object that is no stream."""
        self._packing.append((ref, body))
        if len(self._packing) == _OBJECTS_PER_STREAM:
            self._pack()

    def add(self, body: bytes) -> Ref:
        """Write an object that is no stream under a new number."""
        ref = self.alloc()
        self.obj(ref, body)
        return ref

    def stream(self, ref: Ref, inner: bytes, data: bytes, *, encoded: bool = False) -> None:
        """Write a stream.

        Args:
            ref: its number.
            inner: its dictionary's entries (``syntax.entries``) but Length, and Filter unless
                ``encoded``.
            data: its bytes, deflated here unless ``encoded`` already.
        """
        if not encoded:
            data = deflate(data)
            inner += b"/Filter/FlateDecode"
        self._mark(ref, _PLAIN, self._position(), 0)
        self._write_bytes(
            b"%d 0 obj\n<<%b/Length %d>>\nstream\n%b\nendstream\nendobj\n"
            % (ref, inner, len(data), data)
        )

    def shared_stream(self, inner: bytes, data: bytes) -> Ref:
        """Write a stream once, however often it is asked for; return its number."""
        digest = hashlib.sha256(b"%d " % len(inner) + inner + data).digest()
        if digest not in self._shared:
            ref = self._shared[digest] = self.alloc()
            self.stream(ref, inner, data)
        return self._shared[digest]

    def page(self, attributes: bytes, content: bytes, *, encoded: bool = False) -> Ref:
        """Append a page; ``attributes`` come from ``page_attributes``, once for many pages."""
        page, contents = self.alloc(), self.alloc()
        self.stream(contents, b"", content, encoded=encoded)
        parent = self._tree.add(page)
        self.obj(
            page, b"<</Type/Page/Parent %d 0 R/Contents %d 0 R%b>>" % (parent, contents, attributes)
        )
        return page

    def finish(
        self,
        *,
        title: str,
        language: str,
        producer: str = "Counterfoil",
        intents: Sequence[Ref] = (),
    ) -> None:
        """Write the page tree, the catalog and the cross-reference stream.

        Raises:
            ValueError: a number was allotted but never filled, which would leave a broken file.
        """
        catalog = self._catalog(language, intents)
        info = self.add(
            dictionary({"Title": text_string(title), "Producer": text_string(producer)})
        )
        self._pack()
        self._write_xref(catalog, info)
        self._flush()

    def _catalog(self, language: str, intents: Sequence[Ref]) -> Ref:
        catalog = {
            "Type": b"/Catalog",
            "Pages": bytes(self._tree.finish()),
            "Lang": text_string(language),
            "ViewerPreferences": dictionary({"DisplayDocTitle": b"true"}),
        }
        if intents:
            catalog["OutputIntents"] = array(map(bytes, intents))
        return self.add(dictionary(catalog))

    def _pack(self) -> None:
        if not self._packing:
            return
        holder = self.alloc()
        index, bodies, offset = [], [], 0
        for place, (ref, body) in enumerate(self._packing):
            self._mark(ref, _PACKED, holder, place)
            index.append(b"%d %d" % (ref, offset))
            bodies.append(body)
            offset += len(body) + 1
        head = b" ".join(index) + b"\n"
        inner = b"/Type/ObjStm/N %d/First %d" % (len(bodies), len(head))
        self._packing.clear()
        self.stream(holder, inner, head + b"\n".join(bodies))

    def _write_xref(self, catalog: Ref, info: Ref) -> None:
        start = self._position()
        self._mark(self.alloc(), _PLAIN, start, 0)
        unfilled = [number for number, entry in enumerate(self._xref) if not entry]
        if unfilled:
            raise ValueError(f"objects were never written: {unfilled[:10]}")
        ident = b"<%b>" % self._identify()
        inner = entries(
            {
                "Type": b"/XRef",
                "Size": b"%d" % len(self._xref),
                "W": numbers((1, 5, 2)),
                "Root": bytes(catalog),
                "Info": bytes(info),
                "ID": array([ident, ident]),
            }
        )
        self._write_xref_entries(inner, start)

    def _write_xref_entries(self, inner: bytes, start: int) -> None:
        rows = packed("Q", self._xref)
        if sys.byteorder == "little":  # pragma: no branch - PDF's order is the other one
            rows.byteswap()
        data = deflate(rows.tobytes())
        self._write_bytes(
            b"%d 0 obj\n<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\n"
            b"startxref\n%d\n%%%%EOF\n" % (len(self._xref) - 1, inner, len(data), data, start)
        )

    def _mark(self, ref: Ref, kind: int, position: int, index: int) -> None:
        if self._xref[ref]:
            raise ValueError(f"object {int(ref)} was written before")
        self._xref[ref] = kind << _KIND | position << _POSITION | index

    def _position(self) -> int:
        return self._flushed + len(self._buffer)

    def _write_bytes(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > _BUFFER:
            self._flush()

    def _flush(self) -> None:
        data = bytes(self._buffer)
        self._hash.update(data)
        self._sink.write(data)
        self._flushed += len(data)
        self._buffer.clear()

    def _identify(self) -> bytes:
        """Return 16 bytes in hexadecimal that only the same content can have (14.4)."""
        self._flush()
        return self._hash.hexdigest()[:32].upper().encode("ascii")


def page_attributes(
    media_box: Sequence[float],
    resources: Ref,
    boxes: Iterable[tuple[str, Sequence[float]]] = (),
) -> bytes:
    """Write what many pages have in common.

    Resources stand on each page instead of being inherited, as PDF/A wants it. ``boxes`` are
    further ones, by name: TrimBox, BleedBox.
    """
    attributes = {"MediaBox": numbers(media_box)}
    attributes |= {name: numbers(box) for name, box in boxes}
    return entries({**attributes, "Resources": bytes(resources)})
