"""Keys of the API: made and withdrawn by whoever runs the portal; only their SHA-256 is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from portal.api.scopes import Scope
from portal.extensions import begin_writing, db
from portal.keys import digest, random_token
from portal.models import ApiKey

PREFIX = "portal_"
"""By which a key is known where it should not be: in a log, in a repository."""

LONGEST_NAME = 100


class KeyFault(Exception):
    """What was asked of the keys cannot be done; the message says why, plainly."""


def make(name: str, scopes: Iterable[Scope], at: datetime) -> str:
    """Make a key for these scopes; return it, which nobody can do again. Raises `KeyFault`."""
    wanted = sorted(set(scopes))
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise KeyFault(f"the name should have 1 to {LONGEST_NAME} characters, on one line")
    if not wanted:
        raise KeyFault(f"the key should have one of the scopes {', '.join(Scope)}, or more")
    begin_writing()
    key = PREFIX + random_token()
    db.session.add(ApiKey(name=name.strip(), hash=digest(key), scopes=" ".join(wanted), made_at=at))
    db.session.commit()
    return key


def listed() -> Sequence[ApiKey]:
    """Return every key, in the order in which they were made."""
    return db.session.scalars(select(ApiKey).order_by(ApiKey.id)).all()


def withdraw(number: int, at: datetime) -> ApiKey:
    """Withdraw the key of this number; it works no longer. Raises `KeyFault`."""
    begin_writing()
    key = db.session.get(ApiKey, number)
    if key is None:
        db.session.rollback()
        raise KeyFault(f"there is no key {number}: `flask key list` shows those that there are")
    key.withdrawn_at = key.withdrawn_at or at
    db.session.commit()
    return key


def working(key: str) -> ApiKey | None:
    """Return the key where it is one of ours and was not withdrawn."""
    return db.session.scalar(select(ApiKey).where(ApiKey.hash == digest(key), ApiKey.withdrawn_at.is_(None)))


def may(key: ApiKey, scope: Scope) -> bool:
    """Return whether a key has a scope."""
    return scope in key.scopes.split()
