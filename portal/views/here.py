"""What a request has at hand: the settings, the content in its language, the keys, and who sent it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request, session

from portal.content import Content, Words, read
from portal.i18n import language
from portal.keys import Keyring, digest, random_token
from portal.settings import Settings

BROWSER = "browser"
FORM_LASTS = timedelta(hours=4)
"""How long a form can be sent after it was opened."""


@dataclass(frozen=True, kw_only=True)
class Portal:
    """What an app was made of."""

    settings: Settings
    content: Content
    keys: Keyring
    earlier: dict[str, Content] = field(default_factory=dict)

    def content_of(self, policy: Any) -> Content:
        """Return the content of a stored version of the policy, as it was."""
        if policy.hash == self.content.policy.edition.hash:
            return self.content
        if policy.hash not in self.earlier:
            self.earlier[policy.hash] = read(policy.content, self.content.fill)
        return self.earlier[policy.hash]


def portal() -> Portal:
    """Return what this app was made of."""
    made: Portal = current_app.extensions["portal"]
    return made


def words() -> Words:
    """Return the policy's words in the language of this request."""
    return portal().content.words[language()]


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


def kept_while_unchanged(response: Response) -> Response:
    """Return an answer that whoever has it already need not be sent again."""
    response.add_etag()
    response.make_conditional(request)
    return response


def cookie_name(name: str) -> str:
    """Return a cookie's name: on https with the prefix that binds it to this host."""
    return f"__Host-{name}" if portal().settings.https else name
