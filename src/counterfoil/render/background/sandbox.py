"""Starts the process that reads a stranger's PDF, and outlives whatever happens to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from counterfoil.render.background.compiled import CompiledBackground
from counterfoil.render.background.limits import LIMITS, Limits
from counterfoil.render.errors import BackgroundError, InterruptedBackgroundError
from counterfoil.render.messages import Message

_REFUSED, _TOO_MUCH_MEMORY = 3, 4
"""The child's exit codes; importing them would import what it imports."""
_START = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from counterfoil.render.background.child import main; sys.exit(main(sys.argv[1:]))"
)
_ROOT = str(Path(__file__).parents[3])
"""Where our package lies, which an isolated interpreter need not know."""
_PASSED_VARIABLES = ("LD_LIBRARY_PATH",)
"""Of the environment, which may hold secrets: where some interpreters find their own library."""
_ATTEMPTS = 2
_TOO_SLOW = Message("background.too_slow")
_TOO_BIG = Message("background.too_much_memory")
_KILLED = Message("background.killed")
_BREAKS = Message("background.crashes")
_MAX_REFUSAL = 10_000
"""Bytes of the child's message: what it read was a stranger's."""


def compile_background(pdf: bytes, limits: Limits = LIMITS) -> CompiledBackground:
    """Compile a PDF in a process of its own.

    Raises:
        BackgroundError: it is no PDF, protected, broken, or exceeds a limit.
        InterruptedBackgroundError: the process was killed from outside, and again when it was
            started anew. That says nothing about the PDF.
    """
    if len(pdf) > limits.octets:
        size, most = f"{len(pdf) / 1e6:.0f}", f"{limits.octets / 1e6:.0f}"
        raise BackgroundError(Message("background.file_too_large", size=size, most=most))
    for _attempt in range(_ATTEMPTS):
        # Files instead of pipes: the child's answer is bounded by its limit on file sizes.
        with TemporaryFile() as question, TemporaryFile() as answer:
            question.write(pdf)
            question.seek(0)
            code = _run(question, answer, limits)
            answer.seek(0)
            if code == -signal.SIGKILL:
                continue
            if code:
                raise BackgroundError(_reason(code, answer))
            return CompiledBackground.from_bytes(answer.read())
    raise InterruptedBackgroundError(_KILLED)


def _run(question: IO[bytes], answer: IO[bytes], limits: Limits) -> int:
    """Return the child's exit code; minus a signal's number, if that ended it."""
    command = [sys.executable, "-I", "-c", _START, _ROOT, *limits.to_arguments()]
    environment = {key: os.environ[key] for key in _PASSED_VARIABLES if key in os.environ}
    with (
        TemporaryDirectory() as empty,
        subprocess.Popen(  # noqa: S603 - our own interpreter
            command,
            cwd=empty,
            stdin=question,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        ) as child,
    ):
        try:
            return child.wait(limits.wall_s)
        except subprocess.TimeoutExpired:
            child.kill()
            return -signal.SIGXCPU
        except BaseException:  # interrupted: leave nobody behind
            child.kill()
            raise


def _reason(code: int, answer: IO[bytes]) -> Message:
    if code == _REFUSED:
        try:
            return Message.from_json(json.loads(answer.read(_MAX_REFUSAL)))
        except (ValueError, RecursionError):
            return _BREAKS
    if code == -signal.SIGXCPU:
        return _TOO_SLOW
    return _TOO_BIG if code in (_TOO_MUCH_MEMORY, -signal.SIGXFSZ) else _BREAKS
