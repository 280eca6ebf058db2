"""PostgreSQL backed up and restored by the commands of docs/running.md, while customers file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.faults.books import read
from bench.faults.customers import Customers
from bench.faults.places import Place, at
from bench.portals import answering
from bench.programs import until
from portal import create_app
from tests.build import settings_for
from tests.conftest import Kind
from tests.databases import running
from tests.fenced import commands
from tests.nginx import DOCUMENT

pytestmark = [pytest.mark.long, pytest.mark.postgresql]
WITHIN = 120


def done_by(text: str, names: Mapping[str, str], server: str) -> None:
    """Run commands of the document as whoever runs the test, at a server, with the test's names in place of its own."""
    for written, instead in {"runuser -u portal -- ": "", "runuser -u postgres -- ": "", **names}.items():
        text = text.replace(written, instead)
    address = urlsplit(server)
    known = {
        "PGHOST": address.hostname,
        "PGPORT": address.port,
        "PGUSER": address.username,
        "PGPASSWORD": address.password,
    }
    environment = {**os.environ, **{name: str(value) for name, value in known.items() if value}}
    done = subprocess.run(["sh", "-eu", "-c", text], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def lines(heading: str, program: str) -> str:
    """Return the lines under a heading of the document that run PostgreSQL's programs, this one among them."""
    (block,) = [text for text in commands(DOCUMENT, heading) if program in text]
    return "".join(line for line in block.splitlines(keepends=True) if line.startswith("runuser"))


def filed_meanwhile(here: Place, backup: Path) -> tuple[list[str], Customers]:
    """Dump the database while customers file; return the orders that were answered before, and the customers."""
    portal = here.portal("--no-worker")
    customers = Customers(portal.port, 4)
    with answering(portal), customers.filing(ends_within=WITHIN):
        until(lambda: len(customers.filed) > 5, WITHIN, "some tickets")
        before = [one.filing.order_id for one in list(customers.filed)]
        names = {'"/var/backups/portal/$(date +%F-%H%M%S).dump" portal': f"{backup} {name_of(here.database_url)}"}
        done_by(lines("Back-up", "pg_dump"), names, here.database_url)
        until(lambda: len(customers.filed) > len(before) + 3, WITHIN, "tickets after it")
    return before, customers


def name_of(url: str) -> str:
    """Return a database's name."""
    return url.rpartition("/")[2]


def test_a_dump_taken_while_people_file_restores_to_a_consistent_whole(on_postgresql: Kind, tmp_path: Path) -> None:
    backup = tmp_path / "backup.dump"
    with on_postgresql[0].migrated() as url, at(url, tmp_path) as here:
        before, customers = filed_meanwhile(here, backup)
    with on_postgresql[0].empty() as restored:
        user = str(urlsplit(restored).username)
        names = {"--owner=portal": f"--owner={user}", "portal_restored": name_of(restored), '"$BACKUP"': str(backup)}
        done_by(f"dropdb {name_of(restored)}\n{lines('Restore', 'pg_restore')}", names, restored)
        with running(create_app(settings_for(restored))) as app:
            books = read(app)
            assert app.test_client().get("/en/tickets/new").status_code == 200
    there = {ticket.order_id for ticket in books.tickets}
    assert there >= set(before)
    assert books.faults([one for one in customers.filed if one.filing.order_id in there]) == []
    assert len(there) < len(customers.filed)
