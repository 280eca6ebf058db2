"""Files that lie outside the database, in a store that several machines share; no library is loaded where none is set.

A process that calls the store may not be copied (forked) afterwards: in the copy, no call would ever end.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from portal.settings import Bucket

__all__ = ["Files", "Unreachable", "Why", "files_in", "try_out"]


class Why(StrEnum):
    """Why a store did not do what it was asked to."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    MISSING = "missing"
    BUSY = "busy"
    NOT_SET = "not_set"


class Unreachable(Exception):
    """A store did not do what it was asked to; `code` is its own word for the fault, such as NoSuchBucket, or ""."""

    def __init__(self, why: Why, code: str = "") -> None:
        super().__init__(f"{why} {code}".strip())
        self.why, self.code = why, code


class Files(Protocol):
    """A store of files by name; each call ends within seconds, and raises `Unreachable`."""

    shown: str
    """Where it is, for people, at most 100 characters."""

    def put(self, name: str, content: bytes) -> None:
        """Keep a file under a name that none has yet."""

    def get(self, name: str) -> bytes:
        """Return a file."""

    def delete(self, names: Sequence[str]) -> None:
        """Delete files, at most 1,000; one that is not there is no fault."""


def files_in(bucket: Bucket | None) -> Files | None:
    """Return the store of a bucket, which nobody has called yet; `None` where files lie in the database."""
    if bucket is None:
        return None
    from portal.files.s3 import S3

    return S3(bucket)


def try_out(files: Files) -> None:
    """Keep a file, read it and delete it. Raises `Unreachable`."""
    name = f"check/{secrets.token_hex(16)}"
    files.put(name, name.encode())
    files.get(name)
    files.delete([name])
