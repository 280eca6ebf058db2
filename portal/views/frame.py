"""What every page's frame shows: its language, the words of the policy, and the same page in other languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import g, request, url_for

from portal.i18n import language
from portal.views.here import portal, words

OPENED_BY = {
    "tickets.file_ticket": "tickets.new",
    "tickets.write": "tickets.ticket",
    "tickets.set_email": "tickets.ticket",
    "tickets.withdraw": "tickets.ticket",
    "tickets.ask_for_link": "tickets.lost_link",
    "tickets.turn": "tickets.mails",
}
"""The pages of forms, by what takes the forms."""


@dataclass(frozen=True, kw_only=True)
class Other:
    """This page in another language."""

    id: str
    name: str
    href: str


def frame() -> dict[str, Any]:
    """Return what `base.html` needs."""
    content = portal().content
    return {
        "lang": language(),
        "words": words(),
        "staff": g.get("staff"),
        "all_languages": [Other(id=id_, name=content.words[id_].name, href="") for id_ in content.languages],
        "other_languages": [_other(id_) for id_ in content.languages if id_ != language() and _has_languages()],
    }


def _other(id_: str) -> Other:
    """Return this page in another language; a page that a form answered leads to the page of the form."""
    values = {**(request.view_args or {}), "language": id_}
    query = urlencode(list(request.args.items(multi=True))) if request.method == "GET" else ""
    endpoint = OPENED_BY.get(request.endpoint or "", request.endpoint or "")
    href = url_for(endpoint, **values) + ("?" if query else "") + query
    return Other(id=id_, name=portal().content.words[id_].name, href=href)


def _has_languages() -> bool:
    return "language" in (request.view_args or {})
