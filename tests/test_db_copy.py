"""An SQLite portal taken over into an empty database of either kind: all of it, and a portal works on it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
from flask import Flask

from portal import create_app
from portal.extensions import Base
from tests.build import settings_for
from tests.code_reading import ROOT
from tests.colleague import Colleague, carry
from tests.copying import FILERS, HOSTILE, address, empty, filed_on, lived, path, whole
from tests.databases import Databases, running
from tests.filing import file, pictures_on, secret_path
from tests.reading import attribute
from tests.stored import everything, filed, secret_link, shelf
from tests.test_commands import flask
from tests.test_search import search
from tests.visitor import Visitor

KILLED_MIDWAY = """
import os, signal, sys
from sqlalchemy import event
from portal import create_app
from portal.extensions import db
from tests.build import settings_for

app = create_app(settings_for(sys.argv[2]))
with app.app_context():
    def die(_connection, _cursor, statement, *_more):
        if statement.startswith("SELECT events.id"):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", die)
app.test_cli_runner().invoke(args=["db", "copy", sys.argv[1]])
"""
"""A copy that dies when all was written, and is about to be read back."""


def test_a_copy_holds_all_that_the_source_holds_and_leaves_the_source_alone(app: Flask, databases: Databases) -> None:
    lived(app)
    before, file_before = everything(app), path(app).read_bytes()
    with empty(databases) as other:
        copied = flask(other, "db", "copy", address(app))
        assert copied.exit_code == 0, copied.output
        assert everything(other) == before == everything(app)
    assert path(app).read_bytes() == file_before


def test_a_copy_says_of_each_table_how_much_there_was_and_its_hash(app: Flask, databases: Databases) -> None:
    lived(app)
    with empty(databases) as other:
        said = flask(other, "db", "copy", address(app)).output.splitlines()
    told = {name: (int(count), hash_) for name, count, hash_ in (line.split() for line in said[1:-1])}
    assert set(told) == set(Base.metadata.tables)
    assert {name: count for name, (count, _) in told.items()} == {n: len(r) for n, r in everything(app).items()}
    assert all(re.fullmatch("[0-9a-f]{12}", hash_) for _, hash_ in told.values())
    assert said[0].split() == ["table", "rows", "sha-256"]
    assert said[-1] == "All of it is there: each table was read back and compared."


def test_copies_of_the_same_are_told_to_be_the_same(app: Flask, databases: Databases) -> None:
    filed(app)
    said = []
    for _ in range(2):
        with empty(databases) as other:
            said.append(flask(other, "db", "copy", address(app)).output)
    filed(app, order_id="9")
    with empty(databases) as other:
        assert said[0] == said[1] != flask(other, "db", "copy", address(app)).output


def test_a_portal_works_on_the_copy(app: Flask, databases: Databases) -> None:
    reference, olena = lived(app), Colleague(app)
    link = secret_link(app, reference)
    with empty(databases) as other:
        assert flask(other, "db", "copy", address(app)).exit_code == 0
        assert reference in Visitor(other).visit(link).text
        there = Colleague(other)
        carry(there, olena.token)
        assert search(there, "їжак") == ["77"]
        assert search(there, reference) == ["1048576"]
        with_picture = there.visit(attribute(there.visit("/staff/?q=77").one("a.row-link"), "href"))
        assert HOSTILE.splitlines()[0] in with_picture.text
        there.visit(pictures_on(with_picture)[0])
        assert Visitor(other).visit(secret_path(file(Visitor(other), order_id="78", reason="One more after the copy.")))
        assert search(there, "one more after") == ["78"]


def test_a_copy_into_a_database_that_has_its_tables_is_as_good(app: Flask, databases: Databases) -> None:
    filed(app)
    with databases.migrated() as url, running(create_app(settings_for(url))) as other:
        assert flask(other, "db", "copy", address(app)).exit_code == 0
        assert everything(other) == everything(app)


def test_what_is_filed_while_it_is_copied_is_there_whole_or_not_at_all(app: Flask, databases: Databases) -> None:
    with filed_on(app), empty(databases) as other:
        assert flask(other, "db", "copy", address(app)).exit_code == 0
        assert whole(other) >= FILERS


def test_a_copy_that_is_killed_leaves_no_row_and_can_be_made_again(app: Flask, databases: Databases) -> None:
    lived(app)
    with empty(databases) as other:
        program = [sys.executable, "-c", KILLED_MIDWAY, address(app), address(other)]
        killed = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
        assert not any(everything(other).values())
        assert flask(other, "db", "copy", address(app)).exit_code == 0
        assert everything(other) == everything(app)


@pytest.mark.parametrize("number", [0, 1201])
def test_a_copy_of_none_and_of_many_batches_is_whole(app: Flask, databases: Databases, number: int) -> None:
    shelf(app, number)
    with empty(databases) as other:
        assert flask(other, "db", "copy", address(app)).exit_code == 0
        assert everything(other) == everything(app)
