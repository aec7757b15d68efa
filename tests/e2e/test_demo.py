"""The demo as a command, and the parts it judges the tickets with."""

from __future__ import annotations

import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from counterfoil.cli.demo.client import AnswerRefused, Client
from counterfoil.cli.demo.verify import Box, Mismatch, Unreadable, compare, read_codes
from counterfoil.layouts.builtin import built_in_layout

pytestmark = pytest.mark.slow

AMOUNT = 20
_DEADLINE_S = 400  # generous: two processors may be shared by many


def demo(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "counterfoil",
            "demo",
            "--amount",
            str(AMOUNT),
            "--folder",
            str(folder),
        ],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
        check=False,
    )


def left_behind(folder: Path) -> list[psutil.Process]:
    """Return the processes that work in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            place = process.environ().get("COUNTERFOIL_DATA_DIR", "")
        except psutil.Error:
            continue  # it is another user's, or over
        if place.startswith(str(folder)):
            found.append(process)
    return found


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A demo that went well: its folder, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    done = demo(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


@pytest.fixture(scope="module")
def box() -> Box:
    element = next(element for element in built_in_layout() if element["type"] == "barcodearea")
    return Box(float(element["left"]), float(element["bottom"]), float(element["size"]))


@pytest.fixture(scope="module")
def codes(shown: tuple[Path, str], box: Box) -> list[str]:
    return list(read_codes(shown[0] / "tickets.pdf", box))


def test_one_command_makes_prints_and_checks_tickets(shown: tuple[Path, str]) -> None:
    folder, said = shown

    assert f"{AMOUNT} codes verified" in said
    assert (folder / "tickets.pdf").read_bytes().startswith(b"%PDF")


def test_it_leaves_no_process_behind(shown: tuple[Path, str]) -> None:
    assert left_behind(shown[0]) == []


@pytest.mark.endurance
def test_it_can_be_repeated_in_the_same_folder(shown: tuple[Path, str]) -> None:
    assert demo(shown[0]).returncode == 0


def test_every_page_has_a_code_of_its_own(codes: list[str]) -> None:
    assert len(set(codes)) == AMOUNT
    assert {len(code) for code in codes} == {32}


def test_codes_are_read_where_the_layout_puts_them_only(shown: tuple[Path, str]) -> None:
    elsewhere = Box(left=0, bottom=0, size=5)

    assert set(read_codes(shown[0] / "tickets.pdf", elsewhere)) == {""}


def test_a_right_secret_on_the_wrong_page_is_found(codes: list[str]) -> None:
    swapped = [codes[1], codes[0], *codes[2:]]

    wrong = [page for page in compare(iter(codes), swapped) if page]

    assert wrong == [Mismatch(1, codes[1], codes[0]), Mismatch(2, codes[0], codes[1])]


@pytest.mark.parametrize(
    ("read", "secrets", "wrong"),
    [
        (["a", "b"], ["a", "b"], []),
        (["a", ""], ["a", "b"], [Mismatch(2, "b", "")]),
        (["a"], ["a", "b"], [Mismatch(2, "b", "")]),
        (["a", "b"], ["a"], [Mismatch(2, "", "b")]),
        ([], ["a"], [Mismatch(1, "a", "")]),
        ([""], [""], [Mismatch(1, "", "")]),
    ],
)
def test_pages_too_few_too_many_or_empty_are_found(read, secrets, wrong) -> None:
    assert [page for page in compare(iter(read), secrets) if page] == wrong


@pytest.mark.parametrize("kept", [0, 100, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_found(
    shown: tuple[Path, str], codes: list[str], box: Box, tmp_path: Path, kept
) -> None:
    whole = (shown[0] / "tickets.pdf").read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(whole[: kept if isinstance(kept, int) else int(len(whole) * kept)])

    try:
        found = [page for page in compare(read_codes(cut, box), codes) if page]
    except Unreadable:
        found = [Mismatch(0, "a PDF", "")]

    assert found


def test_the_demo_leads_to_a_first_account(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "counterfoil", "demo", "--serve", "--folder", str(tmp_path)]
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        said = ""
        while "Ctrl-C" not in said and running.poll() is None:
            said += running.stdout.readline()
        link = re.search(r"Open (http://\S+/start/\S+/)", said)
        page = urllib.request.urlopen(link[1]).read().decode() if link else said
        running.send_signal(signal.SIGINT)

    assert "Welcome to Counterfoil" in page
    assert 'name="organizer"' not in page  # the demo's own is there


def test_a_server_that_cannot_start_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = demo(tmp_path, COUNTERFOIL_JOB_LEASE="soon")

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "COUNTERFOIL_JOB_LEASE" in done.stderr
    assert left_behind(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    done = demo(tmp_path / "taken")

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


# --- The client, against a server that answers what a test says ---------------------------------


class Scripted(http.server.ThreadingHTTPServer):
    """Gives its answers one after the other."""

    answers: list[tuple[int, Any]]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Scripted

    def do_GET(self) -> None:
        status, body = self.server.answers.pop(0)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - as http.server calls it

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def base(scripted: Scripted) -> str:
    return f"http://127.0.0.1:{scripted.server_port}"


@pytest.fixture
def client(base: str) -> Client:
    return Client(base, "Token x", "demo", "night")


def test_the_client_waits_and_tells_the_progress(
    client: Client, scripted: Scripted, base: str, tmp_path: Path
) -> None:
    scripted.answers = [
        (202, {"download": f"{base}/download/"}),
        (409, {"status": "waiting"}),
        (409, {"status": "running", "progress": {"done": 7, "total": 20}}),
        (200, b"%PDF"),
    ]
    told: list[int] = []

    client.print_batch(1, tmp_path / "tickets.pdf", told.append)

    assert told == [0, 7]
    assert (tmp_path / "tickets.pdf").read_bytes() == b"%PDF"


@pytest.mark.parametrize(
    "answers", [[(400, {"amount": ["no"]})], [(202, {"check": "BASE/"}), (410, {"message": "no"})]]
)
def test_the_client_tells_what_the_server_refused(
    client: Client, scripted: Scripted, base: str, answers
) -> None:
    scripted.answers = json.loads(json.dumps(answers).replace("BASE", base))

    with pytest.raises(AnswerRefused, match="no"):
        client.create_batch(item=1, amount=1, on_progress=print)


def test_the_client_follows_the_pages_and_the_web_only(
    client: Client, scripted: Scripted, base: str
) -> None:
    row = {"order": "A", "secret": "s", "price": "1.00"}
    scripted.answers = [
        (200, {"results": [row, row], "next": f"{base}/2"}),
        (200, {"results": [row], "next": "file:///etc/passwd"}),
    ]
    tickets = client.tickets(1)

    assert [next(tickets).order for _ in range(3)] == ["A"] * 3
    with pytest.raises(AnswerRefused, match="not a web address"):
        next(tickets)


def test_the_client_tells_when_nobody_answers() -> None:
    nobody = Client("http://127.0.0.1:9", "Token x", "demo", "night")

    with pytest.raises(AnswerRefused, match="does not answer"):
        nobody.get("items")
