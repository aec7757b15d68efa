"""``renderjobs``, an addition to the pretix API: the state of a print job and its preflight."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.fields import Moment
from counterfoil.api.framework.views import EventView
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.reports import findings_in_english
from counterfoil.printing.services import cancel_render


class ProgressSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField(source="progress_done")
    total = serializers.IntegerField(source="progress_total")


class RenderJobSerializer(serializers.ModelSerializer[RenderRequest]):
    """``id`` is the first UUID of the download URL. ``preflight`` is null until the job is done."""

    id = serializers.UUIDField(source="job_id")
    state = serializers.CharField(source="job.state")
    progress = ProgressSerializer(source="job")
    created = Moment()
    started = Moment(source="job.started", allow_null=True)
    finished = Moment(source="job.finished", allow_null=True)
    expires = Moment(source="job.expires", allow_null=True)
    message = serializers.CharField(source="job.message")
    pages = serializers.SerializerMethodField()
    preflight = serializers.SerializerMethodField()

    class Meta:
        model = RenderRequest
        fields = (
            "id",
            "state",
            "progress",
            "created",
            "started",
            "finished",
            "expires",
            "message",
            "pages",
            "preflight",
        )

    def get_pages(self, request: RenderRequest) -> int | None:
        return (request.job.result or {}).get("pages")

    def get_preflight(self, request: RenderRequest) -> list[dict[str, Any]] | None:
        """Return the findings in English, whatever the language of the client."""
        return findings_in_english((request.job.result or {}).get("findings"))


class RenderJobView(EventView[RenderRequest]):
    """Only the credential that requested a print can read its state and cancel it."""

    verbose_name = "print job"
    example = {
        "id": "29891ede-196f-4942-9e26-d055a36e98b8",
        "state": "done",
        "progress": {"done": 7, "total": 7},
        "created": "2026-10-01T10:00:00+02:00",
        "started": "2026-10-01T10:00:01+02:00",
        "finished": "2026-10-01T10:00:02+02:00",
        "expires": "2026-10-02T10:00:02+02:00",
        "message": "",
        "pages": 7,
        "preflight": [
            {
                "concern": "overflows_box",
                "layout": "Default layout",
                "pointer": "/3",
                "count": 1,
                "first": [
                    {"ticket": "A3K7C-1", "detail": "The text does not fit its box, 60.0 mm wide."}
                ],
            }
        ],
    }
    serializer_class = RenderJobSerializer
    read_permissions = ("event.orders:read",)
    write_permissions = ("event.orders:read",)
    lookup_url_kwarg = "job"

    def get_queryset(self) -> QuerySet[RenderRequest]:
        requests = RenderRequest.objects.select_related("job")
        return requests.filter(event=self.event, requested_by=self.actor.key)

    def retrieve(self, request: Request, *args: Any, job: UUID, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    def destroy(self, request: Request, *args: Any, job: UUID, **kwargs: Any) -> Response:
        """Cancel a print job that has not ended."""
        cancel_render(actor=self.actor, request=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/renderjobs/<job_id:job>/",
        RenderJobView.as_view({"get": "retrieve", "delete": "destroy"}),
        name="renderjob-detail",
    )
]
