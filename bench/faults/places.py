"""Where a portal is put to be broken: on either database, each commit written through, with a mail server."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from bench.faults.books import Books, read
from bench.portals import Server, environment, portal
from bench.programs import Program
from portal import create_app
from portal.concerns import NoticeState
from portal.extensions import db
from portal.models import Notice
from tests import postgresql
from tests.build import PUBLIC_URL, settings_for
from tests.databases import SQLiteFiles, postgresql_databases, running
from tests.post_office import PostOffice
from tests.postgresql import DURABLE, Cluster

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)
SENDER = "help@example.com"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A migrated database, a mail server, and a folder for what is logged; `app` looks into the database."""

    database_url: str
    app: Flask
    post: PostOffice
    folder: Path

    def portal(self, *arguments: str, **settings: str) -> Server:
        """Return a portal that lives here, not yet started, with these settings, named as their variables, beside."""
        server = portal(self.database_url, self.folder, *arguments)
        server.environment |= self._mail | settings
        return server

    def worker(self) -> Program:
        """Return a worker of its own here, not yet started."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        variables = environment(self.database_url, self.folder) | self._mail | {"PORTAL_PUBLIC_URL": PUBLIC_URL}
        return Program(command, variables, self.folder / "worker.log")

    @property
    def _mail(self) -> dict[str, str]:
        return {"PORTAL_SMTP_URL": self.post.url, "PORTAL_MAIL_FROM": SENDER}

    def books(self) -> Books:
        """Return what is stored."""
        return read(self.app)

    def waiting(self, *, held: bool) -> bool:
        """Return whether a notice waits to be sent; one that a worker holds, be it a dead one, only where `held`."""
        some = select(Notice.id).where(Notice.state == NoticeState.WAITING).limit(1)
        with self.app.app_context():
            found = db.session.scalar(some if held else some.where(Notice.held_until.is_(None)))
            db.session.rollback()
        return found is not None


@contextmanager
def at(database_url: str, folder: Path) -> Iterator[Place]:
    """Give a place with this database, and a mail server of its own."""
    with PostOffice() as post, running(create_app(settings_for(database_url))) as app:
        yield Place(database_url=database_url, app=app, post=post, folder=folder)


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """Give a place with a new database of this kind, in a temporary folder."""
    with temporary() as folder:
        if kind == SQLITE:
            with SQLiteFiles(folder).migrated() as url, at(url, folder) as here:
                yield here
        else:
            with postgresql.cluster(DURABLE) as server, on_cluster(server, folder) as here:
                yield here


@contextmanager
def on_cluster(server: Cluster, folder: Path) -> Iterator[Place]:
    """Give a place with a new database of this server, which must run in the end."""
    with postgresql_databases(server) as databases, databases.migrated() as url, at(url, folder) as here:
        yield here


@contextmanager
def temporary() -> Iterator[Path]:
    """Give a folder for a while."""
    with tempfile.TemporaryDirectory(prefix="portal-faults-") as folder:
        yield Path(folder)
