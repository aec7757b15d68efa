from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary

import counterfoil
from counterfoil.render.background import LIMITS, Limits, compile_background
from counterfoil.render.background.compiling import printed
from counterfoil.render.errors import BackgroundError, InterruptedBackgroundError
from render.background.pdfs import MARKS, compiled, form, make, raw

HASTY = Limits(cpu_s=2, wall_s=30)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), entries, data)


def test_a_child_process_compiles_to_the_same_bytes() -> None:
    data = make()

    assert compile_background(data).to_bytes() == compiled(data).to_bytes()


def test_a_pdf_protected_by_a_password_is_refused() -> None:
    data = make(encryption=pikepdf.Encryption(user="secret", owner="owner"))

    with pytest.raises(BackgroundError, match="protected by a password"):
        compile_background(data)


@pytest.mark.parametrize("revision", [3, 4, 6])
def test_a_pdf_that_only_its_owner_may_change_is_accepted(revision: int) -> None:
    data = make(
        encryption=pikepdf.Encryption(
            user="", owner="owner", R=revision, aes=revision > 3, metadata=revision > 3
        )
    )

    background = compile_background(data)

    assert background.pages == compile_background(make()).pages
    assert MARKS in zlib.decompress(background.objects[0].data or b"")


@cache
def bomb() -> bytes:
    deflated = zlib.compress(bytes(400_000_000), 1)
    return raw(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>",
        stream(deflated, b"/Filter/FlateDecode"),
    )


