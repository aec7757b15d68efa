"""``batchjobs``, an addition to the pretix API: the state of a batch request."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.fields import Moment
from counterfoil.api.framework.views import EventView
from counterfoil.api.printing.renderjobs import ProgressSerializer
from counterfoil.batches import services
from counterfoil.batches.models import BatchRequest


class BatchJobSerializer(serializers.ModelSerializer[BatchRequest]):
    """``id`` is the UUID of the check URL. ``batch`` is null until the batch exists."""

    id = serializers.UUIDField(source="job_id")
    state = serializers.CharField(source="job.state")
    progress = ProgressSerializer(source="job")
    created = Moment()
    started = Moment(source="job.started", allow_null=True)
    finished = Moment(source="job.finished", allow_null=True)
    message = serializers.CharField(source="job.message")

    class Meta:
        model = BatchRequest
        fields = (
            "id",
            "state",
            "progress",
            "created",
            "started",
            "finished",
            "message",
            "batch",
        )


class BatchJobView(EventView[BatchRequest]):
    """The state of a batch request, for everybody who may read orders."""

    verbose_name = "making of a batch"
    example: ClassVar[Any] = {
        "id": "29891ede-196f-4942-9e26-d055a36e98b8",
        "state": "done",
        "progress": {"done": 7, "total": 7},
        "created": "2026-10-01T10:00:00+02:00",
        "started": "2026-10-01T10:00:01+02:00",
        "finished": "2026-10-01T10:00:02+02:00",
        "message": "",
        "batch": 1,
    }
    serializer_class = BatchJobSerializer
    read_permissions = ("event.orders:read",)
    write_permissions = ("event.orders:write",)
    lookup_url_kwarg = "job"

    def get_queryset(self) -> QuerySet[BatchRequest]:
        requests = BatchRequest.objects.filter(event=self.event)
        return requests.select_related("job", "event__organizer")

    def retrieve(self, request: Request, *args: Any, job: UUID, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    def destroy(self, request: Request, *args: Any, job: UUID, **kwargs: Any) -> Response:
        """Cancel a batch request."""
        services.cancel_request(actor=self.actor, request=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/batchjobs/<job_id:job>/",
        BatchJobView.as_view({"get": "retrieve", "delete": "destroy"}),
        name="batchjob-detail",
    )
]
