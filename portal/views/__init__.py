"""The views: each translates a request, calls what does the work, and answers."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from portal.extensions import csrf
from portal.views import api, assets, embed, outside, policy_page, staff, tickets
from portal.views.frame import frame

FORM_BYTES = 16 * 1000 * 1000
"""What the ticket form and a message take: three screenshots of 5 MB and the fields."""

CHECK_THEMSELVES = (
    "portal.views.tickets.form.file_ticket",
    "portal.views.tickets.steps.write",
    "portal.views.tickets.steps.set_email",
    "portal.views.tickets.steps.withdraw",
    "portal.views.tickets.mails.ask_for_link",
    "portal.views.staff.ticket.act",
)
"""Views that check the CSRF token themselves, so that a stale page comes back with all that was typed."""

NO_COOKIE = ("portal.views.tickets.mails.turn",)
"""Views that the signed token in their address authorizes, and no cookie."""

LARGE = {"tickets.file_ticket": FORM_BYTES, "tickets.write": FORM_BYTES}
TYPES = {api.bp.name: ("application/json",)}
"""Media types that are sent to blueprints, where not those of forms."""


def register(app: Flask) -> None:
    """Attach every address to an app."""
    for blueprint in (assets.bp, policy_page.bp, embed.bp, tickets.bp, staff.bp, api.bp, outside.bp):
        app.register_blueprint(blueprint)
    app.context_processor(frame)
    for view in (*CHECK_THEMSELVES, *NO_COOKIE):
        csrf.exempt(view)
    csrf.exempt(api.bp)  # no cookie authorizes its calls


def public_addresses(app: Flask) -> Iterable[str]:
    """Return the addresses that answer everyone alike, for `pages` to keep as bytes."""
    yield from assets.addresses(app)
    yield from policy_page.addresses(app)
    yield from embed.addresses(app)
