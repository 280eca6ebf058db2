"""A notice as a mail: plain text and simple HTML, addressed so that nothing typed can add a header or a recipient."""

from __future__ import annotations

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

import idna
from flask import current_app

from portal.i18n import speaking
from portal.notices.told import Told
from portal.settings import Settings


class BadAddress(Exception):
    """No mail can be addressed so."""


def address(text: str, name: str = "") -> Address:
    """Return one address, its domain in ASCII as mail servers know it. Raises `BadAddress` for anything else."""
    local, _, domain = text.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        one = (
            Address(display_name=name, addr_spec=f"{local}@{ascii_domain}")
            if local.isascii()
            else Address(display_name=name, username=local, domain=ascii_domain)
        )
    except (ValueError, IndexError, MessageError, idna.IDNAError) as error:
        raise BadAddress(f"no address: {type(error).__name__}") from error
    if one.username != local or one.domain != ascii_domain:
        raise BadAddress("more than an address")
    return one


def letter(told: Told, to: str, name: str, at: datetime, settings: Settings) -> EmailMessage:
    """Return the mail of what is told, to one address; `name` makes its Message-ID, the same at every try.

    All mails about a ticket answer its first one, sent or not, so that they stand together. Raises `BadAddress`.
    """
    host = urlsplit(settings.public_url).hostname or ""
    host = "localhost" if ":" in host else host
    mail = EmailMessage(policy=SMTP)
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
        mail.set_content(_rendered("mail/notice.txt", told, settings), cte="base64")
        mail.add_alternative(_rendered("mail/notice.html", told, settings), subtype="html", cte="base64")
    mail["Content-Language"] = told.language.replace("_", "-")  # a new content takes such headers away
    return mail


def _rendered(template: str, told: Told, settings: Settings) -> str:
    return current_app.jinja_env.get_template(template).render(told=told, settings=settings)
