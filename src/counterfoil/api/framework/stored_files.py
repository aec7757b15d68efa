"""Serves stored files, whole or in part (RFC 9110, section 14), in flat memory.

COUNTERFOIL_DOWNLOADS says who sends the bytes. We decide in any case who may have them, and until
when.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from rest_framework.request import Request

from counterfoil.api.framework.conditional import early_answer
from counterfoil.core import clock
from counterfoil.files import delivery
from counterfoil.files.services import size
from counterfoil.ops.responses import CompactJsonResponse

_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,20})-([0-9]{0,20})", re.IGNORECASE)
_LINK_S = 300


class Unsatisfiable(Exception):
    """No byte of the requested range exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A stored file as somebody is to get it.

    ``etag`` must be the same as long as every byte is. After ``until`` nobody gets it any more.
    """

    name: str
    filename: str
    content_type: str
    etag: str
    until: datetime | None = None

    @property
    def disposition(self) -> str:
        header = content_disposition_header(as_attachment=True, filename=self.filename)
        return header or "attachment"

    @property
    def seconds_left(self) -> int:
        if self.until is None:
            return _LINK_S
        return max(1, int((self.until - clock.now()).total_seconds()))


def stored_file(request: Request, download: Download) -> HttpResponseBase:
    """Answer with a stored file, or with the requested range of it.

    Several ranges at once get the whole.

    Raises:
        FileNotFoundError: it is gone.
    """
    total = size(download.name)
    if settings.DOWNLOADS == "accel":
        response = _proxy_response(download)
    elif settings.DOWNLOADS == "presigned" and request.method != "HEAD":
        response = _bucket_redirect(download)
    else:
        response = _file_response(request, download, total)
    response["Cache-Control"] = "private"
    return response


def _proxy_response(download: Download) -> HttpResponseBase:
    """Let the proxy do it, ranges and ETag included: those are its own."""
    response = HttpResponse(content_type=download.content_type)
    response["Content-Disposition"] = download.disposition
    response["X-Accel-Redirect"] = delivery.accel_path(download.name)
    return response


def _bucket_redirect(download: Download) -> HttpResponseBase:
    """Send the client on, with a link that is of no use for long."""
    link = delivery.presigned_url(
        download.name,
        disposition=download.disposition,
        content_type=download.content_type,
        seconds=min(_LINK_S, download.seconds_left),
    )
    return HttpResponseRedirect(link)


def _file_response(request: Request, download: Download, total: int) -> HttpResponseBase:
    quoted = f'"{download.etag}"'
    response: HttpResponseBase | None = early_answer(request, etag=quoted)
    if response is None:
        response = _answer(request, download, total)
        response["Content-Disposition"] = download.disposition
    response["ETag"] = quoted
    response["Accept-Ranges"] = "bytes"
    return response


def _answer(request: Request, download: Download, total: int) -> HttpResponseBase:
    try:
        part = _part_of(request, f'"{download.etag}"', total)
    except Unsatisfiable:
        body = {"detail": _("The file has %(total)d bytes.") % {"total": total}}
        return CompactJsonResponse(body, status=416, headers={"Content-Range": f"bytes */{total}"})
    first, last = part or (0, total - 1)
    answer = _FileAnswer(
        () if request.method == "HEAD" or not total else _Part(download.name, first, last),
        status=206 if part else 200,
        content_type=download.content_type,
    )
    answer["Content-Length"] = str(last - first + 1)
    if part:
        answer["Content-Range"] = f"bytes {first}-{last}/{total}"
    return answer


def _part_of(request: Request, etag: str, total: int) -> tuple[int, int] | None:
    """Return the first and the last requested byte, or None for the whole.

    Raises:
        Unsatisfiable: the range begins behind the end.
    """
    condition = request.headers.get("If-Range")
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if match is None or (condition is not None and condition != etag):
        return None
    begin, end = match.groups()
    if not begin and not end:
        return None
    if not begin:
        first, last = max(total - int(end), 0), total - 1
    else:
        first, last = int(begin), min(int(end or total), total - 1)
    if begin and end and int(begin) > int(end):
        return None  # no range at all: to be ignored
    if first > last:
        raise Unsatisfiable
    return first, last


class _Part:
    """The bytes of a file from the first to the last; closes the file even if nobody reads."""

    def __init__(self, name: str, first: int, last: int) -> None:
        opened = delivery.open_part(name, first, last)
        self._stream = opened.stream
        self._close = opened.stream.close  # Django puts another into its place
        self._size = last - first + 1
        self.file = opened.stream if opened.is_local else None

    def __iter__(self) -> Iterator[bytes]:
        left = self._size
        while left and (chunk := self._stream.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._close()


class _FileAnswer(StreamingHttpResponse):
    """Offers the web server the file itself, from its current position, for Content-Length bytes.

    The embedded server then sends it from its one loop, and gunicorn by ``sendfile``; a thread
    that had to wait for each slow client would soon be none.
    """

    block_size = _CHUNK
    file_to_stream: IO[bytes] | None = None

    def __init__(self, part: Iterable[bytes], *, status: int, content_type: str) -> None:
        super().__init__(part, status=status, content_type=content_type)
        if isinstance(part, _Part):
            self.file_to_stream = part.file
