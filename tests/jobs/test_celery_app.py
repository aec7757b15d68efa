from __future__ import annotations

import pytest
from django.conf import LazySettings

from counterfoil.jobs.celery_app import configuration


@pytest.mark.parametrize("url", ["redis://h:1/0", "amqp://h//"])
def test_sending_gives_up_at_once(settings: LazySettings, url: str) -> None:
    settings.BROKER_URL = url

    options = configuration()["broker_transport_options"]

    assert options["max_retries"] == 0
    assert ("socket_timeout" in options) == url.startswith("redis")


def test_messages_are_acknowledged_before_the_work_and_only_json_is_read() -> None:
    settings = configuration()

    assert not settings["task_acks_late"]
    assert settings["accept_content"] == ["json"]
    assert settings["result_backend"] is None


def test_messages_of_other_versions_find_the_task_by_its_name() -> None:
    from counterfoil.jobs import celery_worker

    assert celery_worker.run.name == "jobs.run"
