"""Makes a print that is done, as its rows say, in the database of the environment; prints as JSON
where it is and who may have it. The file is for the caller to put there.

python -m e2e.finished_print
"""

from __future__ import annotations

import json
from datetime import timedelta

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from counterfoil.jobs.models import Job
    from counterfoil.printing.models import RenderRequest
    from makers import make_event, make_team, make_token

    event = make_event()
    token, header = make_token(make_team(event.organizer))
    job = Job.objects.create(
        kind="printing.render",
        state=Job.State.DONE,
        result_file="results/large.pdf",
        expires=timezone.now() + timedelta(hours=1),
    )
    requested_by = f"token:{token.pk}"
    found = RenderRequest.objects.create(
        job=job,
        event=event,
        requested_by=requested_by,
        purpose="render_batch",
        parts=[],
        layouts=[],
    )
    base = f"/api/v1/organizers/{event.organizer.slug}/events/{event.slug}"
    path = f"{base}/ticketpdfrenderer/download/{found.pk}/{found.file_id}/"
    print(json.dumps({"path": path, "header": header}))


if __name__ == "__main__":
    main()