def laughs() -> bytes:
    def laugh(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        inner = form(pdf, b"0 0 1 1 re f")
        for _ in range(9):
            inner = form(pdf, b"/F Do " * 10, Resources=Dictionary(XObject=Dictionary(F=inner)))
        page.Resources = Dictionary(XObject=Dictionary(F=inner))

    return make(b"/F Do", change=laugh)


def page_tree_loop() -> bytes:
    return raw(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")


def without_content() -> bytes:
    """Return a file that ends where its content begins."""
    data = raw(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>",
        stream(MARKS),
    )
    return data[: data.index(b"4 0 obj")]


def xref_loop() -> bytes:
    data = make(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    start = data.rindex(b"xref\n0")
    return data.replace(b"trailer <<", b"trailer << /Prev %d" % start)


@pytest.mark.parametrize(
    ("make_data", "message"),
    [
        (bytes, "not a PDF"),
        (lambda: b"<!DOCTYPE html><title>Not found</title>", "not a PDF"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "not a PDF"),
        (lambda: b"%PDF-1.7\n", "damaged"),
        (lambda: b"%PDF-1.7\n" + b"[" * 100_000, "damaged"),
        (lambda: b"%PDF-1.7\n" + os.urandom(20_000), "damaged"),
        (page_tree_loop, "damaged|no pages"),
        (without_content, "damaged"),
        (bomb, "unpacks to more than"),
        (laughs, "repeats its drawing"),
    ],
    ids=["empty", "html", "png", "head", "nested", "noise", "loop", "lost", "bomb", "laughs"],
)
def test_hostile_files_are_refused_in_words(make_data: Callable[[], bytes], message: str) -> None:
    data = make_data()

    with pytest.raises(BackgroundError, match=message):
        compile_background(data)


def test_of_a_long_file_the_first_pages_are_used_and_the_rest_is_mentioned() -> None:
    background = compile_background(make(pages=10_000))

    assert len(background.pages) == LIMITS.pages
    assert background.findings == ("The PDF has 10000 pages; the first 50 are used.",)


def test_a_file_without_its_end_is_repaired() -> None:
    data = make()

    background = compile_background(data[: data.rindex(b"startxref")])

    assert background == compiled(data)


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_a_file_that_lost_its_pages_is_refused(share: float) -> None:
    data = make()

    with pytest.raises(BackgroundError):
        compile_background(data[: int(len(data) * share)])


def test_a_cross_reference_loop_ends() -> None:
    background = compile_background(xref_loop())

    assert len(background.pages) == 1


def test_a_polyglot_is_only_its_pdf() -> None:
    data = b"GIF89a<script>alert(1)</script>\n" + make() + b"PK\x03\x04<html>"

    background = compile_background(data)

    assert b"script" not in background.to_bytes()


def test_a_file_over_the_limit_is_refused_before_any_process_starts() -> None:
    with pytest.raises(BackgroundError, match="file is too large"):
        compile_background(make(), Limits(octets=10, wall_s=0))


def test_a_drawing_without_end_is_stopped() -> None:
    def tile(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        inner = form(pdf, b"0 0 200 100 re f " * 2000)
        for _ in range(2):
            inner = form(pdf, b"/F Do " * 99, Resources=Dictionary(XObject=Dictionary(F=inner)))
        page.Resources = Dictionary(XObject=Dictionary(F=inner))

    with pytest.raises(BackgroundError, match="takes too long"):
        compile_background(make(b"/F Do", change=tile), HASTY)


def test_time_on_the_clock_is_limited_too() -> None:
    with pytest.raises(BackgroundError, match="takes too long"):
        compile_background(make(), Limits(wall_s=0))


def test_memory_is_limited() -> None:
    tight = Limits(memory=400_000_000, stream=10**10, inflated=10**10, content=10**10)

    with pytest.raises(BackgroundError, match="memory"):
        compile_background(bomb(), tight)


def test_a_child_that_cannot_even_start_is_a_refusal() -> None:
    with pytest.raises(BackgroundError, match="too much memory"):
        compile_background(make(), Limits(memory=10_000_000))


def test_a_child_that_crashes_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(BackgroundError, match="fails on this one"):
        compile_background(make())


def killed(name: Path, times: int) -> Path:
    """Return a program that is killed this often before it does what Python does."""
    counter = name.with_suffix(".count")
    name.write_text(
        f"#!/bin/sh\necho >> {counter}\n"
        f"if [ $(wc -l < {counter}) -le {times} ]; then kill -9 $$; fi\n"
        f'exec {sys.executable} "$@"\n'
    )
    name.chmod(0o755)
    return name


@pytest.mark.parametrize("times", [1, 2])
def test_a_child_that_is_killed_is_started_once_more_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, times: int
) -> None:
    monkeypatch.setattr(sys, "executable", str(killed(tmp_path / "python", times)))

    if times == 1:
        assert compile_background(make()) == compiled(make())
    else:
        with pytest.raises(InterruptedBackgroundError, match="ended from outside"):
            compile_background(make())


_PROBE = """
import json, os, socket, subprocess, sys
sys.path.append(sys.argv[1])
from counterfoil.render.background.confinement import give_up
done = give_up()
def outcome(work):
    try:
        work()
    except OSError as problem:
        return type(problem).__name__
    return "done"
print(json.dumps({
    "done": sorted(done),
    "user": os.geteuid(),
    "key": outcome(lambda: open(sys.argv[2]).read()),
    "folder": outcome(lambda: os.listdir(os.path.dirname(sys.argv[2]))),
    "parent": outcome(lambda: open(f"/proc/{os.getppid()}/environ", "rb").read()),
    "write": outcome(lambda: open(sys.argv[2], "w")),
    "network": outcome(lambda: socket.socket()),
    "program": outcome(lambda: os.execv("/bin/true", ["true"])),
    "package": outcome(lambda: open(os.__file__).read()),
}))
"""


def test_a_confined_process_reads_no_data_and_reaches_no_network(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text("do not tell")
    key.chmod(0o644)
    root = str(Path(counterfoil.__file__).parents[1])

    said = subprocess.run(
        [sys.executable, "-I", "-c", _PROBE, root, str(key)],
        capture_output=True,
        check=True,
        text=True,
    )

    seen = json.loads(said.stdout)
    if not {"files", "calls"} <= set(seen["done"]):
        pytest.skip(f"this kernel lacks a means: there is only {seen['done']}")
    refused = {name: seen[name] for name in ("key", "folder", "parent", "write", "network")}
    assert set(refused.values()) == {"PermissionError"}
    assert seen["program"] == "PermissionError"
    assert seen["package"] == "done"
    assert (seen["user"] == os.geteuid()) is ("user" not in seen["done"])


def test_secrets_of_the_environment_do_not_reach_the_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[dict[str, str]] = []
    popen = subprocess.Popen

    def spy(*args: object, **options: object) -> object:
        seen.append(options["env"])
        return popen(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", spy)
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")

    compile_background(make())

    assert seen[0].keys() <= {"LD_LIBRARY_PATH"}


def test_limits_reach_the_child_as_they_are() -> None:
    assert Limits.from_arguments(LIMITS.to_arguments()) == LIMITS


def test_the_answer_is_bounded() -> None:
    noise = os.urandom(300_000)

    def paint(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Resources = Dictionary(
            XObject=Dictionary(F=form(pdf, b"%" + noise.replace(b"\n", b"")))
        )

    with pytest.raises(BackgroundError, match="too large to print"):
        compile_background(make(b"/F Do", change=paint), Limits(compiled=100_000))


def test_broken_pdfs_leave_nothing_in_the_parent() -> None:
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(3):
        with pytest.raises(BackgroundError):
            compile_background(b"%PDF-")

    assert len(os.listdir("/proc/self/fd")) == before


def test_a_saved_copy_of_a_compiled_pdf_opens_everywhere() -> None:
    with pikepdf.open(io.BytesIO(printed(compile_background(make(pages=3))))) as pdf:
        assert pdf.check_pdf_syntax() == []
