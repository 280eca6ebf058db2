"""The help portal: `create_app` puts it together. Whoever wants a part of it alone loads nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from portal.settings import Settings


def create_app(settings: Settings | None = None, **folders: Path) -> Flask:
    """Return the portal as a WSGI app, as `portal.app` makes it."""
    from portal import app

    return app.create_app(settings, **folders)
