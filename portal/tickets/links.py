"""The secret link of a ticket: the database keeps a nonce and the token's hash; a key makes the token of the nonce."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select

from portal.events import EventKind
from portal.extensions import begin_writing, db
from portal.keys import Keyring, digest
from portal.models import Staff, Ticket
from portal.tickets.history import add_event, locked
from portal.tickets.known import known_of

PURPOSE = "ticket-link"
MAILS = "mails"


def give_link(ticket: Ticket, keys: Keyring) -> None:
    """Give a ticket a new secret link; an earlier one works no longer."""
    ticket.nonce, ticket.key_id = secrets.token_hex(16), keys.newest
    ticket.token_hash = digest(link_token(ticket, keys))


def link_token(ticket: Ticket, keys: Keyring) -> str:
    """Return the token of a ticket's secret link, made again from its nonce; `KeyError` where its key is gone."""
    return keys.mac(PURPOSE, ticket.nonce, ticket.key_id)


def working_link(ticket: Ticket, keys: Keyring) -> str:
    """Return the token of a ticket's secret link; commit a new one where the old one died with its key."""
    if not keys.has(ticket.key_id):
        begin_writing()
        give_link(ticket, keys)
        db.session.commit()
    return link_token(ticket, keys)


def by_token(token: str, keys: Keyring) -> Ticket | None:
    """Return the ticket that a secret link opens; none whose key was taken away."""
    ticket = db.session.scalar(select(Ticket).where(Ticket.token_hash == digest(token)))
    return ticket if ticket is not None and keys.has(ticket.key_id) else None


def replace_link(reference: str, staff: Staff, keys: Keyring, seen: int, at: datetime) -> Ticket:
    """Replace a ticket's secret link, as staff ask; mails go to no address but the main site's from now on. Commit."""
    ticket = locked(reference, seen)
    give_link(ticket, keys)
    told = known_of(ticket).told
    ticket.email = told.email if told else None  # else who had the old link and gave an address would get the new one
    add_event(ticket, EventKind.LINK_REPLACED, at, staff=staff)
    db.session.commit()
    return ticket


def mails_token(ticket: Ticket, keys: Keyring) -> str:
    """Return the token by which whoever gets the mails about a ticket turns them off: of no use for another address."""
    return keys.sign(MAILS, f"{ticket.reference}~{_address_digest(ticket)}")


def by_mails_token(token: str, keys: Keyring) -> Ticket | None:
    """Return the ticket whose mails this token turns off; none whose mails go elsewhere by now."""
    reference, _, address = (keys.unsign(MAILS, token) or "").partition("~")
    ticket = db.session.scalar(select(Ticket).where(Ticket.reference == reference))
    return ticket if ticket is not None and address == _address_digest(ticket) else None


def _address_digest(ticket: Ticket) -> str:
    return digest(ticket.email or "")[:16]
