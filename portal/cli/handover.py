"""Hand-overs of the main site: what a token says."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import handover as hand_overs
from portal import tickets
from portal.clock import now
from portal.parts import portal

handover = AppGroup("handover", help="Customers handed over by the main site: what a token says.")


@handover.command("check")
@click.argument("token")
def check_token(token: str) -> None:
    """Say whether the portal would take a hand-over's TOKEN (or link) now, or why not; the token is not used."""
    token = token.rpartition("order=")[2]
    settings = portal().settings
    if not settings.handover_keys:
        raise click.ClickException("PORTAL_HANDOVER_KEYS is not set here: run this with the portal's own variables")
    keys = {key.id: key.secret for key in settings.handover_keys}
    try:
        found = hand_overs.read(token, keys, now(), settings.public_url)
    except hand_overs.Unusable as fault:
        raise click.ClickException(f"The token is not taken ({fault.fault}): {fault}") from fault
    if tickets.of_handover(found.id):
        raise click.ClickException("The token is not taken (used): a request was filed with it")
    told = found.told
    click.echo("The token is taken; it says:")
    for name in told.names():
        click.echo(f"{name}\t{getattr(told, name)}")
