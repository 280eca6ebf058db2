"""The migrations: from nothing to what the models say and back, whole or not at all, on both databases."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from portal import create_app
from portal.extensions import Base, db
from portal.readings import Failure
from tests.build import settings_for
from tests.cancelling import Desk
from tests.code_reading import ROOT
from tests.databases import Databases, SQLiteFiles, running
from tests.stored import everything, filed, kinds

KILLED_MIDWAY = """
import os, signal, sys
from flask_migrate import upgrade
from sqlalchemy import event
from portal import create_app
from portal.extensions import db
from tests.build import settings_for

app = create_app(settings_for(sys.argv[1]))
with app.app_context():
    def die(_connection, _cursor, statement, *_more):
        if "CREATE TABLE pictures" in statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "after_cursor_execute", die)
    upgrade()
"""


def tables() -> set[str]:
    """Return the names of the tables that the database has, without those of its search index."""
    names = inspect(db.engine).get_table_names()
    return {name for name in names if not name.startswith(("ticket_search", "alembic_version"))}


def test_the_first_upgrade_makes_what_the_models_say_and_a_downgrade_takes_it_away(databases: Databases) -> None:
    with databases.empty() as url, running(create_app(settings_for(url))) as app, app.app_context():
        assert tables() == set()
        upgrade()
        assert tables() == set(Base.metadata.tables)
        check()
        downgrade(revision="base")
        assert tables() == set()
        upgrade()
        check()
    with databases.migrated() as url, running(create_app(settings_for(url))) as app:
        assert filed(app)


def test_a_second_upgrade_changes_nothing(each_app: Flask) -> None:
    filed(each_app)
    before = everything(each_app)
    with each_app.app_context():
        upgrade()
    assert everything(each_app) == before


def test_an_upgrade_that_is_killed_midway_leaves_nothing_and_can_be_tried_again(on_sqlite: tuple[SQLiteFiles]) -> None:
    with on_sqlite[0].empty() as url:
        done = subprocess.run(
            [sys.executable, "-c", KILLED_MIDWAY, url], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
        connection.close()
        with running(create_app(settings_for(url))) as app, app.app_context():
            upgrade()
            check()


def test_nothing_refers_to_what_is_not_there(each_app: Flask) -> None:
    reference = filed(each_app)
    with each_app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(text("DELETE FROM tickets WHERE reference = :reference"), {"reference": reference})


def test_sqlite_is_opened_as_a_durable_and_strict_store(app: Flask) -> None:
    wanted = {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "busy_timeout": 10000, "trusted_schema": 0}
    with app.app_context():
        found = {name: db.session.scalar(text(f"PRAGMA {name}")) for name in wanted}
    assert found == wanted


def test_foreign_keys_are_checked_again_after_a_migration(app: Flask) -> None:
    with app.app_context():
        upgrade()
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_step_back_from_the_panel_leaves_histories_that_can_be_read_there(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.sent(reference, Failure.REFUSED, "No.")
    with each_app.app_context():
        downgrade(revision="0003")
        there = db.session.scalars(text("SELECT kind FROM events ORDER BY number")).all()
        told = db.session.scalars(text("SELECT kind FROM notices")).all()
        db.session.rollback()
        upgrade()
    assert there == ["filed", "taken", "facts_recorded", "answered"]
    assert "not_taken" not in told
    assert kinds(each_app, reference) == there
