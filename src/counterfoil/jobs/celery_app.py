"""The Celery application, where a broker is configured. It carries hints; rows decide.

A message may be lost or doubled, so nothing is asked of the broker: messages are acknowledged
before the work, results are not kept, and sending gives up at once when the broker is away.
"""

from __future__ import annotations

from typing import Any

import celery

from counterfoil.core.setup import choose_settings

# Sending from a request must not wait. Without these it blocked for six seconds when the broker
# was down, although it had been told not to retry.
_SEND_OR_LET_IT_BE = {
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
_REDIS_TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}


def configuration() -> dict[str, Any]:
    """Return Celery's settings; called when the first is needed, not when this is imported."""
    from django.conf import settings

    return {
        "broker_url": settings.BROKER_URL,
        "broker_connection_timeout": 0.5,
        "broker_connection_retry": False,
        "broker_transport_options": _transport_options(settings.BROKER_URL),
        "task_default_queue": "counterfoil",
        "task_acks_late": False,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "result_backend": None,
        "imports": ["counterfoil.jobs.celery_worker"],
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_send_task_events": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
    }


def _transport_options(broker_url: str) -> dict[str, Any]:
    if broker_url.startswith("redis"):
        return {**_SEND_OR_LET_IT_BE, **_REDIS_TIMEOUTS}
    return _SEND_OR_LET_IT_BE


choose_settings()  # Celery looks for Django by it, and loads the rooms
app = celery.Celery("counterfoil")
app.add_defaults(configuration)
app.steps["worker"].add("counterfoil.jobs.celery_worker:PollerStep")
