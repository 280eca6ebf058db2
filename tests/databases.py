"""A fresh, migrated database for each test: a copy of one that was migrated once."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache

from portal import create_app
from portal.extensions import db
from tests.build import settings_for
from tests.postgresql import Server


class Databases(Protocol):
    """Databases of one kind, each for as long as it is used."""

    def empty(self) -> AbstractContextManager[str]:
        """Give the address of a database without tables."""

    def migrated(self) -> AbstractContextManager[str]:
        """Give the address of a database as the last migration leaves it."""

    def refill(self, url: str) -> None:
        """Make a database again as the last migration left it; nobody may be connected."""


class SQLiteFiles:
    """SQLite databases: files in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = self._new()
        migrate(_url(self._template))

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give an address at which there is no file yet."""
        yield _url(self._new())

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """Give the address of a copy of the file that was migrated once."""
        with self.empty() as url:
            self.refill(url)
            yield url

    def refill(self, url: str) -> None:
        """Copy the file that was migrated once to this address."""
        path = url.removeprefix("sqlite:///")
        for ending in ("", "-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)
        shutil.copyfile(self._template, path)

    def _new(self) -> Path:
        return self._folder / f"{_name()}.sqlite"


class PostgreSQLDatabases:
    """Databases of one PostgreSQL server, dropped after use; `template` is migrated."""

    def __init__(self, server: Server, template: str) -> None:
        self._server = server
        self._template = template

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the address of a database without tables."""
        with _database(self._server, "template0") as name:
            yield self._server.address(name)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """Give the address of a copy of the database that was migrated once."""
        with _database(self._server, self._template) as name:
            yield self._server.address(name)

    def refill(self, url: str) -> None:
        """Create the database at this address again, from the one that was migrated once."""
        _, _, name = url.rpartition("/")
        self._server.drop(name)
        self._server.create(name, template=self._template)


@contextmanager
def postgresql_databases(server: Server) -> Iterator[PostgreSQLDatabases]:
    """Give databases of this server."""
    with _database(server, "template0") as template:
        migrate(server.address(template))
        yield PostgreSQLDatabases(server, template)


class Kept:
    """A portal kept for many tests, since its start takes most of a second; its database is made anew for each."""

    def __init__(self, databases: Databases, url: str, **changes: Any) -> None:
        self._databases = databases
        self._url = url
        self._app = create_app(settings_for(url, **changes))
        self._config = dict(self._app.config)

    @contextmanager
    def fresh(self) -> Iterator[Flask]:
        """Give the portal on a fresh database, its configuration as at the start."""
        self._databases.refill(self._url)
        with running(self._app):
            yield self._app
        self._app.config.clear()
        self._app.config.update(self._config)


@contextmanager
def kept(databases: Databases, **changes: Any) -> Iterator[Kept]:
    """Give a portal to keep, on a database of these, its settings changed as said."""
    with databases.migrated() as url:
        yield Kept(databases, url, **changes)


COMPILED = FileSystemBytecodeCache(tempfile.mkdtemp(prefix="portal-templates-"))


@contextmanager
def running(app: Flask) -> Iterator[Flask]:
    """Give the app, its templates compiled once for all apps, and close its connections to the database in the end."""
    app.jinja_env.bytecode_cache = COMPILED
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def migrate(url: str) -> None:
    """Bring the database at this address to the last migration."""
    with running(create_app(settings_for(url))) as app, app.app_context():
        upgrade()


@contextmanager
def _database(server: Server, template: str) -> Iterator[str]:
    name = _name()
    server.create(name, template=template)
    try:
        yield name
    finally:
        server.drop(name)


def _name() -> str:
    return f"portal_test_{secrets.token_hex(6)}"


def _url(path: Path) -> str:
    return f"sqlite:///{path}"
