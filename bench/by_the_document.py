"""Follows docs/running.md to the letter, on a machine inside this one: `make bench-document`, as root.

From nothing to a running site, what dies and is told to end, back-up and restore, upgrade and the way back, then the
same on PostgreSQL. A step that the document has wrong ends it, with what was printed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import click

from bench.following import Follower
from bench.inner_machine import Failed, booted
from bench.programs import ROOT
from tests.nginx import NAME, certificate

LIVE = f"/etc/letsencrypt/live/{NAME}"
BOTH = "portal-web portal-worker"
BACKUP, RESTORE, UPGRADE = "Back-up", "Restore", "Upgrade"
NEWER = '''"""A table that only the newer version knows"""

import sqlalchemy as sa
from alembic import op

revision = "newer"
down_revision = "{head}"


def upgrade() -> None:
    """Go one step forward."""
    op.create_table("newer", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("newer")
'''
"""What the version after this one has more."""


def install(you: Follower) -> str:
    """Follow the document from nothing to a running site, and open it."""
    begun = monotonic()
    you.follow("The programs, and a user who owns nothing but the data")
    you.follow("The settings, readable by root alone")
    you.machine.run(f"mkdir -p {LIVE}; cp /given/fullchain.pem /given/privkey.pem {LIVE}")
    you.machine.run("cp /given/fullchain.pem /usr/local/share/ca-certificates/site.crt; update-ca-certificates")
    you.machine.run(f"echo 127.0.0.1 {NAME} >> /etc/hosts")
    you.follow("Web and worker, as services")
    you.follow("nginx in front", "# /etc/nginx")
    you.follow("nginx in front", "nginx -t")
    you.file("INSTALLED")
    you.look("INSTALLED")
    return f"{monotonic() - begun:.0f} s"


def first_account(you: Follower) -> str:
    """Make the first account by the link that the web printed."""
    printed = you.machine.run("journalctl --unit portal-web --output cat")
    link = re.search(r"/staff/setup/\S+", printed)
    assert link, printed
    return you.visit("set-up", link[0])


def closed_in(you: Follower) -> str:
    """Look what the services may do: nothing that the document says they may not."""
    for unit in BOTH.split():
        you.machine.run(f"systemctl is-active {unit}; systemd-analyze verify {unit}.service")
    owned = you.machine.run("find / -xdev -user portal -not -path '/proc/*' -not -path '/run/*'")
    strange = [path for path in owned.split() if not path.startswith(("/var/lib/portal", "/var/backups/portal"))]
    assert not strange, strange
    return you.machine.run("systemd-analyze security --no-pager portal-web | tail -n 1").strip(" →\n")


def dies(you: Follower) -> str:
    """Kill both services: they come back by themselves."""
    you.machine.run(f"systemctl kill --signal=KILL {BOTH}")
    away = you.answers()
    you.machine.run(f"for unit in {BOTH}; do until systemctl is-active $unit; do sleep 0.2; done; done")
    you.look("INSTALLED")
    return f"away for {away:.1f} s"


def ends(you: Follower) -> str:
    """Tell both services to end; they do in time, by themselves."""
    begun = monotonic()
    you.machine.run(f"systemctl stop {BOTH}")
    took = monotonic() - begun
    results = you.machine.run(f"systemctl show --property=Result --value {BOTH}")
    assert results.split() == ["success", "success"], results
    you.machine.run(f"systemctl start {BOTH}")
    you.answers()
    return f"{took:.1f} s"


def back_up_and_restore(you: Follower) -> str:
    """Back SQLite up while it runs, by hand and by the timer's service, and go back to it."""
    you.follow(BACKUP, "portal db backup")
    you.file("LATER")
    you.follow(RESTORE, "portal.sqlite", BACKUP=you.newest("sqlite"))
    you.answers()
    you.look("INSTALLED")
    you.miss("LATER")
    you.follow(BACKUP, "portal-backup")
    return you.machine.run("systemctl list-timers --no-legend portal-backup.timer").strip()


def upgrade(you: Follower) -> str:
    """Go to the next version, and back."""
    you.follow(UPGRADE, "git clone")
    you.follow(BACKUP, "portal db backup")
    begun = monotonic()
    you.follow(UPGRADE, "db upgrade")
    you.answers()
    away = monotonic() - begun
    you.file("UPGRADED")
    you.machine.run(f"systemctl stop {BOTH}; portal db downgrade -- -1")
    you.machine.run(f"ln -sfn /opt/portal/1.0 /opt/portal/current; systemctl start {BOTH}")
    you.answers()
    you.look("INSTALLED", "UPGRADED")
    return f"{away:.1f} s from the link to an answer"


def on_postgresql(you: Follower) -> str:
    """Move to an empty PostgreSQL database, back it up while it runs, and go back to it in another."""
    you.follow("PostgreSQL instead of SQLite")
    you.set("PORTAL_DATABASE_URL", "postgresql+psycopg:///portal?host=/var/run/postgresql")
    you.machine.run(f"portal db upgrade; systemctl restart {BOTH}")
    you.answers()
    you.file("KEPT")
    you.follow(BACKUP, "pg_dump")
    you.file("LATER-STILL")
    you.follow(RESTORE, "pg_restore", BACKUP=you.newest("dump"))
    you.set("PORTAL_DATABASE_URL", "postgresql+psycopg:///portal_restored?host=/var/run/postgresql")
    you.machine.run(f"portal db upgrade; systemctl start {BOTH}")
    you.answers()
    you.look("KEPT")
    you.miss("LATER-STILL")
    return ""


STEPS: tuple[Callable[[Follower], str], ...] = (
    install, first_account, closed_in, dies, ends, back_up_and_restore, upgrade, on_postgresql,
)  # fmt: skip


@click.command()
def main() -> None:
    """Follow the document, step after step."""
    if os.geteuid() != 0:
        sys.exit("This boots a machine, which only root may")
    with tempfile.TemporaryDirectory(prefix="portal-inner-") as name:
        folder = Path(name)
        _give(folder / "given")
        with booted(folder) as machine:
            you = Follower(machine, folder / "given")
            for step in STEPS:
                try:
                    click.echo(f"{(step.__doc__ or '').strip()} – {step(you) or 'done'}")
                except (Failed, TimeoutError, AssertionError) as fault:
                    click.echo(machine.run("journalctl --unit 'portal-*' --lines 40 --output cat --no-pager || :"))
                    sys.exit(f"{step.__doc__} – {fault}")


def _give(given: Path) -> None:
    """Lay out what the machine gets: the packages, the certificate, and two versions of the portal."""
    given.mkdir()
    certificate(given)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--requirement", "requirements.txt"]
    subprocess.run([*pip, "--wheel-dir", given / "wheels"], cwd=ROOT, check=True)
    work, head = given / "work", max(path.name[:4] for path in (ROOT / "portal/migrations/versions").glob("0*.py"))
    _git(ROOT, "clone", "--quiet", "--no-hardlinks", ".", str(work))
    _git(work, "tag", "1.0")
    (work / "portal/migrations/versions/newer.py").write_text(NEWER.format(head=head))
    _git(work, "add", ".")
    _git(work, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--message=Newer")
    _git(work, "tag", "1.1")
    _git(given, "clone", "--quiet", "--bare", str(work), "portal.git")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    main()
