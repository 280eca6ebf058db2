"""The policy for pages of other sites: the frame that they may show, and the script that makes it an element."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Flask, Response, request, url_for

from portal import headers
from portal.policy import Status
from portal.views.assets import file
from portal.views.here import portal
from portal.views.policy_page import policy

THEMES = ("light", "dark")
"""What a site may ask for; anything else follows the reader's system."""

FRESH = "public, max-age=3600"

bp = Blueprint("embed", __name__)


@bp.get("/<language:language>/cancellation/embed")
def page(language: str) -> Response:
    """Show the policy without the portal's frame, to be framed by the sites that the settings name."""
    asked = request.args.get("theme", "")
    theme = asked if asked in THEMES else ""
    response = policy("policy/embed.html", chooser=url_for(".page", language=language), framed=True, theme=theme)
    return headers.loosen(response, "frame-ancestors", "'self'", *portal().settings.embed_sites)


@bp.get("/embed.js")
def script() -> Response:
    """Answer with the script that sites include; its name stays, so browsers keep it for an hour only."""
    response = headers.share(file("embed.js"))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = FRESH
    return response


def addresses(app: Flask) -> Iterable[str]:
    """Return the addresses of the script and, in each language and theme, of the frame and its answers."""
    yield "/embed.js"
    for language in app.config["LANGUAGES"]:
        for theme in ("", *(f"theme={theme}" for theme in THEMES)):
            for status in ("", *(f"status={status}" for status in Status)):
                query = "&".join(part for part in (theme, status) if part)
                yield f"/{language}/cancellation/embed" + ("?" if query else "") + query
