"""Addresses of the main site that are told of changes: added, listed, withdrawn."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import webhooks
from portal.cli.faults import plain_faults
from portal.clock import now
from portal.parts import portal

webhook = AppGroup("webhook", help="Addresses of the main site that are told of changes: add, list, withdraw.")


@webhook.command("add")
@click.argument("url")
def add_webhook(url: str) -> None:
    """Have URL called when a ticket's state changes, and print the secret that signs the calls."""
    with plain_faults():
        added, secret = webhooks.add(url, portal().keys, now())
    click.echo(f"Webhook {added.id} is called from now on. Its secret cannot be shown again:\n{secret}")


@webhook.command("list")
def list_webhooks() -> None:
    """List the webhooks by their numbers."""
    for added in webhooks.listed():
        ended = f"withdrawn {added.withdrawn_at:%Y-%m-%d %H:%M} UTC" if added.withdrawn_at else "is called"
        click.echo(f"{added.id}\t{added.url}\t{added.made_at:%Y-%m-%d %H:%M} UTC\t{ended}")


@webhook.command("withdraw")
@click.argument("number", type=click.IntRange(1, 2**31))
def withdraw_webhook(number: int) -> None:
    """Call the webhook of this NUMBER no longer."""
    with plain_faults():
        webhooks.withdraw(number, now())
    click.echo(f"Webhook {number} is withdrawn.")
