"""Tickets: personal data taken out of those that ended long ago."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup

from portal import tickets
from portal.clock import now

ticket = AppGroup("tickets", help="Customers' requests.")


@ticket.command("clear")
@click.option("--ended-for", "days", type=click.IntRange(1, 36_500), required=True, help="Ended so many days ago.")
@click.option("--uncredited", is_flag=True, help="Also those canceled whose credit nobody recorded.")
@click.option("--dry-run", is_flag=True, help="Change nothing: say how many there are.")
def clear(days: int, uncredited: bool, dry_run: bool) -> None:
    """Take personal data out of requests that ended at least so many DAYS ago; what statistics need stays.

    It cannot be taken back. It can be interrupted, and run again.
    """
    at = now()
    before = at - timedelta(days=days)
    every, awaiting = tickets.clearable(before)
    if dry_run:
        click.echo(f"{every if uncredited else every - awaiting} would be cleared.")
    else:
        click.echo(f"{sum(tickets.clear(before, at, uncredited=uncredited))} are cleared.")
    if awaiting and not uncredited:
        click.echo(f"{awaiting} canceled ones, whose credit nobody recorded, are left: --uncredited takes them too.")
