"""The database as a whole: taken over into another one, and backed up; beside what `flask db` does by itself."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_migrate.cli import db as migrations

from portal import copies
from portal.cli.faults import plain_faults
from portal.extensions import db

database: click.Group = migrations


@database.command("copy")
@click.argument("source")
@with_appcontext
def copy(source: str) -> None:
    """Take the portal of the SQLite database SOURCE (sqlite:////path/to/portal.sqlite) over into an empty database.

    That one is named by PORTAL_DATABASE_URL; its tables are made where it has none. Stop the portal of the source
    first: what is filed later stays behind.
    """
    with plain_faults():
        taken = copies.take_over(source, db.engine)
    click.echo(f"{'table':16}{'rows':>10}  sha-256")
    for one in taken:
        click.echo(f"{one.table:16}{one.rows:>10}  {one.hash[:12]}")
    click.echo("All of it is there: each table was read back and compared.")


@database.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the SQLite database into FILE, as it is at this moment, while the portal goes on; check it.

    FILE must not be there: nothing is overwritten.
    """
    with plain_faults():
        try:
            copies.back_up(db.engine, file)
        except copies.OnServer as fault:
            raise click.UsageError(str(fault)) from fault
    click.echo(f"{file} is whole. The secret keys are not in it.")
