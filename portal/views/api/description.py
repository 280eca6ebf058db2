"""The API's description, for programs and for those who write them."""

from __future__ import annotations

import json
from functools import cache

from flask import Response

from portal.api.description import describe
from portal.views.api.blueprint import bp
from portal.views.here import kept_while_unchanged, portal

FRESH = "public, max-age=300"
describe_once = cache(describe)


@bp.get("/openapi.json")
def openapi() -> Response:
    """Answer with the description, OpenAPI 3.1."""
    described = describe_once(portal().content.languages, portal().settings.public_url)
    response = Response(json.dumps(described, ensure_ascii=False) + "\n", content_type="application/json")
    response.headers["Cache-Control"] = FRESH
    return kept_while_unchanged(response)
