"""A notice as a mail: plain text and simple HTML, addressed so that nothing typed can add a header or a recipient."""

from __future__ import annotations

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Any
from urllib.parse import urlsplit

import idna
from flask import current_app

from portal.i18n import gettext, speaking
from portal.notices.told import Told
from portal.settings import Settings


class BadAddress(Exception):
    """No mail can be addressed so."""


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header of addresses and ids, that stays as it is however long: encoded in parts, no program would know it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _form() -> Policy:
    headers = HeaderRegistry()
    for name in ("In-Reply-To", "References", "List-Unsubscribe"):
        headers.map_to_type(name, _OneLine)
    return SMTP.clone(header_factory=headers)


FORM = _form()
"""How mails are written down."""


def address(text: str, name: str = "") -> Address:
    """Return one address, its domain in ASCII as mail servers know it. Raises `BadAddress` for anything else."""
    local, _, domain = text.rpartition("@")
    plain = "".join(letter if letter.isascii() else "x" for letter in local)  # the parser reads nothing else
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        parsed = Address(addr_spec=f"{plain}@{ascii_domain}")
    except (ValueError, IndexError, idna.IDNAError, MessageError) as error:
        raise BadAddress(f"no address: {type(error).__name__}") from error
    if (parsed.username, parsed.domain) != (plain, ascii_domain) or not text.isprintable():
        raise BadAddress("more than an address")
    return Address(display_name=name, username=local, domain=ascii_domain)


def letter(told: Told, to: str, name: str, at: datetime, settings: Settings) -> EmailMessage:
    """Return the mail of what is told, to one address; `name` makes its Message-ID, the same at every try.

    All mails about a ticket answer its first one, sent or not, so that they stand together. Raises `BadAddress`.
    """
    host = urlsplit(settings.public_url).hostname or ""
    host = "localhost" if ":" in host else host
    mail = EmailMessage(policy=FORM)
    mail["From"] = address(settings.sender, settings.shop_name)
    mail["To"] = address(to)
    mail["Subject"] = told.subject
    mail["Date"] = at
    mail["Message-ID"] = f"<{name}@{host}>"
    first = f"<{told.reference}.1@{host}>"
    if told.reference and mail["Message-ID"] != first:
        mail["In-Reply-To"] = mail["References"] = first
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if told.off.startswith("https:"):
        mail["List-Unsubscribe"] = f"<{told.off}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    with speaking(told.language):
        mail.set_content(_rendered("mail/notice.txt", told, settings, _=gettext), cte="base64")
        mail.add_alternative(_rendered("mail/notice.html", told, settings), subtype="html", cte="base64")
    mail["Content-Language"] = told.language.replace("_", "-")  # the parts would take it along
    return mail


def _rendered(template: str, told: Told, settings: Settings, **more: Any) -> str:
    return current_app.jinja_env.get_template(template).render(told=told, settings=settings, **more)
