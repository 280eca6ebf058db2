"""A back-up of an SQLite database while the portal writes: as it is at one moment, whole, or none."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from portal import sqlite
from portal.copies.fault import CopyFault, first_line

PRIVATE = 0o600
"""Who may read a back-up: its owner alone."""


class OnServer(CopyFault):
    """The database is a server's, which has a back-up of its own."""


def back_up(engine: Engine, file: Path) -> None:
    """Write an SQLite database into a file that is not there yet, checked and on the disk.

    The file is empty until it is whole. Raises `CopyFault` and leaves none; `OnServer` for a database of another kind.
    """
    if engine.dialect.name != "sqlite":
        raise OnServer("PostgreSQL has a back-up of its own: pg_dump --format=custom --file=FILE (docs/running.md)")
    if not Path(engine.url.database or "").is_file():
        raise CopyFault(f"there is no database {engine.url.database} to back up")
    try:
        _claim(file)
    except FileExistsError:
        raise CopyFault(f"{file} is there already: a back-up overwrites nothing") from None
    except OSError as error:
        raise CopyFault(f"the back-up cannot be made: {first_line(error)}") from None
    part = file.with_name(f"{file.name}.part")
    try:
        _write(engine, part)
        part.replace(file)  # in the place of the empty one, which is ours
        _keep(file.parent)
    except BaseException as error:
        file.unlink()
        if isinstance(error, OSError | sqlite.module().Error):
            raise CopyFault(f"the back-up cannot be made: {first_line(error)}") from None
        raise
    finally:
        part.unlink(missing_ok=True)


def _write(engine: Engine, part: Path) -> None:
    part.unlink(missing_ok=True)  # of a back-up that was killed: who claimed the file may
    _claim(part)
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", [str(part)])  # reads as of one moment, and keeps no writer waiting
    _check(part)
    _keep(part)


def _check(file: Path) -> None:
    with closing(sqlite.module().connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        faults = [*connection.execute("PRAGMA integrity_check"), *connection.execute("PRAGMA foreign_key_check")]
    if faults != [("ok",)]:
        raise CopyFault(f"the back-up is not whole, and neither, it seems, is the database: {faults[:3]}")


def _claim(file: Path) -> None:
    """Make an empty file that was not there, for its owner alone."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))


def _keep(path: Path) -> None:
    """Have a file, or the names in a folder, be on the disk before anyone counts on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
