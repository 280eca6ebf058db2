"""Copies of a portal whose tickets were cleared: nothing personal comes to light in them."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from flask import Flask

from portal import sqlite
from tests.clearing import ANIMALS, cleared, declined, desk, full
from tests.colleague import Colleague
from tests.copying import address, empty
from tests.databases import Databases
from tests.stored import everything
from tests.test_commands import flask
from tests.test_search import search


def runs(file: Path) -> set[str]:
    """Return the runs of three letters that the search of an SQLite database has in its index, as they are written."""
    with closing(sqlite.module().connect(file)) as connection:
        index = b" ".join(block for (block,) in connection.execute("SELECT block FROM ticket_search_data"))
    return {run.decode() for run in re.findall(rb"(?=([a-z]{3}))", index)}


def test_a_back_up_made_afterwards_holds_no_word_wherever_the_file_could_keep_one(app: Flask, tmp_path: Path) -> None:
    staff = desk(app)
    declined(staff, full(staff))
    before, after = tmp_path / "before.sqlite", tmp_path / "after.sqlite"
    flask(app, "db", "backup", str(before))
    cleared(app)
    flask(app, "db", "backup", str(after))
    assert {word for word in ANIMALS if word.encode() in before.read_bytes().lower()} >= {"axolotl", "zebu", "serval"}
    written = after.read_bytes().lower()
    assert {word for word in ANIMALS if word.encode() in written} == set()
    assert {"bat", "mba"} & runs(
        before
    )  # of the wombat; the index writes what a run shares with the one before but once
    assert {"bat", "mba"} & runs(after) == set()


def test_a_copy_of_a_cleared_portal_is_cleared(app: Flask, databases: Databases) -> None:
    staff = desk(app)
    reference = full(staff)
    declined(staff, reference)
    cleared(app)
    with empty(databases) as other:
        assert flask(other, "db", "copy", address(app)).exit_code == 0
        assert everything(other) == everything(app)
        assert search(Colleague(other), reference) == [reference]
