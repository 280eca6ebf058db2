"""The portal's part of the `flask` command line, a file a group of commands."""

from __future__ import annotations

from flask import Flask

from portal.cli.content import content
from portal.cli.database import database
from portal.cli.handover import handover
from portal.cli.keys import key
from portal.cli.notices import notice
from portal.cli.panel import panel
from portal.cli.programs import demo, worker
from portal.cli.staff import staff
from portal.cli.tickets import ticket
from portal.cli.webhooks import webhook

COMMANDS = (staff, ticket, database, content, handover, key, webhook, notice, panel, worker, demo)


def register(app: Flask) -> None:
    """Attach the commands to an app."""
    for command in COMMANDS:
        app.cli.add_command(command)
