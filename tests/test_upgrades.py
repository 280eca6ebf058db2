"""Databases of earlier versions: upgraded with all that is in them, killed midway, by several at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from portal import create_app
from portal.extensions import db
from portal.readings import Failure
from tests.build import settings_for, upload
from tests.cancelling import Desk
from tests.code_reading import ROOT
from tests.databases import Databases, running
from tests.filing import filed_with
from tests.upgraded import contents, whole
from tests.visitor import Visitor

pytestmark = pytest.mark.long
REVISIONS = ("0001", "0002", "0003", "0004")
KILLED = (("0001", "CREATE INDEX ix_notices_due"), ("0003", "INSERT INTO lookups"))
UPGRADING = """
import os, signal, sys
from flask_migrate import upgrade
from sqlalchemy import event
from portal import create_app
from portal.extensions import db
from tests.build import settings_for, upload
from tests.cancelling import Desk

app = create_app(settings_for(sys.argv[1]))
with app.app_context():
    def die(_connection, _cursor, statement, *_more):
        if sys.argv[2] and statement.strip().startswith(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "after_cursor_execute", die)
    upgrade()
    db.session.remove()
    db.engine.dispose()
"""


@contextmanager
def of_version(databases: Databases, revision: str) -> Iterator[Flask]:
    """Give the portal on a database with tickets, as a version of so many steps would have left it."""
    with databases.migrated() as url, running(create_app(settings_for(url))) as app:
        filed_with(Visitor(app), upload(), email="customer@example.com")
        desk = Desk(app)
        for name in ("first", "second", "third"):
            desk.sent(desk.accepted(name, order_id=f"A {name} one"), Failure.REFUSED, "No.")
        with app.app_context():
            db.session.remove()
            downgrade(revision=revision)
        yield app


def upgrading(app: Flask, until: str = "") -> subprocess.Popen[str]:
    """Begin to upgrade the app's database in a process of its own, which kills itself after a statement like this."""
    url = app.extensions["portal"].settings.database_url
    command = [sys.executable, "-c", UPGRADING, url, until]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(processes: Sequence[subprocess.Popen[str]]) -> list[int]:
    """Wait for processes; return what they returned, and show what they printed where one failed."""
    printed = [process.communicate(timeout=120)[0] for process in processes]
    print(*printed)
    return [process.returncode for process in processes]


def references_of(app: Flask) -> list[str]:
    """Return the references of all tickets."""
    with app.app_context():
        found: list[str] = list(db.session.scalars(text("SELECT reference FROM tickets ORDER BY id")))
        db.session.remove()
        return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_all_tickets_of_an_earlier_version_are_there_after_the_upgrade(databases: Databases, revision: str) -> None:
    with of_version(databases, revision) as app:
        references, events = references_of(app), len(contents(app)["events"])
        with app.app_context():
            upgrade()
        assert len(references) == 4
        assert len(contents(app)["events"]) == events
        whole(app, references)


@pytest.mark.parametrize(("revision", "statement"), KILLED)
def test_an_upgrade_that_is_killed_leaves_all_as_it_was_and_is_run_again(
    databases: Databases, revision: str, statement: str
) -> None:
    with of_version(databases, revision) as app:
        references, before = references_of(app), contents(app)
        assert ended([upgrading(app, until=statement)]) == [-signal.SIGKILL]
        assert contents(app) == before
        with app.app_context():
            upgrade()
        whole(app, references)


def test_several_that_upgrade_at_once_wait_for_the_first(databases: Databases) -> None:
    with of_version(databases, "0001") as app:
        assert ended([upgrading(app) for _ in range(2)]) == [0, 0]
        whole(app, references_of(app))


def test_what_the_version_before_writes_the_next_ones_database_takes(databases: Databases) -> None:
    with databases.migrated() as url, running(create_app(settings_for(url))) as app, app.app_context():
        after = columns()
        for revision in reversed(REVISIONS):
            downgrade(revision=revision)
            before = columns()
            assert before.items() <= after.items(), f"a step after {revision} changes or takes away what is there"
            added = {
                name: after[name] for name in after.keys() - before.keys() if name[0] in {table for table, _ in before}
            }
            assert all(column["nullable"] or column["default"] for column in added.values()), added
            after = before


def columns() -> dict[tuple[str, str], Any]:
    """Return, of each column of the database, whether it may be empty, and what it is where nothing is said."""
    looked = inspect(db.engine)
    return {
        (table, column["name"]): {name: column[name] for name in ("nullable", "default")}
        for table in looked.get_table_names()
        for column in looked.get_columns(table)
    }
