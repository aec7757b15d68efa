"""The walk: from a page's objects to objects of our own, along the allowlist.

Every byte that comes along was written here or lies inside a stream; names of objects become
indices, so nothing of the original file's structure remains.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pikepdf

from counterfoil.render.background.allowlist import (
    CONTENT,
    FORM_WITHOUT_RESOURCES,
    KINDS,
    SCOPED,
    VALUE,
    Kind,
)
from counterfoil.render.background.compiled import CompiledObject
from counterfoil.render.background.filters import PICTURES, inflated
from counterfoil.render.background.limits import Limits
from counterfoil.render.background.optional_content import OptionalContent, without_hidden
from counterfoil.render.errors import BackgroundError, ImageError
from counterfoil.render.images import jpeg
from counterfoil.render.messages import Message
from counterfoil.render.profiles import is_profile

_FILTERS = {
    "AHx": "ASCIIHexDecode",
    "A85": "ASCII85Decode",
    "LZW": "LZWDecode",
    "Fl": "FlateDecode",
    "RL": "RunLengthDecode",
    "CCF": "CCITTFaxDecode",
    "DCT": "DCTDecode",
}
"""Short names, meant for pictures inside content (8.9.7) and written elsewhere too."""

Parts = list[bytes | int]
Number = tuple[int, int]
"""Of an object in the source: number and generation."""

_MAX_DEPTH = 60
"""Of dictionaries and arrays that lie directly in one another."""
_MAX_FORMS = 39
"""Of forms in forms. pdfium paints 40, and ours are one deeper: the page itself is a form."""
_NAME = re.compile(rb"/([^\s/<>()\[\]{}%]+)")
# Operands of a colour; one more is read where it is there, to tell CMYK apart.
_THREE_COMPONENTS = re.compile(
    rb"(?<![\d.+-])((?:[-+]?[\d.]+\s+){3,4})(?:rg|RG|scn?|SCN?)(?=[\s/\[(<]|\Z)"
)
_DO = re.compile(rb"/([^\s/<>()\[\]{}%]+)\s*\bDo(?![^\s/<>()\[\]{}%])")
_DEFAULT_SPACES = frozenset(("/DefaultGray", "/DefaultRGB", "/DefaultCMYK"))
"""Names that content need not write to use them (8.6.5.6)."""
_HOLDERS = frozenset(("form", "pattern", "font"))
"""Kinds that may have resources of their own."""
_EMPTY_FORM = CompiledObject((b"/Type/XObject/Subtype/Form/BBox[0 0 0 0]",), b"")
_TOO_DEEP = Message("background.too_deep")


@dataclass(frozen=True, slots=True)
class Quirks:
    """What an honest PDF need not have, and what makes copies depend on where a form is painted.

    A first pass finds out; only then is a second one worth its bytes.
    """

    borrowing: bool = False
    """Forms take fonts and the like from their page, though they have resources of their own."""
    cyclic: frozenset[Number] = frozenset()
    """Forms that paint themselves, at once or by way of others."""

    def __or__(self, other: Quirks) -> Quirks:
        return Quirks(self.borrowing or other.borrowing, self.cyclic | other.cyclic)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where content is painted, as far as that changes what it paints.

    ``own`` and ``page`` are keys of resources: those that a form without any takes (PDF 1.1), and
    those that stand in for kinds of resources that it lacks. ``above`` are forms being painted
    already, which viewers do not paint again inside themselves.
    """

    own: Hashable = None
    page: Hashable = None
    above: frozenset[Number] = frozenset()


Identity = tuple[Number, str, Scope]
"""Of a copy: of which object, in which role, where."""


