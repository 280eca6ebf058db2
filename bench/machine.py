"""What the figures were measured on: the machine, and the versions of what was measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from portal import sqlite
from tests.postgresql import INSTALLED

PACKAGES = ("granian", "Flask", "SQLAlchemy", "psycopg")
BUSY = 0.5
"""A load average from which the machine was not idle when it began."""


def machine() -> str:
    """Return the machine in a sentence: processors, memory, system, and how busy it was when this was asked."""
    busy = os.getloadavg()[0]
    how = f"It was not idle when this began: its load average was {busy:.1f}." if busy > BUSY else "It was idle before."
    return f"{os.cpu_count()} × {_processor()}, {_gibibytes():.0f} GiB, {_system()}. {how}"


def versions() -> str:
    """Return the versions of what was measured."""
    named = [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in PACKAGES),
        f"SQLite {sqlite.module().sqlite_version}",
        f"PostgreSQL {max((path.name for path in INSTALLED.glob('*')), key=float, default='')}",
        f"nginx {_said('/usr/sbin/nginx', '-v')}",
        f"wrk {_said('wrk', '-v')}",
    ]
    return ", ".join(named)


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _gibibytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _system() -> str:
    return f"{platform.freedesktop_os_release().get('PRETTY_NAME', platform.system())}, kernel {platform.release()}"


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+\.\d+", done.stdout + done.stderr)
    return found[0] if found else "of an unknown version"
