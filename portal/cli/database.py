"""`flask db`: the database taken over into another one, and backed up, beside what Flask-Migrate has."""

from __future__ import annotations

from pathlib import Path

import click
from flask import g
from flask.cli import with_appcontext

from portal import copies
from portal.cli.faults import plain_faults
from portal.extensions import db


class WithMigrations(click.Group):
    """A group of Flask-Migrate's commands and ours: its own are loaded where one is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all."""
        return sorted({*super().list_commands(ctx), *_migrations().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name."""
        return super().get_command(ctx, cmd_name) or _migrations().get_command(ctx, cmd_name)


def _migrations() -> click.Group:
    from flask_migrate.cli import db as migrations  # it takes a sixth of a start

    group: click.Group = migrations
    return group


@click.group("db", cls=WithMigrations)
@with_appcontext
def database() -> None:
    """Bring the database up to date, take another one over, back it up."""
    g.directory, g.x_arg = None, ()  # Flask-Migrate's own group has options of these names


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
