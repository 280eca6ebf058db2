"""What a request has at hand: the settings, the content in its language, the keys, and who sent it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Response, request, session

from portal import limits
from portal.content import Words
from portal.i18n import language
from portal.keys import digest, random_token
from portal.parts import link, portal
from portal.readings import PanelKind
from portal.text import canonical

__all__ = [
    "FORM_LASTS",
    "address",
    "browser",
    "cookie_name",
    "count",
    "count_all",
    "email_key",
    "kept_while_unchanged",
    "link",
    "portal",
    "reads_panel",
    "words",
]

BROWSER = "browser"
FORM_LASTS = timedelta(hours=4)
"""How long a form can be sent after it was opened."""


def words() -> Words:
    """Return the policy's words in the language of this request."""
    return portal().content.words[language()]


def reads_panel() -> bool:
    """Return whether the portal reads the shop's panel; else staff say what they see there."""
    return portal().settings.panel_kind is not PanelKind.BY_HAND


def browser() -> str:
    """Return the hash that names the sending browser, giving it a name in its session where it has none."""
    if BROWSER not in session:
        session[BROWSER] = random_token()
        session.permanent = True
    return digest(session[BROWSER])


def address() -> str:
    """Return the keyed hash of the sender's address, of its /64 network for IPv6."""
    return portal().keys.mac("address", _network(request.remote_addr or ""))


def _network(sender: str) -> str:
    try:
        address = ipaddress.ip_address(sender)
    except ValueError:
        return sender  # a proxy need not tell an address: all whom it hides count as one
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address.packed[:8] + bytes(8), 64)))


def count(what: str, who: str, at: datetime, amount: int = 1) -> None:
    """Count a thing done, under the limit that the settings name so; the caller commits. Raises `limits.TooMany`."""
    count_all({what: who}, at, amount)


def count_all(counted: Mapping[str, str], at: datetime, amount: int = 1) -> None:
    """Count a thing done under several limits at once, each by its name and of whom; the caller commits."""
    set_to = portal().settings.limits
    limits.count([limits.Counted(what, who, *getattr(set_to, what)) for what, who in counted.items()], at, amount)


def email_key(email: str) -> str:
    """Return the keyed hash of a mail address, by which it is counted."""
    return portal().keys.mac("email", canonical(email))


def kept_while_unchanged(response: Response) -> Response:
    """Return an answer that whoever has it already need not be sent again."""
    response.add_etag()
    response.make_conditional(request)
    return response


def cookie_name(name: str) -> str:
    """Return a cookie's name: on https with the prefix that binds it to this host."""
    return f"__Host-{name}" if portal().settings.https else name
