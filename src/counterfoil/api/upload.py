"""Takes a file ahead of the request that will use it. Checks of content are the files room's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.urls import path
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.base import ApiView
from counterfoil.core.refusals import Invalid
from counterfoil.files.models import Upload
from counterfoil.files.uploads import TYPES, store_upload


class RawParser(BaseParser):
    """Hands the body on as a stream, whatever its type: the service judges types."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return {"file": stream}


class UploadedSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()


class UploadView(ApiView[Upload]):
    """A file to be named as ``file:<uuid>`` in a later request, within a day."""

    noun = "upload"
    example = {"id": "file:1cd99455-1ebd-4cda-b1a2-7a7d2a969ad1"}
    parser_classes = (RawParser,)
    serializer_class = UploadedSerializer

    def find_scope(self) -> bool:
        return self.actor.may_change_something()

    def get_authenticate_header(self, request: Request) -> str:
        return ""  # observed: without credentials this is a 403

    @extend_schema(
        request=dict.fromkeys(TYPES, OpenApiTypes.BINARY), responses={201: UploadedSerializer}
    )
    def create(self, request: Request) -> Response:
        name = _filename_in(request)
        if not name:
            raise ParseError(
                _("Missing filename. Send a Content-Disposition header with filename=….")
            )
        kind, _parameters = parse_header_parameters(request.content_type or "")
        if not isinstance(request.data, dict) or "file" not in request.data:
            return Response([_("The submitted file is empty.")], status=status.HTTP_400_BAD_REQUEST)
        try:
            upload = store_upload(self.actor.key, name, kind, request.data["file"])
        except Invalid as refusal:  # observed: a bare list, not an object
            return Response(refusal.sentences, status=status.HTTP_400_BAD_REQUEST)
        return Response({"id": f"file:{upload.pk}"}, status=status.HTTP_201_CREATED)


def _filename_in(request: Request) -> str:
    header = request.headers.get("Content-Disposition", "")
    _kind, parameters = parse_header_parameters(header)
    return parameters.get("filename", "").replace("\x00", "")


routes = [path("upload", UploadView.as_view({"post": "create"}), name="upload")]
