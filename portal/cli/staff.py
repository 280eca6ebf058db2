"""Staff accounts: added, listed, disabled, reset."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from portal import staff_access
from portal.cli.faults import plain_faults
from portal.clock import now
from portal.parts import portal

staff = AppGroup("staff", help="Staff accounts: add, list, disable, reset.")


@staff.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What colleagues see.")
@click.option("--language", required=True, help="The language of the account's pages, such as uk.")
def add(email: str, name: str, language: str) -> None:
    """Add an account and print the one-time link that sets its password."""
    languages = current_app.config["LANGUAGES"]
    if language not in languages:
        raise click.BadParameter(f"should be one of {', '.join(languages)}", param_hint="--language")
    with plain_faults():
        _print_link(staff_access.add(email, name, language, now()))


@staff.command("list")
def list_accounts() -> None:
    """List the accounts."""
    for account in staff_access.listed():
        disabled = f"disabled {account.disabled_at:%Y-%m-%d %H:%M} UTC" if account.disabled_at else "active"
        click.echo(f"{account.email}\t{account.name}\t{account.language}\t{disabled}")


@staff.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Disable an account; its sessions end at once."""
    with plain_faults():
        staff_access.disable(email, now())
    click.echo(f"{email} is disabled.")


@staff.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """End an account's sessions and print a one-time link that sets a new password."""
    with plain_faults():
        _print_link(staff_access.reset(email, now()))


def _print_link(token: str) -> None:
    public_url = portal().settings.public_url
    click.echo(f"This link sets the password, once, within an hour:\n{public_url}/staff/setup/{token}")
