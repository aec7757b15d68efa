"""Backgrounds that nothing needs any more are deleted by the workers, a day later."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from counterfoil.accounts.actors import TokenActor
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.jobs import tasks
from counterfoil.jobs.models import Job
from counterfoil.jobs.periodic import Scheduler
from counterfoil.layouts import cleanup as layout_cleanup
from counterfoil.layouts.backgrounds import store_background
from counterfoil.layouts.models import Background
from counterfoil.layouts.services import LayoutValues, change_layout, delete_layout
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.models import RenderRequest
from counterfoil.printing.services import PrintItem, request_render
from makers import make_layout
from samplepdfs import pdf_of

YESTERDAY = timedelta(hours=25)


@pytest.fixture
def background(event: Event) -> Background:
    """A background that was uploaded yesterday."""
    stored = store_background(event=event, pdf=pdf_of((100, 200)))
    _make_old(stored)
    return stored


def _make_old(background: Background) -> None:
    Background.objects.filter(pk=background.pk).update(last_used=clock.now() - YESTERDAY)


def _stands(background: Background) -> bool:
    """Let a worker do its chores, and tell whether the background is still there."""
    Scheduler().turn()
    return Background.objects.filter(pk=background.pk).exists()


def _asked_for(position: OrderPosition, actor: TokenActor) -> RenderRequest:
    event = position.order.event
    return request_render(event=event, actor=actor, parts=[PrintItem(position.pk)], purpose="test")


def test_one_that_nothing_needs_is_deleted_and_then_its_files(background: Background) -> None:
    names = [background.original, background.compiled]
    for name in names:
        os.utime(default_storage.path(name), (0, 0))

    assert not _stands(background)

    tasks.clean()
    assert not any(default_storage.exists(name) for name in names)


def test_one_that_was_just_uploaded_stays(event: Event) -> None:
    assert _stands(store_background(event=event, pdf=pdf_of((100, 200))))


def test_one_that_was_uploaded_again_stays(event: Event, background: Background) -> None:
    again = store_background(event=event, pdf=pdf_of((100, 200)))

    assert again == background
    assert _stands(background)


def test_one_that_a_layout_has_stays(event: Event, background: Background) -> None:
    make_layout(event, background=background)

    assert _stands(background)


def test_a_layout_that_lets_go_leaves_it_for_a_day(event: Event, background: Background) -> None:
    layout = make_layout(event, background=background)

    change_layout(actor=None, layout=layout, values=LayoutValues(name="x", layout=[]))

    assert _stands(background)
    _make_old(background)
    assert not _stands(background)


def test_a_layout_that_is_deleted_leaves_it_for_a_day(event: Event, background: Background) -> None:
    delete_layout(actor=None, layout=make_layout(event, background=background))

    assert _stands(background)


@pytest.mark.parametrize(
    ("state", "stays"), [("waiting", True), ("failed", True), ("done", False), ("cancelled", False)]
)
def test_one_that_a_print_may_need_stays(
    position: OrderPosition, actor: TokenActor, background: Background, state: str, stays: bool
) -> None:
    event = position.order.event
    layout = make_layout(event, default=True, background=background)
    request = _asked_for(position, actor)
    delete_layout(actor=None, layout=layout)
    _make_old(background)
    Job.objects.filter(pk=request.pk).update(
        state=state, message="Why.", max_attempts=0 if state == "failed" else 5
    )

    assert _stands(background) is stays


def test_one_that_a_layout_took_meanwhile_stays(event: Event, background: Background) -> None:
    found = list(layout_cleanup.unwanted(clock.now()).values_list("pk", flat=True))
    make_layout(event, background=background)

    assert found == [background.pk]
    assert layout_cleanup.delete(found, clock.now()) == 0
