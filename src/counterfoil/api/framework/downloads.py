"""Answers that are files: results of jobs, pictures, PDFs made on the spot.

A result answers 200 when it is there, 409 while it is being made, 410 when it never will be, and
404 when there is none, or none any more.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from counterfoil.accounts.actors import Actor
from counterfoil.api.framework.stored_files import Download, stored_file
from counterfoil.jobs.models import Job
from counterfoil.jobs.queries import JobState, Phase, state_of
from counterfoil.printing.access_log import record_print_download
from counterfoil.printing.models import RenderRequest

PDF = "application/pdf"
PNG = "image/png"
_NOT_THE_REQUESTER = gettext_noop(
    "Only the token or user that asked for this file can download it."
)
_RETRY_AFTER_S = "1"


class _FileRenderer(BaseRenderer):
    """Lets a client ask for a type by ``Accept`` or ``?format=``; the view writes the bytes."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return bytes(data)


class PdfRenderer(_FileRenderer):
    media_type = PDF
    format = "pdf"


class PngRenderer(_FileRenderer):
    media_type = PNG
    format = "png"


class FileAnswers(APIView):
    """A view that answers with a file, and with JSON if there is none."""

    renderer_classes: Any = (JSONRenderer, PdfRenderer)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        if isinstance(response, Response):
            response.accepted_renderer = JSONRenderer()
            response.accepted_media_type = JSONRenderer.media_type
        return response


def answer_result(
    request: Request,
    render_request: RenderRequest | None,
    *,
    actor: Actor,
    filename: str,
    is_for_all: bool = False,
) -> HttpResponseBase:
    """Answer a request for a printed file, and write down that it was handed out.

    Args:
        actor: must have asked for it, unless it ``is_for_all`` who may read the orders.

    Raises:
        NotFound: there is no such file, or it has expired.
    """
    if render_request is None:
        raise NotFound(_("There is no such file, or it has expired."))
    if not is_for_all and render_request.requested_by != actor.key:
        return _failed(_(_NOT_THE_REQUESTER))
    state = state_of(render_request.job)
    match state.phase:
        case Phase.UNDER_WAY:
            return under_way(render_request.job, state)
        case Phase.FAILED | Phase.CANCELLED:
            return _failed(state.message)
        case _:
            response = _file(request, render_request, filename)
            if hands_out(request, response):
                record_print_download(actor=actor, request=render_request)
            return response


def hands_out(request: Request, response: HttpResponseBase) -> bool:
    """Tell whether a file sets out with this answer: further parts of it belong to the same."""
    later = re.match(r"bytes=0*[1-9]", request.headers.get("Range", ""))
    return (
        request.method == "GET"
        and response.status_code < 400
        and (later is None and response.status_code != status.HTTP_304_NOT_MODIFIED)
    )


def under_way(job: Job, state: JobState) -> Response:
    """Answer that a job is still being worked on, and how far it is."""
    body = {"status": job.state, "progress": {"done": state.done, "total": state.total}}
    headers = {"Retry-After": _RETRY_AFTER_S}
    return Response(body, status=status.HTTP_409_CONFLICT, headers=headers)


def bytes_answer(content: bytes, *, content_type: str, filename: str) -> HttpResponse:
    """Answer with bytes that were made on the spot, to be looked at."""
    response = HttpResponse(content, content_type=content_type)
    disposition = content_disposition_header(as_attachment=False, filename=filename)
    response["Content-Disposition"] = disposition or "inline"
    response["Content-Length"] = str(len(content))
    response["Cache-Control"] = "private, no-store"
    return response


def _failed(message: str) -> Response:
    return Response({"status": "failed", "message": message}, status=status.HTTP_410_GONE)


def _file(request: Request, render_request: RenderRequest, filename: str) -> HttpResponseBase:
    if (
        render_request.job.result_file is None
        or state_of(render_request.job).phase is Phase.EXPIRED
    ):
        raise NotFound(_("There is no such file, or it has expired."))
    try:
        return stored_file(
            request,
            Download(
                name=render_request.job.result_file,
                filename=filename,
                content_type=PDF,
                etag=render_request.file_id.hex,
                until=render_request.job.expires,
            ),
        )
    except FileNotFoundError:
        raise NotFound(_("There is no such file, or it has expired.")) from None
