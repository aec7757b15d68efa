from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from waitress.task import ThreadedTaskDispatcher

from counterfoil.ops.watchdog import RequestThreads
from servers import World, eventually


class _Stuck:
    """A request that is never answered, until the test is over."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def service(self) -> None:
        self.over.wait()

    def cancel(self) -> None:
        self.over.set()


@pytest.fixture
def dispatcher() -> Iterator[ThreadedTaskDispatcher]:
    made = ThreadedTaskDispatcher()
    made.set_thread_count(2)
    yield made
    made.shutdown()


def test_threads_are_alive_while_one_is_left(dispatcher: Any) -> None:
    stuck, threads = _Stuck(), RequestThreads(stuck_after_s=0.2)
    dispatcher.add_task(stuck)

    answers = [_answer(threads, dispatcher) for _ in range(20)]

    stuck.over.set()
    assert all(answers)


def test_threads_that_are_all_stuck_are_noticed(dispatcher: Any) -> None:
    stuck, threads = [_Stuck(), _Stuck()], RequestThreads(stuck_after_s=0.2)
    for each in stuck:
        dispatcher.add_task(each)

    eventually(lambda: not threads.answer(dispatcher), "stuck threads are noticed")

    for each in stuck:
        each.over.set()
    eventually(lambda: threads.answer(dispatcher), "free threads are noticed")


def test_busy_threads_that_answer_requests_are_alive(dispatcher: Any) -> None:
    """The probe waits behind requests, which are answered all the same."""
    stuck, threads = [_Stuck(), _Stuck()], RequestThreads(stuck_after_s=0.5)
    application = threads.counted(lambda environ, start_response: [b"answer"])
    for each in stuck:
        dispatcher.add_task(each)

    answers = []
    for _ in range(30):
        application({}, None)
        answers.append(_answer(threads, dispatcher))

    for each in stuck:
        each.over.set()
    assert all(answers)


def _answer(threads: RequestThreads, dispatcher: Any) -> bool:
    time.sleep(0.05)
    return threads.answer(dispatcher)


@pytest.mark.slow
def test_a_web_process_whose_threads_are_all_stuck_is_started_anew(embedded: World) -> None:
    served = embedded.serve(COUNTERFOIL_WEB_THREADS="2", COUNTERFOIL_WEB_STUCK="2")
    address, first = served.address, served.child("web")
    clients = [threading.Thread(target=_ask_in_vain, args=(address,)) for _ in range(2)]
    for client in clients:
        client.start()

    eventually(lambda: not first.is_running(), "the stuck web process is ended")
    assert httpx.get(f"{address}/ping/", timeout=60).text == "pong"

    assert "all threads of the web are stuck" in served.said
    for client in clients:
        client.join()


def _ask_in_vain(address: str) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{address}/hang/", timeout=60)
