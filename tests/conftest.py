"""Fixtures: an app on a fresh database, and the visitors who use it.

`app` runs on SQLite; a test about storage asks for `each_app` and runs on SQLite and on PostgreSQL.
A test that needs other settings or content builds its own by `app_with`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings as examples

from portal import create_app
from portal.app import CONTENT
from tests import postgresql, s3_server
from tests.build import AT_PANEL, settings_for
from tests.databases import Databases, Kept, SQLiteFiles, kept, postgresql_databases, running
from tests.visitor import Send, Visit, Visitor

AppWith = Callable[..., Flask]
Kind = tuple[Databases, Kept]
examples.register_profile("the same on every machine, however busy", deadline=None, derandomize=True)
examples.load_profile("the same on every machine, however busy")
EACH = ("on_sqlite", pytest.param("on_postgresql", marks=pytest.mark.postgresql))


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kind]:
    """SQLite databases in a temporary folder, and a portal kept on one."""
    files = SQLiteFiles(tmp_path_factory.mktemp("sqlite"))
    with kept(files) as portal:
        yield files, portal


@pytest.fixture(scope="session")
def on_postgresql() -> Iterator[Kind]:
    """Databases of a private PostgreSQL server (or of one that a variable names), and a portal kept on one."""
    with postgresql.running() as server, postgresql_databases(server) as databases, kept(databases) as portal:
        yield databases, portal


@pytest.fixture(params=EACH)
def each_kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of database in turn."""
    found: Kind = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def databases(each_kind: Kind) -> Databases:
    """Databases of each kind in turn, for tests that need several, or empty ones."""
    return each_kind[0]


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of a fresh, migrated database of each kind in turn."""
    with databases.migrated() as url:
        yield url


@pytest.fixture
def each_app(each_kind: Kind) -> Iterator[Flask]:
    """The portal on a fresh database of each kind in turn."""
    with each_kind[1].fresh() as app:
        yield app


@pytest.fixture
def app(on_sqlite: Kind) -> Iterator[Flask]:
    """The portal on a fresh SQLite database."""
    with on_sqlite[1].fresh() as app:
        yield app


@pytest.fixture(scope="session")
def with_panel(on_sqlite: Kind) -> Iterator[Kept]:
    """A portal that reads a panel, kept on an SQLite database."""
    with kept(on_sqlite[0], **AT_PANEL) as portal:
        yield portal


@pytest.fixture
def panel_app(with_panel: Kept) -> Iterator[Flask]:
    """The portal on a fresh SQLite database, with a panel that it reads; no worker runs unless the test has one."""
    with with_panel.fresh() as app:
        yield app


@pytest.fixture(scope="session")
def s3() -> Iterator[s3_server.Server]:
    """A real S3 server on this machine."""
    with s3_server.serving() as server:
        yield server


@pytest.fixture
def shelf(s3: s3_server.Server) -> s3_server.Shelf:
    """An empty bucket of it."""
    return s3.shelf()


@pytest.fixture
def app_with(on_sqlite: Kind) -> Iterator[AppWith]:
    """Build a portal, on a fresh SQLite database unless told: `app_with(content_folder=…, **changes of settings)`."""
    with ExitStack() as used:

        def build(*, content_folder: Path = CONTENT, **changes: Any) -> Flask:
            database = changes.pop("database_url", None) or used.enter_context(on_sqlite[0].migrated())
            settings = settings_for(database, **changes)
            return used.enter_context(running(create_app(settings, content_folder=content_folder)))

        yield build


@pytest.fixture
def visitor(request: pytest.FixtureRequest) -> Visitor:
    """A visitor of the app that the test uses: of `each_app` where the test names it, else of `app`."""
    app: Flask = request.getfixturevalue("each_app" if "each_app" in request.fixturenames else "app")
    return Visitor(app)


@pytest.fixture
def visit(visitor: Visitor) -> Visit:
    """Open a page: `visit(path, status=200)` → `Page`."""
    return visitor.visit


@pytest.fixture
def send(visitor: Visitor) -> Send:
    """Open the page of a form, fill the form in and send it: `send(path, typed)` → `Page`."""
    return visitor.send