class Copier:
    """Copies what pages paint. One per PDF, since pages share objects."""

    def __init__(self, layers: OptionalContent, limits: Limits, quirks: Quirks) -> None:
        self.objects: list[CompiledObject] = []
        self.missing_fonts: set[str] = set()
        self.has_rgb_black = False
        self.quirks = quirks
        self._layers = layers
        self._limits = limits
        self._left = limits.inflated
        self._copied_objects: dict[Identity, int] = {}
        self._forms: dict[int, Number] = {}
        self._paints: dict[int, Counter[int] | Counter[Identity]] = {}
        self._resources: dict[Hashable, pikepdf.Object] = {None: pikepdf.Dictionary()}
        self._pages: list[pikepdf.Object] = []
        self._naming: dict[Number, bool] = {}
        self._profiles: dict[Number, bool] = {}
        self._work: list[tuple[int, pikepdf.Object, str, Scope]] = []
        self._empty: int | None = None

    def form(
        self,
        header: bytes,
        content: bytes,
        resources: pikepdf.Object | None,
        group: object = None,
    ) -> int:
        """Write a page as a form XObject whose entries begin with ``header``.

        Raises:
            BackgroundError: something in it is not allowed, or too much.
        """
        if not isinstance(resources, pikepdf.Dictionary):
            resources = pikepdf.Dictionary()
        index = self._reserve()
        # A page's own dictionary has no number; the form that it becomes has.
        key = resources.objgen if resources.is_indirect else ("page", index)
        self._resources[key] = resources
        self._pages.append(resources)
        scope = Scope(key, key if self.quirks.borrowing else None)
        self._check_content(content)
        content = self._visible(content, resources)
        parts: Parts = [b"/Type/XObject/Subtype/Form" + header]
        parts += [b"/Resources ", *self._copy(resources, "resources", scope, 0)]
        if isinstance(group, pikepdf.Dictionary):
            # A page's group is isolated without saying so; a form's has to say it (11.4.7).
            entries = self._entries(group, KINDS["page group"], scope, 0)
            parts += [b"/Group<<", *entries, b"/I true>>"]
        parts.append(b"/Filter/FlateDecode")
        self.objects[index] = CompiledObject(_joined(parts), zlib.compress(content, 9))
        self._count_paints(index, content, resources, scope)
        self._finish()
        return index

    def painting(self, header: bytes, content: bytes, names: Mapping[bytes, int]) -> int:
        """Write a form of our own that paints forms written before."""
        parts: Parts = [b"/Type/XObject/Subtype/Form" + header + b"/Resources<</XObject<<"]
        for name, index in names.items():
            parts += [b"/" + name, index]
        parts.append(b">>>>")
        index = self._reserve()
        self.objects[index] = CompiledObject(_joined(parts), content)
        self._paints[index] = Counter(names.values())
        return index

    def appearance(self, stream: pikepdf.Object) -> int:
        """Write the form XObject that an annotation looks like.

        Raises:
            BackgroundError: something in it is not allowed, or too much.
        """
        index = self._index(stream, "form", Scope())
        self._finish()
        return index

    def intent(self, item: pikepdf.Object) -> int | None:
        """Write an output intent (14.11.5), if its profile is one."""
        profile = item.get("/DestOutputProfile")
        if not isinstance(profile, pikepdf.Stream) or not self._is_profile(profile):
            return None
        index = self._index(item, "output intent", Scope())
        self._finish()
        return index

    def read(self, stream: pikepdf.Object) -> bytes:
        """Return a stream's content, decoded, if it stays within the limits."""
        raw, filters = stream.read_raw_bytes(), filters_of(stream)
        self._charge(raw, filters)
        try:
            return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)
        except pikepdf.PdfError as error:
            # Broken off, mostly: viewers show what comes before.
            content = inflated(raw, filters, self._limits.stream)
            if not content:
                raise BackgroundError(Message("background.page_damaged")) from error
            return content

    def _reserve(self) -> int:
        self.objects.append(_EMPTY_FORM)
        if len(self.objects) > self._limits.objects:
            raise BackgroundError(Message("background.too_many_parts"))
        return len(self.objects) - 1

    def _finish(self) -> None:
        """Write all that was referred to. A list, since forms nest deeper than calls should."""
        while self._work:
            index, item, kind, scope = self._work.pop()
            if isinstance(item, pikepdf.Stream):
                self.objects[index] = self._stream(index, item, kind, scope)
            else:
                self.objects[index] = CompiledObject(_joined(self._direct(item, kind, scope, 0)))

    def _copy(self, item: object, kind: str, scope: Scope, depth: int) -> Parts:
        """Return the parts of an object in its role; nothing it may not hold comes along."""
        if depth > _MAX_DEPTH:
            raise BackgroundError(_TOO_DEEP)
        if kind == "xobject":
            return self._xobject(item, scope)
        if isinstance(item, pikepdf.Stream):
            return [self._index(item, kind, scope)] if KINDS[kind].stream else [b"null"]
        if isinstance(item, pikepdf.Dictionary | pikepdf.Array) and item.is_indirect:
            return [self._index(item, kind, scope)]
        return self._direct(item, kind, scope, depth)

    def _direct(self, item: object, kind: str, scope: Scope, depth: int) -> Parts:
        if isinstance(item, pikepdf.Dictionary):
            entries: Parts = []
            if kind == "font":
                self._note_font(item)
                entries = self._glyph_resources(item, scope)
            return [b"<<", *self._entries(item, KINDS[kind], scope, depth), *entries, b">>"]
        if isinstance(item, pikepdf.Array):
            values = list(item)
            if KINDS[kind].profiles and values and _is(values[0], "/ICCBased"):
                return self._icc_based(values, scope, depth)
            parts: Parts = [b"["]
            for value in values:
                parts += [*self._copy(value, KINDS[kind].items or VALUE, scope, depth + 1), b" "]
            return [*parts, b"]"]
        return [plain(item)]

    def _entries(self, owner: pikepdf.Object, kind: Kind, scope: Scope, depth: int) -> Parts:
        parts: Parts = []
        for key in sorted(owner.keys()):
            allowed = kind.each or kind.keys.get(key[1:])
            if allowed is None:
                continue
            value = owner[key]
            if value is not None:
                parts += [_name(key), b" "]
                parts += self._copy(value, allowed, scope, depth + 1)
        return parts

    def _index(self, item: pikepdf.Object, kind: str, scope: Scope) -> int:
        """Copy an object once, however often it is referred to, also by itself."""
        scope = self._identifying(item, kind, scope)
        index = self._copied_objects.get((item.objgen, kind, scope))
        if index is None:
            index = self._reserve()
            if item.is_indirect:
                self._copied_objects[item.objgen, kind, scope] = index
            if kind == "form":
                self._forms[index] = item.objgen
            self._work.append((index, item, kind, scope))
        return index

    def _identifying(self, item: pikepdf.Object, kind: str, scope: Scope) -> Scope:
        """Return what of a scope makes two copies of an object differ."""
        if kind not in SCOPED:
            return Scope()
        if kind == "font" and not _is(entry(item, "/Subtype"), "/Type3"):
            return Scope()
        if kind not in _HOLDERS:
            return scope
        number = item.objgen
        above = scope.above | {number} if number in self.quirks.cyclic else scope.above
        own = entry(item, "/Resources")
        if not isinstance(own, pikepdf.Dictionary):
            if kind == "form" and not self._uses_names(item):
                return Scope(above=above)
            return replace(scope, above=above)
        key = own.objgen if own.is_indirect else ("of", number)
        self._resources[key] = own
        return Scope(key, scope.page, above)

    def _uses_names(self, form: pikepdf.Object) -> bool:
        """Tell whether a form without resources misses any."""
        number = form.objgen
        if number not in self._naming:
            self._naming[number] = bool(_NAME.search(self.read(form)))
        return self._naming[number]

    def _scoped(self, key: Hashable, scope: Scope) -> Parts:
        """Copy resources that several forms may take as theirs."""
        if key is None:
            return [b"<<>>"]
        if (resources := self._resources[key]).is_indirect:
            return [self._index(resources, "resources", scope)]
        identity = ((0, 0), f"resources of {key!r}", scope)
        index = self._copied_objects.get(identity)
        if index is None:
            index = self._copied_objects[identity] = self._reserve()
            self._work.append((index, resources, "resources", scope))
        return [index]

    def _glyph_resources(self, font: pikepdf.Object, scope: Scope) -> Parts:
        """Glyphs that are drawings take resources of their font, or else of where they stand."""
        if not _is(entry(font, "/Subtype"), "/Type3") or scope.own is None:
            return []
        if isinstance(entry(font, "/Resources"), pikepdf.Dictionary):
            return []
        return [b"/Resources ", *self._scoped(scope.own, scope)]

    def _xobject(self, item: object, scope: Scope) -> Parts:
        """Copy a form or an image; in place of others, and of hidden ones, stands an empty form."""
        if isinstance(item, pikepdf.Stream) and not self._layers.is_hidden(entry(item, "/OC")):
            if _is(entry(item, "/Subtype"), "/Image"):
                return [self._index(item, "image", scope)]
            if _is(entry(item, "/Subtype"), "/Form") and item.objgen not in scope.above:
                return [self._index(item, "form", scope)]
        if self._empty is None:
            self._empty = self._reserve()
        return [self._empty]

    def _stream(self, index: int, item: pikepdf.Object, kind: str, scope: Scope) -> CompiledObject:
        if kind == "image":
            self._check_picture(item)
        parts: Parts = []
        if kind == "form":
            parts += [b"/Type/XObject/Subtype/Form"]
            parts += self._entries(item, FORM_WITHOUT_RESOURCES, scope, 0)
        else:
            parts += self._entries(item, KINDS[kind], scope, 0)
        raw, filters = item.read_raw_bytes(), filters_of(item)
        if kind not in CONTENT:
            self._charge(raw, filters)
        else:
            content = self.read(item) if raw else b""
            self._check_content(content)
            resources = entry(item, "/Resources")
            if kind == "form":
                resources = self._resources[scope.own]
                parts += [b"/Resources ", *self._form_resources(item, content, scope)]
            visible = self._visible(content, resources)
            self._count_paints(index, visible, resources, scope)
            if visible is not content or not _is_sound(filters):
                parts.append(b"/Filter/FlateDecode")
                return CompiledObject(_joined(parts), zlib.compress(visible, 9))
        return CompiledObject(_joined([*parts, *self._packing(item, filters)]), raw)

    def _form_resources(self, form: pikepdf.Object, content: bytes, scope: Scope) -> Parts:
        """Copy a form's resources, with what viewers look up in its page beside them."""
        own = self._resources[scope.own]
        if not isinstance(entry(form, "/Resources"), pikepdf.Dictionary):
            return self._scoped(scope.own, scope)
        if not self.quirks.borrowing:
            if any(self._borrowed(own, page, content) for page in self._pages):
                self.quirks |= Quirks(borrowing=True)
            return self._copy(own, "resources", scope, 1)
        page = self._resources.get(scope.page)
        borrowed = self._borrowed(own, page, content)
        if not borrowed or page is None:
            return self._copy(own, "resources", scope, 1)
        parts: Parts = [b"<<", *self._entries(own, KINDS["resources"], scope, 1)]
        parent = Scope(scope.page, scope.page, scope.above)
        for key in sorted(borrowed):
            parts += [_name(key), b" "]
            parts += self._copy(entry(page, key), KINDS["resources"].keys[key[1:]], parent, 2)
        return [*parts, b">>"]

    def _borrowed(
        self, own: pikepdf.Object, page: pikepdf.Object | None, content: bytes
    ) -> frozenset[str]:
        """Return the kinds of resources that content uses and only its page has."""
        if page is None or own is page:
            return frozenset()
        missing_permissions = [
            key
            for key in list(page.keys())
            if key[1:] in KINDS["resources"].keys
            and not isinstance(entry(own, key), pikepdf.Dictionary)
            and isinstance(entry(page, key), pikepdf.Dictionary)
        ]
        if not missing_permissions:
            return frozenset()
        used = {_decoded_name(name) for name in _NAME.findall(content)} | _DEFAULT_SPACES
        return frozenset(
            key for key in missing_permissions if not used.isdisjoint(page[key].keys())
        )

    def _packing(self, item: pikepdf.Object, filters: tuple[str, ...]) -> Parts:
        """Write filters and their parameters: both as arrays, as strict readers want."""
        if not filters:
            return []
        names = b"".join(_name("/" + name) for name in filters)
        parameters = parameters_of(item)
        if not any(isinstance(each, pikepdf.Dictionary) for each in parameters):
            return [b"/Filter[", names, b"]"]
        parts: Parts = [b"/Filter[", names, b"]/DecodeParms["]
        for each in parameters[: len(filters)]:
            parts += [*self._copy(each, "filter parameters", Scope(), 1), b" "]
        return [*parts, b"null " * (len(filters) - len(parameters)), b"]"]

    def _charge(self, raw: bytes, filters: tuple[str, ...]) -> None:
        self._left -= len(inflated(raw, filters, min(self._limits.stream, self._left)))

    def _icc_based(self, values: Sequence[object], scope: Scope, depth: int) -> Parts:
        """Copy a profile's colour space; in place of no sound profile stands what it refines."""
        profile = values[1] if len(values) > 1 else None
        if not isinstance(profile, pikepdf.Stream):
            return [b"[/ICCBased null]"]
        if self._is_profile(profile):
            return [b"[/ICCBased ", self._index(profile, "profile", scope), b"]"]
        alternate = entry(profile, "/Alternate")
        if alternate is not None and not _is(alternate, "/Pattern"):
            return self._copy(alternate, "colour space", scope, depth + 1)
        spaces = {1: b"/DeviceGray", 3: b"/DeviceRGB", 4: b"/DeviceCMYK"}
        return [spaces.get(_whole(entry(profile, "/N")), b"null")]

    def _is_profile(self, stream: pikepdf.Object) -> bool:
        number = stream.objgen
        if number not in self._profiles:
            try:
                content = self.read(stream)
            except BackgroundError:
                content = b""
            self._profiles[number] = is_profile(content, _whole(entry(stream, "/N")))
        return self._profiles[number]

    def _check_picture(self, item: pikepdf.Object) -> None:
        self._check_pixels(_whole(entry(item, "/Width")), _whole(entry(item, "/Height")))
        if "DCTDecode" not in filters_of(item)[:1]:
            return
        try:
            file = jpeg.read_file(item.read_raw_bytes())
        except ImageError:  # cut off, mostly: viewers show what there is, and so does the trial
            return
        self._check_pixels(file.width, file.height)  # viewers believe the JPEG itself
        try:
            jpeg.check_scans(file)
        except ImageError as error:
            raise BackgroundError(Message("background.image_too_many_layers")) from error

    def _check_pixels(self, width: int, height: int) -> None:
        if width * height > self._limits.pixels:
            most = self._limits.pixels // 1_000_000
            message = Message("background.image_too_large", width=width, height=height, most=most)
            raise BackgroundError(message)

    def _check_content(self, content: bytes) -> None:
        if len(content) > self._limits.content:
            most = self._limits.content // 1_000_000
            raise BackgroundError(Message("background.page_too_complex", most=most))

    def _visible(self, content: bytes, resources: pikepdf.Object | None) -> bytes:
        """Return content without its hidden layers: the same bytes, if there are none."""
        properties = entry(resources, "/Properties")
        names = properties.keys() if isinstance(properties, pikepdf.Dictionary) else ()
        hidden = frozenset(key for key in names if self._layers.is_hidden(entry(properties, key)))
        if not hidden:
            return content
        with pikepdf.new() as scratch:
            stream = scratch.make_stream(content)
            return without_hidden(pikepdf.parse_content_stream(stream), hidden)

    def _count_paints(
        self, index: int, content: bytes, resources: pikepdf.Object | None, scope: Scope
    ) -> None:
        """Note which forms a content stream paints, and how often; and whether in RGB black."""
        self.has_rgb_black = self.has_rgb_black or sets_rgb_black(content)
        xobjects = entry(resources, "/XObject")
        paints: Counter[Identity] = Counter()
        for written, count in Counter(_DO.findall(content)).items():
            item = entry(xobjects, _decoded_name(written))
            if isinstance(item, pikepdf.Stream) and item.objgen not in scope.above:
                paints[item.objgen, "form", self._identifying(item, "form", scope)] += count
        self._paints[index] = paints

    def check_forms(self, pages: Iterable[int]) -> None:
        """Refuse forms that paint forms that paint forms: a page of 2 kB can ask for 10^9."""
        painted = {index: self._painted(paints) for index, paints in self._paints.items()}
        order, cyclic = _bottom_up(painted)
        if cyclic:
            numbers = frozenset(self._forms[index] for index in cyclic if index in self._forms)
            if numbers <= self.quirks.cyclic:
                raise BackgroundError(Message("background.cyclic"))
            self.quirks |= Quirks(cyclic=numbers)
            return
        totals: dict[int, int] = {}
        depths: dict[int, int] = {}
        for index in order:
            inner = painted.get(index, {})
            totals[index] = 1 + sum(count * totals[form] for form, count in inner.items())
            depths[index] = 1 + max((depths[form] for form in inner), default=-1)
        pages = tuple(pages)
        if max((totals[page] for page in pages), default=0) > self._limits.forms:
            raise BackgroundError(Message("background.repeats"))
        if max((depths[page] for page in pages), default=0) > _MAX_FORMS:
            raise BackgroundError(_TOO_DEEP)

    def _painted(self, paints: Counter[int] | Counter[Identity]) -> dict[int, int]:
        indices = (
            (self._copied_objects.get(item) if isinstance(item, tuple) else item, count)
            for item, count in paints.items()
        )
        return {index: count for index, count in indices if index is not None}

    def _note_font(self, font: pikepdf.Object) -> None:
        """Remember fonts that do not come with their glyphs."""
        descriptor = entry(font, "/FontDescriptor")
        subtype = entry(font, "/Subtype")
        if _is(subtype, "/Type3") or _is(subtype, "/Type0"):
            return
        files = ("/FontFile", "/FontFile2", "/FontFile3")
        if not any(entry(descriptor, key) is not None for key in files):
            self.missing_fonts.add(name_of(entry(font, "/BaseFont")) or "?")


