"""Staff accounts, their one-time links and their sessions; tokens are kept as SHA-256."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import OperationalError

from portal.clock import lies_ahead
from portal.extensions import begin_writing, db
from portal.keys import digest, random_token
from portal.models import Staff, StaffLink, StaffSession
from portal.passwords import hashed, right
from portal.text import LONGEST_ADDRESS, is_address

LINK_LASTS = timedelta(hours=1)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)

LONGEST_NAME = 100


class StaffFault(Exception):
    """What was asked of the accounts cannot be done; the message says why, plainly."""


def any_staff() -> bool:
    """Return whether any account exists."""
    return bool(db.session.scalar(select(exists().where(Staff.id.is_not(None)))))


def first_link(at: datetime) -> str:
    """Return the token of a new one-time link that makes the first account; earlier ones stop working."""
    begin_writing()
    db.session.execute(delete(StaffLink).where(StaffLink.staff_id.is_(None)))
    return _link(None, at)


def add(email: str, name: str, language: str, at: datetime) -> str:
    """Add an account; return the token of the one-time link that sets its password."""
    _check(email, name)
    begin_writing()
    if _by_email(email):
        raise StaffFault(f"{_address(email)} has an account already")
    staff = Staff(email=_address(email), name=name.strip(), language=language, added_at=at)
    db.session.add(staff)
    db.session.flush()
    return _link(staff.id, at)


def listed() -> Sequence[Staff]:
    """Return every account, by address."""
    return db.session.scalars(select(Staff).order_by(Staff.email)).all()


def disable(email: str, at: datetime) -> None:
    """Disable an account; its sessions and links end."""
    begin_writing()
    staff = _existing(email)
    staff.disabled_at = staff.disabled_at or at
    _end_all(staff.id)
    db.session.commit()


def reset(email: str, at: datetime) -> str:
    """Take an account's password, sessions and links away and enable it; return the token of a new one-time link."""
    begin_writing()
    staff = _existing(email)
    staff.password_hash, staff.disabled_at = None, None
    _end_all(staff.id)
    return _link(staff.id, at)


def link_owner(token: str, at: datetime) -> tuple[bool, Staff | None]:
    """Return whether a one-time link works, and whose it is (`None`: it makes the first account)."""
    link = db.session.get(StaffLink, digest(token))
    if link is None or not _lasts(link, at) or (link.staff_id is None and any_staff()):
        return False, None
    return True, db.session.get(Staff, link.staff_id) if link.staff_id else None


def use_link(token: str, password: str, at: datetime, *, email: str = "", name: str = "", language: str = "") -> Staff:
    """Set the password of a link's account, making the first account where it is that link; the link ends.

    Raises `StaffFault` where the link is used, expired or unknown.
    """
    kept = hashed(password) if link_owner(token, at)[0] else None  # a made-up link costs no work
    begin_writing()
    works, staff = link_owner(token, at)
    ended = delete(StaffLink).where(StaffLink.hash == digest(token)).returning(StaffLink.hash)
    if not works or kept is None or not db.session.scalar(ended):
        db.session.rollback()
        raise StaffFault("the link does not work")
    if staff is None:
        staff = Staff(email=_address(email), name=name.strip(), language=language, added_at=at)
        db.session.add(staff)
    staff.password_hash = kept
    db.session.commit()
    return staff


def sign_in(email: str, password: str, at: datetime) -> str | None:
    """Return the token of a new session; `None` for unknown address, wrong password and disabled account alike."""
    staff = _by_email(email)
    db.session.commit()  # no transaction stays open while the password is hashed
    if not _right(staff, password) or staff is None:
        return None
    begin_writing()
    unchanged = (Staff.id == staff.id, Staff.password_hash == staff.password_hash, Staff.disabled_at.is_(None))
    if db.session.scalar(select(Staff.id).where(*unchanged).with_for_update()) is None:
        db.session.rollback()  # disabled or reset while the password was checked
        return None
    db.session.execute(delete(StaffSession).where(StaffSession.started_at <= at - LONGEST))
    token = random_token()
    db.session.add(StaffSession(hash=digest(token), staff_id=staff.id, started_at=at, seen_at=at))
    db.session.commit()
    return token


def signed_in(token: str, at: datetime) -> Staff | None:
    """Return whose session the token is of; `None` where it ended, was idle, or the account is disabled.

    One of a moment that lies ahead ended too: how long it was idle, nobody knows.

    When it was last seen is written at most every five minutes.
    """
    session = db.session.get(StaffSession, digest(token))
    if (
        session is None
        or session.seen_at <= at - IDLE
        or session.started_at <= at - LONGEST
        or lies_ahead(session.seen_at, at)
        or session.staff.disabled_at
    ):
        return None
    if session.seen_at <= at - SEEN_EVERY:
        _see(session, at)
    return session.staff


def _see(session: StaffSession, at: datetime) -> None:
    """Write when a session was last seen; a database that takes nothing at the moment closes no page."""
    try:
        begin_writing()
        db.session.execute(update(StaffSession).where(StaffSession.hash == session.hash).values(seen_at=at))
        db.session.commit()
    except OperationalError:
        db.session.rollback()


def sign_out(token: str) -> None:
    """End a session."""
    begin_writing()
    db.session.execute(delete(StaffSession).where(StaffSession.hash == digest(token)))
    db.session.commit()


def change_password(staff: Staff, old: str, new: str, keep: str) -> bool:
    """Set a new password where the old one is right; end all other sessions than the one of token `keep`."""
    db.session.commit()  # no transaction stays open while passwords are hashed
    if not _right(staff, old):
        return False
    kept = hashed(new)
    begin_writing()
    unchanged = (Staff.id == staff.id, Staff.password_hash == staff.password_hash, Staff.disabled_at.is_(None))
    changed = update(Staff).where(*unchanged).values(password_hash=kept).returning(Staff.id)
    if db.session.scalar(changed) is None:
        db.session.rollback()  # disabled or reset while the passwords were hashed
        return False
    others = (StaffSession.staff_id == staff.id, StaffSession.hash != digest(keep))
    db.session.execute(delete(StaffSession).where(*others))
    db.session.commit()
    return True


def _check(email: str, name: str) -> None:
    if not is_address(_address(email)) or len(email) > LONGEST_ADDRESS:
        raise StaffFault("the e-mail address should be such as olena@example.com")
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise StaffFault(f"the name should have 1 to {LONGEST_NAME} characters")


def _address(email: str) -> str:
    return email.strip().lower()


def _by_email(email: str) -> Staff | None:
    return db.session.scalar(select(Staff).where(Staff.email == _address(email)))


def _existing(email: str) -> Staff:
    staff = _by_email(email)
    if staff is None:
        raise StaffFault(f"{_address(email)} has no account")
    return staff


def _link(staff_id: int | None, at: datetime) -> str:
    token = random_token()
    db.session.execute(delete(StaffLink).where(StaffLink.expires_at <= at))
    db.session.add(StaffLink(hash=digest(token), staff_id=staff_id, expires_at=at + LINK_LASTS))
    db.session.commit()
    return token


def _lasts(link: StaffLink, at: datetime) -> bool:
    return link.expires_at > at and not lies_ahead(link.expires_at - LINK_LASTS, at)


def _end_all(staff_id: int) -> None:
    for model in (StaffSession, StaffLink):
        db.session.execute(delete(model).where(model.staff_id == staff_id))


def _right(staff: Staff | None, password: str) -> bool:
    return right(password, staff.password_hash if staff is not None and staff.disabled_at is None else None)
