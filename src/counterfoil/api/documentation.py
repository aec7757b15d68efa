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

from counterfoil.api.schema import described


class SchemaView(APIView):
    """The description, in YAML or JSON. It is the same for everybody, so it is written once."""

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
        content = _written(in_json="json" in (renderer.media_type or ""))
        return HttpResponse(content, content_type=renderer.media_type or "")


@functools.cache
def _written(*, in_json: bool) -> str | bytes:
    renderer = OpenApiJsonRenderer() if in_json else OpenApiYamlRenderer()
    return renderer.render(described(), renderer_context={})


routes = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"]),
        name="docs",
    ),
]
