"""The description of the API, as a file and as a page; its assets come from this server."""

from __future__ import annotations

import functools

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.schema import described


class SchemaView(APIView):
    """The description, in YAML or JSON: written once, as only the server's address differs."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    http_method_names = ["get", "head", "options"]
    renderer_classes = (
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
        OpenApiJsonRenderer,
        OpenApiJsonRenderer2,
    )

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        written = _written(in_json="json" in (renderer.media_type or ""))
        server = absolute(request, "/").rstrip("/").encode()
        content = written.replace(_SERVER.encode(), server, 1)
        return HttpResponse(content, content_type=renderer.media_type or "")


#: Stands for the server's address in what is written once.
_SERVER = "https://this-server.invalid"


@functools.cache
def _written(*, in_json: bool) -> bytes:
    renderer = OpenApiJsonRenderer() if in_json else OpenApiYamlRenderer()
    content: bytes = renderer.render(described(_SERVER), renderer_context={})
    return content


routes = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"]),
        name="docs",
    ),
]
