"""What a request has at hand: the settings, the content in its language, the keys, and who sent it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from flask import current_app, request, session

from portal.content import Content, Words
from portal.i18n import language
from portal.keys import Keyring, digest, random_token
from portal.settings import Settings

BROWSER = "browser"


@dataclass(frozen=True, kw_only=True)
class Portal:
    """What an app was made of."""

    settings: Settings
    content: Content
    keys: Keyring


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
    sender = ipaddress.ip_address(request.remote_addr or "0.0.0.0")
    network = ipaddress.ip_network(f"{sender}/64", strict=False) if sender.version == 6 else sender
    return portal().keys.mac("address", str(network))


def cookie_name(name: str) -> str:
    """Return a cookie's name: on https with the prefix that binds it to this host."""
    return f"__Host-{name}" if portal().settings.https else name