def _bottom_up(painted: Mapping[int, Mapping[int, int]]) -> tuple[list[int], set[int]]:
    """Return forms so that each comes after those it paints, and those that paint themselves."""
    waiting = {index: len(forms) for index, forms in painted.items()}
    painters: dict[int, list[int]] = {}
    for index, forms in painted.items():
        for form in forms:
            painters.setdefault(form, []).append(index)
            waiting.setdefault(form, 0)
    order = [index for index, count in waiting.items() if not count]
    for index in order:  # grows
        for painter in painters.get(index, ()):
            waiting[painter] -= 1
            if not waiting[painter]:
                order.append(painter)
    left = set(waiting) - set(order)
    # Of the rest, those that no other one of the rest paints only lead to a circle.
    while True:
        inside = {form for index in left for form in painted.get(index, ()) if form in left}
        if inside == left:
            return order, left
        left = inside


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
            return item.unparse(resolved=True)  # a reference would point into the source
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


def entry(owner: object, key: str) -> pikepdf.Object | None:
    """Return an entry of a dictionary or stream, whatever bytes its name consists of."""
    if not isinstance(owner, pikepdf.Dictionary | pikepdf.Stream):
        return None
    if key.isascii():
        return owner.get(key)
    return owner[key] if key in set(owner.keys()) else None


