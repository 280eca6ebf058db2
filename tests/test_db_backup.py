"""A back-up while the portal writes: a whole that a portal works on; nothing is overwritten, nothing half is left."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app, sqlite
from tests.build import settings_for
from tests.copying import FILERS, filed_on, lived, path, whole
from tests.databases import Databases, running
from tests.stored import everything, filed, secret_link
from tests.test_commands import flask
from tests.visitor import Visitor


def restored(file: Path) -> Flask:
    """Return a portal on what was backed up."""
    return create_app(settings_for(f"sqlite:///{file}"))


def refused(app: Flask, file: Path) -> str:
    """Return what is said where a back-up is refused; no other file is there afterwards than before."""
    before = set(file.parent.glob("*"))
    result = flask(app, "db", "backup", str(file))
    assert result.exit_code == 1, result.output
    assert set(file.parent.glob("*")) == before
    return result.output


def test_a_back_up_holds_all_and_a_portal_works_on_it(app: Flask, tmp_path: Path) -> None:
    reference = lived(app)
    file = tmp_path / "backup.sqlite"
    result = flask(app, "db", "backup", str(file))
    assert result.output == f"{file} is whole. The secret keys are not in it.\n"
    assert list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with running(restored(file)) as other:
        assert everything(other) == everything(app)
        assert reference in Visitor(other).visit(secret_link(app, reference)).text
        assert filed(other, order_id="after")
    assert flask(app, "db", "copy", f"sqlite:///{file}").exit_code == 1  # it holds rows already


def test_a_back_up_while_many_file_is_a_consistent_whole(app: Flask, tmp_path: Path) -> None:
    counted = []
    with filed_on(app):
        for number in range(3):
            file = tmp_path / f"{number}.sqlite"
            assert flask(app, "db", "backup", str(file)).exit_code == 0
            with running(restored(file)) as other:
                counted.append(whole(other))
    assert FILERS <= counted[0] <= counted[1] <= counted[2] <= whole(app)


def test_nothing_is_overwritten(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite"
    file.write_text("something", encoding="utf-8")
    assert f"{file} is there already" in refused(app, file)
    assert file.read_text(encoding="utf-8") == "something"
    (tmp_path / "link.sqlite").symlink_to(file)
    assert "is there already" in refused(app, tmp_path / "link.sqlite")


def test_where_nothing_can_be_written_nothing_is_left(app: Flask, tmp_path: Path) -> None:
    assert "No such file or directory" in refused(app, tmp_path / "none" / "backup.sqlite")


def test_a_database_that_is_not_whole_is_told(app: Flask, tmp_path: Path) -> None:
    filed(app)
    with closing(sqlite.module().connect(path(app), isolation_level=None)) as connection:
        connection.execute("DELETE FROM policy_versions")  # this connection does not mind what refers to it
    assert "is not whole" in refused(app, tmp_path / "backup.sqlite")


def test_what_a_killed_back_up_left_is_in_no_ones_way(app: Flask, tmp_path: Path) -> None:
    file, left = tmp_path / "backup.sqlite", tmp_path / "backup.sqlite.part"
    left.write_text("half", encoding="utf-8")
    assert flask(app, "db", "backup", str(file)).exit_code == 0
    assert list(tmp_path.iterdir()) == [file]


def test_a_back_up_of_nothing_is_refused_and_makes_nothing(tmp_path: Path) -> None:
    with running(restored(tmp_path / "none.sqlite")) as app:
        assert "there is no database" in refused(app, tmp_path / "backup.sqlite")


@pytest.mark.postgresql
def test_postgresql_is_backed_up_by_its_own_program(on_postgresql: tuple[Databases], tmp_path: Path) -> None:
    with on_postgresql[0].migrated() as url, running(create_app(settings_for(url))) as app:
        result = flask(app, "db", "backup", str(tmp_path / "backup.dump"))
    assert result.exit_code == 2
    assert "pg_dump --format=custom --file=FILE" in result.output
    assert list(tmp_path.iterdir()) == []
