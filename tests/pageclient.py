"""A browser, as far as the server can tell, which minds that each change is in the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client

from counterfoil.accounts.models import User
from counterfoil.audit.models import LogEntry

_WRITE = re.compile(r'(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|COPY) "?(\w+)')
_LOG = LogEntry._meta.db_table
#: A change in these alone is nothing that anybody could want to know of.
_UNTOLD = frozenset({"django_session", "layouts_background", "layouts_picture"})


class Browser(Client):
    """Django's client; fails a test whose request changed something and left no entry in the log.

    So each test of a page that writes is one of the log, too. What was refused changed nothing, or
    only counted a wrong password.
    """

    def request(self, **request: Any) -> Any:
        written: set[str] = set()
        with connection.execute_wrapper(_noting(written)):
            answer = super().request(**request)
        path = f"{request['REQUEST_METHOD']} {request['PATH_INFO']}"
        is_told = _LOG in written or written <= _UNTOLD or answer.status_code >= 400
        assert is_told, f"{path} wrote {written}, and not the log"
        return answer


def _noting(written: set[str]) -> Callable[..., Any]:
    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        done = execute(sql, *rest)
        change = _WRITE.match(sql)
        rows = rest[-1]["cursor"].rowcount  # not known of what an INSERT is to return
        if change and (rows or sql.startswith("INSERT")):
            written.add(change[1])
        return done

    return note


def signed_in(user: User, *, enforce_csrf_checks: bool = False) -> Client:
    client = Browser(enforce_csrf_checks=enforce_csrf_checks)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client
