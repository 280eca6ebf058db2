"""What runs beside the portal, and what fills it to be looked at."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal import demo as scenes
from portal import notices, outbox
from portal.clock import now
from portal.logs import log
from portal.panel import panel as panel_of
from portal.parts import portal
from portal.worker import PanelWork, Worker, stopped_by_signals


@click.command("worker")
@click.option("--held", type=float, hidden=True, help="For measuring: seconds that a notice is held, instead of 180.")
@click.option("--first-pause", type=float, hidden=True, help="For measuring: seconds of the first pause, not 60.")
@with_appcontext
def worker(held: float | None, first_pause: float | None) -> None:
    """Carry notices, and speak with the panel, until told to end (SIGTERM or Ctrl-C); several may run at once."""
    stop = stopped_by_signals()
    carried = notices.ways(portal().settings, portal().keys)
    rhythm = outbox.USUAL.changed(held, first_pause)
    said = log(program="worker")
    work = PanelWork(panel_of(portal().settings), portal().content.policy, now, said)
    Worker(carried, work, now, said, rhythm, portal().files).run(stop)


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Fill an empty database with tickets to look at."""
    if not portal().settings.loopback:
        raise click.ClickException("the demonstration's accounts have a known password: not where customers come")
    if scenes.fill(portal().content.policy, portal().keys, now()):
        click.echo("The database was empty: it has the tickets of the demonstration now.")
    click.echo(f"Staff sign in as {scenes.STAFF[0][0]} with the password “{scenes.PASSWORD}”.")
