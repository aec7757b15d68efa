"""Takes a file ahead of the request that will use it. Checks of content are the files room's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import path
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts.permissions import EVENT_PERMISSIONS, ORGANIZER_PERMISSIONS
from counterfoil.api.framework.permissions import Needs
from counterfoil.api.framework.views import ApiView
from counterfoil.core.refusals import Invalid
from counterfoil.files.models import Upload
from counterfoil.files.uploads import TYPES, store_upload

FORM = "multipart/form-data"


class FileBodyParser(BaseParser):
    """Finds the file in a form, or takes the whole body for it: the service judges types."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        kind, parameters = parse_header_parameters(media_type or "")
        if kind != FORM or "boundary" not in parameters:
            return {"file": stream}
        form: Any = MultiPartParser().parse(stream, media_type, parser_context)
        upload: UploadedFile[bytes] | None = form.files.get("file")
        if upload is None or not upload.size:
            raise serializers.ValidationError([_("The submitted file is empty.")])
        return {"file": upload}


_MULTIPART_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
    "required": ["file"],
}


class UploadedSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()


class UploadView(ApiView[Upload]):
    """A file to be named as ``file:<uuid>`` in a later request, within a day.

    Send it as the body, with its name in ``Content-Disposition``, or as ``file`` in a form.
    """

    verbose_name = "upload"
    example = {"id": "file:1cd99455-1ebd-4cda-b1a2-7a7d2a969ad1"}
    parser_classes = (FileBodyParser,)
    serializer_class = UploadedSerializer

    #: Any permission about more than reading: what is uploaded is for a later request that writes.
    write_permissions = tuple(
        permission
        for permission in (*EVENT_PERMISSIONS, *ORGANIZER_PERMISSIONS)
        if not permission.endswith(":read")
    )

    def has_permission(self, permissions: Needs) -> bool:
        return self.actor.may_change_something()

    def get_authenticate_header(self, request: Request) -> str:
        return ""  # observed: without credentials this is a 403

    @extend_schema(
        request={FORM: _MULTIPART_SCHEMA, **dict.fromkeys(TYPES, OpenApiTypes.BINARY)},
        responses={201: UploadedSerializer},
    )
    def create(self, request: Request) -> Response:
        sent = request.data.get("file") if isinstance(request.data, dict) else None
        if isinstance(sent, UploadedFile):
            name, kind = sent.name or "", sent.content_type or ""
        else:
            name, kind = _filename_in(request), request.content_type or ""
        if not name:
            raise ParseError(
                _("Missing filename. Send a Content-Disposition header with filename=….")
            )
        if sent is None:
            return Response([_("The submitted file is empty.")], status=status.HTTP_400_BAD_REQUEST)
        kind, _parameters = parse_header_parameters(kind)
        try:
            upload = store_upload(self.actor.key, name, kind, sent)
        except Invalid as refusal:  # observed: a bare list, not an object
            return Response(refusal.sentences, status=status.HTTP_400_BAD_REQUEST)
        return Response({"id": f"file:{upload.pk}"}, status=status.HTTP_201_CREATED)


def _filename_in(request: Request) -> str:
    header = request.headers.get("Content-Disposition", "")
    _kind, parameters = parse_header_parameters(header)
    return parameters.get("filename", "").replace("\x00", "")


routes = [path("upload", UploadView.as_view({"post": "create"}), name="upload")]
