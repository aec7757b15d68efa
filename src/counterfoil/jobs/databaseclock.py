"""The database's clock, as SQL. Leases are compared by it alone: hosts' clocks may differ.

The fragments are for statements with parameters: on both databases ``%%`` is then unescaped. (A
statement executed without parameters is passed on as it is, and ``%%H`` is no hour.)
"""

from __future__ import annotations

from django.db import connection

# Django writes times into SQLite as text of this form, so that they compare as text.
_SQLITE_FORM = "'%%Y-%%m-%%d %%H:%%M:%%f'"
_NOW = {
    "sqlite": f"strftime({_SQLITE_FORM}, 'now')",
    "postgresql": "statement_timestamp()",
}
_LATER = {
    "sqlite": f"strftime({_SQLITE_FORM}, 'now', %s || ' seconds')",
    "postgresql": "(statement_timestamp() + make_interval(secs => %s))",
}
_SECONDS_UNTIL = {
    "sqlite": "(julianday({moment}) - julianday('now')) * 86400",
    "postgresql": "extract(epoch FROM {moment} - statement_timestamp())",
}


def now() -> str:
    """Return SQL for the time now."""
    return _NOW[connection.vendor]


def later() -> str:
    """Return SQL for a time to come; it takes one parameter, the seconds until then."""
    return _LATER[connection.vendor]


def seconds_until(moment: str) -> str:
    """Return SQL for the seconds until a time that is an SQL expression; negative if it is past."""
    return _SECONDS_UNTIL[connection.vendor].format(moment=moment)
