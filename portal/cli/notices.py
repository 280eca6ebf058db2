"""Mails to customers, and messages to staff: whether their ways work."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import notices
from portal.clock import now
from portal.parts import portal

notice = AppGroup("notices", help="Mails to customers, and messages to staff.")


@notice.command("test")
@click.option("--mail", help="Send a mail to this address too.")
def test_notices(mail: str | None) -> None:
    """Sign in to the mail server, send a line to each channel of staff, and say of each whether it works."""
    carried = notices.ways(portal().settings, portal().keys)
    found = list(carried.tried())
    if mail:
        found.append(notices.Tried(id="", shown=mail, result=carried.try_mail(mail, now())))
    for way in found:
        fault = way.result.fault
        click.echo(f"{way.shown}\t{f'{fault}: {way.result.detail}' if fault else 'works'}")
    if any(way.result.fault for way in found):
        raise click.ClickException("not all of them work")
