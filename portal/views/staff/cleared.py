"""A ticket whose personal data was taken out, for staff: what is left of it; nothing can be done with it any more."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template

from portal.forms.labels import STATES
from portal.views.said import said
from portal.views.staff.history import history


def cleared_page(found: Any, status: int) -> Response:
    """Return the page of what is left of a ticket."""
    body = render_template(
        "staff/cleared.html",
        ticket=found,
        state=STATES[found.state],
        claims=[said(event) for event in found.events if event.filing],
        history=history(found),
    )
    return make_response(body, status)
