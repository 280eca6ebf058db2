"""The shop's panel: whether it answers."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.cli.faults import plain_faults
from portal.panel import panel as panel_of
from portal.parts import portal

panel = AppGroup("panel", help="The shop's panel.")


@panel.command("check")
@click.argument("order_id", required=False)
def check_panel(order_id: str | None) -> None:
    """Say whether the panel answers the portal, and what it says of an order of this ORDER_ID."""
    asked = panel_of(portal().settings)
    if not asked.reads:
        raise click.ClickException("no panel is set (PORTAL_PANEL_KIND): staff say what it shows")
    with plain_faults():
        asked.check()
        click.echo(f"{asked.shown}\tworks")
        for name, value in vars(asked.orders([order_id])[order_id]).items() if order_id else ():
            click.echo(f"{name}\t{value}")
