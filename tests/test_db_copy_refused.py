"""What keeps a copy from being made is said plainly, with what to do; and nothing is left of the copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import inspect

from portal import create_app
from portal.extensions import db
from portal.models import Ticket
from tests.build import settings_for
from tests.colleague import account
from tests.copying import address, done, empty, lived
from tests.databases import Databases, running
from tests.filing import rows
from tests.stored import everything, filed
from tests.test_commands import flask

SPOIL = {
    "sqlite": ("CREATE TRIGGER spoil AFTER INSERT ON {table} BEGIN {what} END",),
    "postgresql": (
        "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what} END $$",
        "CREATE TRIGGER spoil BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION spoil()",
    ),
}
"""What has a database keep other rows than it is given."""
ALTERS = {
    "sqlite": "UPDATE tickets SET language = 'xx' WHERE id = new.id;",
    "postgresql": "NEW.language = 'xx'; RETURN NEW;",
}
LOSES = {"sqlite": "DELETE FROM webhooks WHERE id = new.id;", "postgresql": "RETURN NULL;"}


def refused(app: Flask, source: str) -> str:
    """Return what is said where a copy is refused."""
    result = flask(app, "db", "copy", source)
    assert result.exit_code == 1, result.output
    return result.output


@pytest.mark.parametrize(("table", "what"), [("tickets", ALTERS), ("webhooks", LOSES)])
def test_a_copy_that_became_another_is_named_and_taken_back(
    app: Flask, databases: Databases, table: str, what: dict[str, str]
) -> None:
    lived(app)
    with empty(databases) as other:
        assert flask(other, "db", "upgrade").exit_code == 0
        with other.app_context():
            kind = db.engine.dialect.name
        done(other, *(statement.format(table=table, what=what[kind]) for statement in SPOIL[kind]))
        said = refused(other, address(app))
        assert "the copy is not what was read, and was taken back" in said
        assert [line.partition(":")[0] for line in said.splitlines()[1:]] == [table]
        assert not any(everything(other).values())


def test_a_database_that_holds_a_row_is_refused_by_its_table(app: Flask, databases: Databases) -> None:
    filed(app)
    with databases.migrated() as url, running(create_app(settings_for(url))) as other:
        account(other)
        before = everything(other)
        assert "holds rows in staff: nothing is taken over into it" in refused(other, address(app))
        assert everything(other) == before


def test_a_database_of_others_is_refused(app: Flask, databases: Databases) -> None:
    with empty(databases) as other:
        done(other, "CREATE TABLE theirs (id INTEGER)")
        assert "has tables, and is no database of the portal" in refused(other, address(app))
        with other.app_context():
            assert inspect(db.engine).get_table_names() == ["theirs"]


def test_a_database_at_another_migration_is_refused(app: Flask, databases: Databases) -> None:
    with databases.migrated() as url, running(create_app(settings_for(url))) as other:
        with other.app_context():
            downgrade()
        said = refused(other, address(app))
        assert "is at migration" in said
        assert "run flask db upgrade" in said


def test_a_source_at_another_migration_is_refused_with_what_to_run(app: Flask, databases: Databases) -> None:
    with app.app_context():
        downgrade()
    with empty(databases) as other:
        said = refused(other, address(app))
        assert f"Bring it up to date first: PORTAL_DATABASE_URL={address(app)} flask db upgrade" in said
        with other.app_context():
            assert inspect(db.engine).get_table_names() == []


def test_a_text_that_the_destination_cannot_store_is_named_by_its_row(app: Flask, databases: Databases) -> None:
    filed(app)
    done(app, "UPDATE tickets SET service_name = 'half' || char(0) || 'way'")
    with empty(databases) as other:
        result = flask(other, "db", "copy", address(app))
        with other.app_context():
            stores_it = db.engine.dialect.name == "sqlite"
        assert result.exit_code == (0 if stores_it else 1)
        assert rows(other, Ticket) == [1 if stores_it else 0]
        assert stores_it or "tickets, id 1: its service_name holds the character NUL" in result.output


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("postgresql+psycopg://somebody@127.0.0.1/portal", "should be an SQLite database"),
        ("sqlite://", "should be an SQLite database"),
        ("portal.sqlite", "should be an SQLite database"),
        ("sqlite:////nowhere/portal.sqlite", "there is no file /nowhere/portal.sqlite"),
    ],
)
def test_what_is_no_source_is_refused(app: Flask, source: str, says: str) -> None:
    assert says in refused(app, source)


def test_a_file_that_is_no_portal_is_refused(app: Flask, tmp_path: Path) -> None:
    words, other = tmp_path / "words.txt", tmp_path / "other.sqlite"
    words.write_text("Nothing but words. " * 100, encoding="utf-8")
    other.touch()
    assert "cannot be read: file is not a database" in refused(app, f"sqlite:///{words}")
    assert "is no database of the portal" in refused(app, f"sqlite:///{other}")


def test_a_database_that_cannot_be_reached_is_told(app: Flask) -> None:
    with running(create_app(settings_for("postgresql+psycopg://nobody@127.0.0.1:1/portal"))) as other:
        assert "a database cannot be used: " in refused(other, address(app))
