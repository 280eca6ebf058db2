"""Whether the database is as the code wants it: the migration that it is at, and the code's last."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import db

NAMED = re.compile(r"^(down_)?revision\b.* = [\"'](.+)[\"']$", re.MULTILINE)


def head(folder: Path) -> str:
    """Return the last migration of a folder of Alembic's, read without it: the one that no other comes after."""
    texts = (file.read_text(encoding="utf-8") for file in (folder / "versions").glob("*.py"))
    found: list[tuple[str, str]] = [match for text in texts for match in NAMED.findall(text)]
    (last,) = {name for down, name in found if not down} - {name for down, name in found if down}
    return last


def migration() -> str | None:
    """Return the migration that the database is at, `None` where it has no tables. Raises `SQLAlchemyError`."""
    db.session.execute(text("SELECT 1"))
    try:
        found: str | None = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return None
    return found
