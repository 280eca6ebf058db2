"""The static files, under names that hold their hash, so that browsers keep them for good."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Flask, Response, abort

from portal import headers

FOLDER = Path(__file__).parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"

bp = Blueprint("assets", __name__)


def _hashed(path: Path) -> str:
    return f"{path.stem}.{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}{path.suffix}"


FILES = {path.name: _hashed(path) for path in sorted(FOLDER.iterdir())}
ADDRESSES = {name: f"/static/{hashed}" for name, hashed in FILES.items()}
"""The address of each static file, by its name."""


@bp.app_context_processor
def _addresses() -> dict[str, object]:
    return {"assets": ADDRESSES}


@bp.get("/static/<name>")
def static(name: str) -> Response:
    """Answer with a static file."""
    found = next((plain for plain, hashed in FILES.items() if hashed == name), None)
    if found is None:
        abort(404)
    response = headers.share(file(found))  # a frame in a sandbox is a stranger to its own files
    response.headers["Cache-Control"] = FOREVER
    return response


def file(name: str) -> Response:
    """Return one of the static files."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response((FOLDER / name).read_bytes(), content_type=kind)


def addresses(app: Flask) -> Iterable[str]:
    """Return the addresses of all static files."""
    return ADDRESSES.values()