def name_of(item: object) -> str | None:
    """Return a name without its slash; bytes that are no UTF-8 are told from others.

    >>> name_of(pikepdf.Object.parse(b"/A#ff"))
    'A\\ufffd'
    """
    if not isinstance(item, pikepdf.Name):
        return None
    return bytes(item)[1:].decode("utf-8", "replace")


def _is(item: object, name: str) -> bool:
    return isinstance(item, pikepdf.Name) and bytes(item) == name.encode("ascii")


def sets_rgb_black(content: bytes) -> bool:
    """Tell whether page content sets a colour of three components that are all 0."""
    return any(
        len(operands) == 3 and not any(operand.strip(b"+-0.") for operand in operands)
        for operands in map(bytes.split, _THREE_COMPONENTS.findall(content))
    )


def filters_of(stream: pikepdf.Object) -> tuple[str, ...]:
    """Return the filters that are left to undo, by their long names.

    Viewers know the short ones everywhere, and what ``Crypt`` ciphered is deciphered already.
    """
    names = map(name_of, _listed(stream.get("/Filter")))
    return tuple(_FILTERS.get(name, name) for name in names if name and name != "Crypt")


def parameters_of(stream: pikepdf.Object) -> list[object]:
    """Return the parameters of the filters in ``filters_of``."""
    parameters = _listed(stream.get("/DecodeParms"))
    crypt = [
        place for place, name in enumerate(_listed(stream.get("/Filter"))) if _is(name, "/Crypt")
    ]
    return [each for place, each in enumerate(parameters) if place not in crypt]


def _listed(item: object) -> list[object]:
    if isinstance(item, pikepdf.Array):
        return list(item)
    return [] if item is None else [item]


def _is_sound(filters: tuple[str, ...]) -> bool:
    """Tell whether content may stay packed as it is; pictures' filters are no way to pack it."""
    return PICTURES.isdisjoint(filters)


def _whole(value: object) -> int:
    return max(0, int(value)) if isinstance(value, int | Decimal) else 0


def _name(key: str) -> bytes:
    """Write a key, which may hold bytes that are no UTF-8."""
    data = key[1:].encode("utf-8", "surrogateescape")
    return b"/" + re.sub(rb"[^A-Za-z0-9_.+*-]", lambda byte: b"#%02X" % ord(byte[0]), data)


def _decoded_name(written: bytes) -> str:
    decoded = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes((int(code[1], 16),)), written)
    return "/" + decoded.decode("utf-8", "surrogateescape")
