"""Sends static files: ours from memory, modules without their comments, texts deflated.

Modules are written for people, with types in comments, and sent without either: a third of them.
"""

from __future__ import annotations

import gzip
import io
import mimetypes
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from rjsmin import jsmin
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import NOT_ALLOWED_RESPONSE, Response

from counterfoil.web.framework.static_version import FOLDER

_MINIFIED = ".min.js"
#: Types that not every system knows.
_FONTS = {".woff2": "font/woff2"}


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """WhiteNoise, which knows what is where; all addresses name an edition, see ``assets``."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        if not Path(path).is_relative_to(FOLDER):
            return super().get_static_file(path, url, stat_cache)
        return _Kept(Path(path), f"max-age={self.FOREVER}, public, immutable")

    def immutable_file_test(self, path: str, url: str) -> bool:
        return True


class _Kept:
    """One small file in memory, as it is and deflated."""

    def __init__(self, path: Path, caching: str) -> None:
        content = path.read_bytes()
        if path.suffix == ".js" and not path.name.endswith(_MINIFIED):
            content = jsmin(content.decode()).encode()
        self._content = content
        self._deflated = gzip.compress(content, mtime=0)
        kind = _FONTS.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        kind = kind or "application/octet-stream"
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        self._headers = [
            ("Content-Type", kind + charset),
            ("Cache-Control", caching),
            ("Vary", "Accept-Encoding"),
        ]

    def get_response(self, method: str, request_headers: Mapping[str, str]) -> Response:
        if method not in {"GET", "HEAD"}:
            return NOT_ALLOWED_RESPONSE
        takes_deflated = "gzip" in request_headers.get("HTTP_ACCEPT_ENCODING", "")
        content = self._deflated if takes_deflated else self._content
        headers = [*self._headers, ("Content-Length", str(len(content)))]
        if takes_deflated:
            headers.append(("Content-Encoding", "gzip"))
        return Response(HTTPStatus.OK, headers, io.BytesIO(content) if method == "GET" else None)
