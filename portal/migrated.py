"""Which migration the database is at, and which the code wants.

Alembic, by Flask-Migrate, is loaded only where migrations are to run: it takes a sixth of a start.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, inspect, text
from werkzeug.local import LocalProxy

from portal.extensions import db

NAMED = re.compile(r"^(down_)?revision\b.* = [\"'](.+)[\"']$", re.MULTILINE)
AT = text("SELECT version_num FROM alembic_version")


def init(app: Flask, folder: Path) -> None:
    """Have Flask-Migrate know an app's migrations once it asks for them."""
    app.extensions["migrate"] = LocalProxy(partial(_known, app, folder))


def head(folder: Path) -> str:
    """Return the last migration of a folder of Alembic's, read without it: the one that no other comes after."""
    texts = (file.read_text(encoding="utf-8") for file in (folder / "versions").glob("*.py"))
    found: list[tuple[str, str]] = [match for text in texts for match in NAMED.findall(text)]
    (last,) = {name for down, name in found if not down} - {name for down, name in found if down}
    return last


def migration_of(connection: Connection) -> str | None:
    """Return the migration that a database is at; `None` where it is at none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(AT)
    return found


def upgrade() -> None:
    """Bring the database to the last migration; where that fails, say why, and exit."""
    import flask_migrate

    flask_migrate.upgrade()


def _known(app: Flask, folder: Path) -> Any:
    import flask_migrate

    flask_migrate.Migrate(app, db, directory=str(folder), command="alembic")  # `flask db` is ours, and has its commands
    return app.extensions["migrate"]
