"""Triggers of the database, for what must hold whoever writes: see decision 18.

Migrations do not know them. They are brought up to date after each ``migrate``, whatever version
made the database, and are taken away before one: SQLite rebuilds whole tables to alter them, which
would lose triggers or fail on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import (  # noqa: TID251 - of migrations, not of rows
    post_migrate,
    pre_migrate,
)

#: Joins with rows that were just written must not read whole tables, whatever the planner knows.
_BY_INDEX = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger on a table, as each database writes it: everything after its name.

    ``function`` is the body of the function that PostgreSQL executes.
    """

    name: str
    table: str
    sqlite: str
    postgresql: str
    function: str

    def name_in(self, vendor: str) -> str:
        """Return the name with a digest, by which an outdated one is recognised."""
        digest = hashlib.sha256("\n".join(self.statements(vendor, self.name)).encode()).hexdigest()
        return f"{self.name}_{digest[:8]}"

    def statements(self, vendor: str, name: str) -> list[str]:
        if vendor != "postgresql":
            return [f"CREATE TRIGGER {name} {self.sqlite}"]
        kind = "CONSTRAINT TRIGGER" if "DEFERRABLE" in self.postgresql else "TRIGGER"
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {_BY_INDEX} "
            f"AS $$ {self.function} $$",
            f"CREATE {kind} {name} {self.postgresql} EXECUTE FUNCTION {name}()",
        ]


def for_each_row(
    name: str, *, event: str, table: str, body: str, when: str = "", changed: Sequence[str] = ()
) -> Trigger:
    """Return a trigger whose statements both databases read, after ``event`` on each row.

    ``changed`` are columns one of which must have changed.
    """
    of_columns = f" OF {', '.join(changed)}" if changed else ""
    conditions = {
        vendor: " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in changed) or when
        for vendor, differs in (("sqlite", "IS NOT"), ("postgresql", "IS DISTINCT FROM"))
    }
    start = f"AFTER {event}{of_columns} ON {table} FOR EACH ROW"
    whens = {
        vendor: f" WHEN ({condition})" if condition else ""
        for vendor, condition in conditions.items()
    }
    return Trigger(
        name=name,
        table=table,
        sqlite=f"{start}{whens['sqlite']} BEGIN {body} END",
        postgresql=f"{start}{whens['postgresql']}",
        function=f"BEGIN {body} RETURN NULL; END",
    )


def keep(
    app: AppConfig, triggers: Sequence[Trigger], then: Callable[[], object] | None = None
) -> None:
    """Keep triggers of an app in the database. ``then`` runs when they were created anew."""

    def drop(*, using: str, plan: Any = (), **_kwargs: Any) -> None:
        if plan:
            _drop(using, triggers, ())

    def install(*, using: str, **_kwargs: Any) -> None:
        if _install(using, triggers) and then is not None:
            then()

    uid = f"triggers of {app.label}"
    pre_migrate.connect(drop, sender=app, weak=False, dispatch_uid=uid)
    post_migrate.connect(install, sender=app, weak=False, dispatch_uid=uid)


@contextmanager
def suspended(triggers: Sequence[Trigger]) -> Iterator[None]:
    """Take triggers away from SQLite during bulk work in the caller's transaction.

    Nobody else can write meanwhile. With a trigger SQLite keeps a journal for each row inserted,
    which takes five times as long as the insert itself. If the work fails, its transaction brings
    them back.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        for trigger in triggers:
            cursor.execute(f"DROP TRIGGER {trigger.name_in('sqlite')}")
        yield
        for trigger in triggers:
            for statement in trigger.statements("sqlite", trigger.name_in("sqlite")):
                cursor.execute(statement)


def _install(using: str, triggers: Sequence[Trigger]) -> bool:
    connection = connections[using]
    vendor = connection.vendor
    names = {trigger.name_in(vendor): trigger for trigger in triggers}
    missing = names.keys() - _existing(using)
    if not missing or not {trigger.table for trigger in triggers} <= (
        set(connections[using].introspection.table_names())
    ):
        return False
    _drop(using, triggers, names.keys())
    with connection.cursor() as cursor:
        for name in sorted(missing):
            for statement in names[name].statements(vendor, name):
                cursor.execute(statement)
    return True


def _drop(using: str, triggers: Sequence[Trigger], current: Any) -> None:
    connection = connections[using]
    ours = {trigger.name: trigger for trigger in triggers}
    with connection.cursor() as cursor:
        for name in _existing(using) - set(current):
            trigger = ours.get(name.rpartition("_")[0])
            if trigger is None:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
            else:
                cursor.execute(f"DROP TRIGGER {name}")


def _existing(using: str) -> set[str]:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            if connection.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        return {name for (name,) in cursor.fetchall()}
