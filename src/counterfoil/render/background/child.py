"""The process that reads a stranger's PDF, started by ``sandbox`` in a fresh interpreter.

It limits itself before the first byte is read. Standard input is the PDF; standard output is
the compiled background, or, with exit code ``REFUSED``, a message in JSON why there is none.
"""

from __future__ import annotations

import json
import logging
import resource
import sys

from counterfoil.render.background.compiling import compile_pdf
from counterfoil.render.background.confinement import give_up
from counterfoil.render.background.limits import Limits
from counterfoil.render.errors import BackgroundError

REFUSED = 3
TOO_MUCH_MEMORY = 4


def main(arguments: list[str]) -> int:
    limits = Limits.from_arguments(arguments)
    confine(limits)
    give_up()
    logging.disable()
    try:
        answer, code = compile_pdf(sys.stdin.buffer.read(), limits).to_bytes(), 0
    except BackgroundError as error:
        answer, code = json.dumps(error.message.to_json()).encode("ascii"), REFUSED
    except (MemoryError, RecursionError):
        return TOO_MUCH_MEMORY
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return code


def confine(limits: Limits) -> None:
    """Give up, for good, more memory, time, files and processes than one PDF needs."""
    for kind, limit in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, 2 * limits.compiled),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        # A second above the soft limit, so that the signal tells time from memory.
        spare = 1 if kind == resource.RLIMIT_CPU else 0
        resource.setrlimit(kind, (max(0, allowed - spare), allowed))
