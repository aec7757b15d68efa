"""What a client asks about the service itself: version, who am I, what did you answer."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.accounts import idempotency as records
from counterfoil.accounts.actors import DeviceActor, TokenActor
from counterfoil.accounts.idempotency import KeyUse, StillRunning
from counterfoil.accounts.models import Team
from counterfoil.api.framework import idempotency
from counterfoil.api.framework.links import absolute
from counterfoil.api.framework.views import ApiView

#: Clients compare it with the version that brought a feature: the one whose API this is.
PRETIX_VERSION = "2026.8.0"
PRETIX_NUMERIC = 20260080005000


class VersionSerializer(serializers.Serializer[Any]):
    pretix = serializers.CharField()
    pretix_numeric = serializers.IntegerField()


class RootSerializer(serializers.Serializer[Any]):
    organizers = serializers.URLField()


class CredentialsSerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["token", "device", "user"])
    name = serializers.CharField()
    organizer = serializers.CharField(allow_null=True)


class VersionView(ApiView[Team]):
    """Which version of the API this is."""

    verbose_name = "version"
    example = {"pretix": PRETIX_VERSION, "pretix_numeric": PRETIX_NUMERIC}
    serializer_class = VersionSerializer

    def get_authenticate_header(self, request: Request) -> str:
        return ""  # observed: without credentials this is a 403

    def retrieve(self, request: Request) -> Response:
        return Response(self.example)


class RootView(ApiView[Team]):
    """Where the API begins."""

    verbose_name = "root"
    example = {"organizers": "https://tickets.example.org/api/v1/organizers/"}
    serializer_class = RootSerializer

    def retrieve(self, request: Request) -> Response:
        return Response({"organizers": absolute(request, reverse("organizer-list"))})


class MeView(ApiView[Team]):
    """Who the credentials belong to."""

    verbose_name = "credentials"
    example = {"type": "token", "name": "Box office", "organizer": "bigevents"}
    serializer_class = CredentialsSerializer

    def retrieve(self, request: Request) -> Response:
        return Response(_described(self.actor))


class IdempotencyView(ApiView[Team]):
    """The stored answer to a request with an idempotency key."""

    verbose_name = "kept answer"
    example = {"id": 1, "name": "Whatever was answered to the first request."}

    @extend_schema(
        parameters=[OpenApiParameter("key", str, required=True, description="The key.")],
        responses={"2XX": OpenApiTypes.ANY},
    )
    def retrieve(self, request: Request) -> HttpResponse | Response:
        use = KeyUse.of(self.actor.key, request.query_params.get("key", ""))
        stored = records.stored_answer(use)
        if stored is not None and stored.subject:
            raise StillRunning(
                _(
                    "The first request with this key was carried out, but its answer is not stored"
                    " yet. Send it again."
                )
            )
        if stored is not None:
            return idempotency.replay(stored)
        if records.is_running(use):
            raise StillRunning(_("The first request with this key is still running."))
        raise NotFound(_("Nothing was kept for this key."))


def _described(actor: Any) -> dict[str, Any]:
    if isinstance(actor, TokenActor):
        token = actor.token
        return {"type": "token", "name": token.name, "organizer": token.team.organizer.slug}
    if isinstance(actor, DeviceActor):
        device = actor.device
        return {"type": "device", "name": device.name, "organizer": device.organizer.slug}
    return {"type": "user", "name": str(actor.user), "organizer": None}


routes = [
    path("", RootView.as_view({"get": "retrieve"}), name="root"),
    path("version", VersionView.as_view({"get": "retrieve"}), name="version"),
    path("me", MeView.as_view({"get": "retrieve"}), name="me"),
    path(
        "idempotency_query",
        IdempotencyView.as_view({"get": "retrieve"}),
        name="idempotency-query",
    ),
]
