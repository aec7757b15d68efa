"""What workers do for layouts beside the jobs."""

from __future__ import annotations

import logging
from contextlib import suppress

from counterfoil.jobs.periodic import periodic
from counterfoil.layouts.backgrounds import compile_again, outdated
from counterfoil.render import BackgroundError

logger = logging.getLogger(__name__)


@periodic(every_s=600)
def compile_outdated() -> None:
    """Compile anew what another version of the engine has compiled, so that nobody waits for it.

    Each is looked up again right before: other workers do the same.
    """
    for pk in list(outdated().order_by("pk").values_list("pk", flat=True)):
        background = outdated().filter(pk=pk).first()
        if background is None:
            continue
        with suppress(BackgroundError):
            compile_again(background)
            logger.info("Compiled background %s anew", pk)
