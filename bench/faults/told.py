"""How an outcome is told: a table, and what did not hold of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click


def told(title: str, rows: Mapping[str, str], faults: Sequence[str]) -> bool:
    """Print an outcome; return whether anything did not hold."""
    width = max(map(len, rows)) + 2
    click.echo("\n".join([title, *(f"{name:<{width}}{value}" for name, value in rows.items()), ""]))
    for fault in faults:
        click.echo(f"{title}: {fault}", err=True)
    return bool(faults)
