"""How the API answers refusals and failures."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DataError, InterfaceError, OperationalError
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from counterfoil.accounts.idempotency import StillRunning
from counterfoil.api.framework.auth import DeviceRevoked
from counterfoil.core.refusals import Invalid, Refusal, Unavailable
from counterfoil.ops.responses import RETRY_AFTER, status_of

logger = logging.getLogger(__name__)

#: PostgreSQL's lock_not_available, deadlock_detected and serialization_failure.
_LOCK_STATES = frozenset({"55P03", "40P01", "40001"})


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception; None lets it become a 500."""
    if isinstance(exc, Refusal):
        return _refused(exc)
    if isinstance(exc, (DataError, OverflowError)):
        # Some value got past its field's check. It is the client's, and nothing was written.
        logger.warning("the database refused a value", exc_info=exc)
        return _error_response(
            status.HTTP_400_BAD_REQUEST, _("A value is out of the possible range.")
        )
    if isinstance(exc, (OperationalError, InterfaceError)):
        return _database_failed(exc)
    if isinstance(exc, OSError):
        logger.error("storage failed", exc_info=exc)
        return _error_response(
            status.HTTP_503_SERVICE_UNAVAILABLE, _("The storage is not available now.")
        )
    if isinstance(exc, DeviceRevoked):
        exc.status_code = status.HTTP_401_UNAUTHORIZED
    return exception_handler(exc, context)


def _refused(refusal: Refusal) -> Response:
    code = status_of(refusal)
    if isinstance(refusal, Invalid):
        return Response(refusal.problems, status=code)
    later = isinstance(refusal, (StillRunning, Unavailable))
    return _error_response(code, str(refusal), retry=later)


def _database_failed(exc: OperationalError | InterfaceError) -> Response:
    if _is_lock_timeout(exc):
        return _error_response(
            status.HTTP_409_CONFLICT,
            _("Somebody else is changing this now. Try again."),
            retry=True,
        )
    logger.error("the database is not available", exc_info=exc)
    return _error_response(
        status.HTTP_503_SERVICE_UNAVAILABLE, _("The database is not available now.")
    )


def _is_lock_timeout(exc: OperationalError | InterfaceError) -> bool:
    state = getattr(exc.__cause__, "sqlstate", None)
    return state in _LOCK_STATES or "database is locked" in str(exc)


def _error_response(code: int, text: str, *, retry: bool = False) -> Response:
    answer = Response({"detail": text}, status=code)
    if retry or code == status.HTTP_503_SERVICE_UNAVAILABLE:
        answer["Retry-After"] = RETRY_AFTER
    return answer
