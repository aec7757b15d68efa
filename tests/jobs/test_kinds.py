"""A kind of job is registered once, and then it has everything that the others have.

The rig registers a third kind. A program in the rig's world uses the pages and the command line.
"""

from __future__ import annotations

import json
from typing import Any

from servers import World

PROGRAM = """
import json
import django
django.setup()
from click.testing import CliRunner
from django.db import transaction
from django.test import Client
from counterfoil.accounts.actors import UserActor
from counterfoil.audit.models import LogEntry
from counterfoil.cli.main import main
from counterfoil.jobs import runner, services
from counterfoil.jobs.models import Job
from makers import make_event, make_user
from rig.models import CountRequest

event = make_event()
user = make_user(event.organizer)
reader = make_user(event.organizer, permissions=["event.orders:read"])
from django.conf import settings
host = {"SERVER_NAME": settings.ALLOWED_HOSTS[0]}
pages, readers = Client(**host), Client(**host)
pages.force_login(user, "django.contrib.auth.backends.ModelBackend")
readers.force_login(reader, "django.contrib.auth.backends.ModelBackend")
base = f"/organizers/{event.organizer.slug}/events/{event.slug}/jobs/"

def request(step, where=event):
    with transaction.atomic():
        job = services.submit(kind="rig.count", total=10, lane=event.organizer.job_lane)
        return CountRequest.objects.create(
            job=job, event=where, requested_by=UserActor(user).key, step=step
        )

def page(path=""):
    answer = pages.get(base + path)
    return answer.content.decode() if answer.status_code == 200 else answer.status_code

done, failed, waiting = request(5), request(3), request(2)
elsewhere = request(1, make_event(event.organizer))
said = {"waiting": page(f"{waiting.pk}/")}
for each in (done, failed):
    runner.run(each.pk)
said["list"] = page()
said["of the kind"] = page("?kind=rig.count")
said["of another kind"] = page("?kind=batches.create")
said["failed"] = page(f"{failed.pk}/")
said["elsewhere"] = page(f"{elsewhere.pk}/")
said["reader"] = readers.post(f"{base}{waiting.pk}/cancel/").status_code
pages.post(f"{base}{waiting.pk}/cancel/")
CountRequest.objects.filter(pk=failed.pk).update(step=2)
pages.post(f"{base}{failed.pk}/retry/")
runner.run(failed.pk)
said["states"] = [Job.objects.get(pk=each.pk).state for each in (done, failed, waiting)]
said["log"] = sorted(LogEntry.objects.filter(user=user).values_list("action", flat=True))
left = request(2)
said["command"] = CliRunner().invoke(main, ["jobs", "cancel", str(left.pk)]).output
said["logged"] = LogEntry.objects.filter(event=event, object_id=str(left.pk)).count()
said["paths"] = [f"{base}{each.pk}/" for each in (done, failed, waiting, elsewhere)]
print(json.dumps(said))
"""


def test_a_third_kind_of_job_has_lists_pages_retries_and_cancellation(embedded: World) -> None:
    embedded.begin()

    ended = embedded.python(PROGRAM)

    assert ended.returncode == 0, ended.stderr
    said: dict[str, Any] = json.loads(ended.stdout)
    *ours, elsewhere = said["paths"]
    assert all(f'href="{path}"' in said["list"] for path in ours)
    assert elsewhere not in said["list"]
    assert said["list"].count("Count to 10") == said["of the kind"].count("Count to 10") == 3
    assert '<option value="rig.count">Counting</option>' in said["list"]
    assert "Count to 10" not in said["of another kind"]
    assert "<h1>Count to 10</h1>" in said["waiting"]
    assert "hx-get" in said["waiting"]
    assert "Steps of 3 miss 10." in said["failed"]
    assert "hx-get" not in said["failed"]
    assert (said["elsewhere"], said["reader"]) == (404, 403)
    assert said["states"] == ["done", "done", "cancelled"]
    assert said["log"] == ["counterfoil.job.cancelled", "counterfoil.job.retried"]
    assert "is cancelled" in said["command"]
    assert said["logged"] == 1
