"""Keys of the API: made, listed, withdrawn."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import api_keys
from portal.api.scopes import Scope
from portal.cli.faults import plain_faults
from portal.clock import now

key = AppGroup("key", help="Keys of the API: make, list, withdraw.")


@key.command("make")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may do.",
)
def make_key(name: str, scopes: tuple[str, ...]) -> None:
    """Make a key named NAME (what it is for) and print it: it can be seen this once."""
    with plain_faults():
        made = api_keys.make(name, map(Scope, scopes), now())
    click.echo(f"This key works from now on. It cannot be shown again:\n{made}")


@key.command("list")
def list_keys() -> None:
    """List the keys by their numbers."""
    for made in api_keys.listed():
        ended = f"withdrawn {made.withdrawn_at:%Y-%m-%d %H:%M} UTC" if made.withdrawn_at else "works"
        click.echo(f"{made.id}\t{made.name}\t{made.scopes}\t{made.made_at:%Y-%m-%d %H:%M} UTC\t{ended}")


@key.command("withdraw")
@click.argument("number", type=click.IntRange(1, 2**31))
def withdraw_key(number: int) -> None:
    """Withdraw the key of this NUMBER; it works no longer."""
    with plain_faults():
        withdrawn = api_keys.withdraw(number, now())
    click.echo(f"Key {number} ({withdrawn.name}) is withdrawn.")
