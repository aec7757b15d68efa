"""The rig's door: POST a job, and be told its id once it is committed."""

from __future__ import annotations

import json
import threading

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from counterfoil.core.refusals import Unavailable
from counterfoil.jobs import services


@csrf_exempt
def jobs(request: HttpRequest) -> HttpResponse:
    wanted = json.loads(request.body)
    try:
        with transaction.atomic():
            job = services.submit(kind=wanted["kind"], payload=wanted["payload"], total=10)
    except Unavailable as refusal:
        return JsonResponse({"detail": str(refusal)}, status=503)
    return JsonResponse({"id": str(job.pk)}, status=202)


def ping(request: HttpRequest) -> HttpResponse:
    return HttpResponse("pong")


def hang(request: HttpRequest) -> HttpResponse:
    threading.Event().wait()
    return HttpResponse("never")


urlpatterns = [
    path("jobs/", jobs),
    path("ping/", ping),
    path("hang/", hang),
    path("", include("counterfoil.config.urls")),
]
