"""Passwords: kept as argon2id, checked a few at a time, since each check takes 64 MiB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from portal.keys import random_token

PATIENCE = 5
"""Seconds to wait for one's turn."""

_hasher = PasswordHasher()
_hashing = BoundedSemaphore(2)


class Busy(Exception):
    """Too many passwords are being checked at this moment."""


def hashed(password: str) -> str:
    """Return what to keep of a password. Raises `Busy`."""
    with _turn():
        return _hasher.hash(password)


def right(password: str, kept: str | None) -> bool:
    """Return whether `kept` was kept of this password; where nothing was, never, and no sooner. Raises `Busy`."""
    nobodys = _nobodys()
    try:
        with _turn():
            return _hasher.verify(kept or nobodys, password) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """Return a hash that no password has: an unknown address costs as much time as a wrong password."""
    return hashed(random_token())


@contextmanager
def _turn() -> Iterator[None]:
    if not _hashing.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _hashing.release()
