"""A bucket of an S3 server, whose keys the environment holds as AWS's own programs take them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from portal.files import Unreachable, Why
from portal.settings import Bucket

if TYPE_CHECKING:
    from obstore.store import S3Config

CONNECTS_WITHIN = timedelta(seconds=2)
ANSWERS_WITHIN = timedelta(seconds=8)
"""How long one try of a call takes at most, from its beginning to the last byte."""
TRIED_AGAIN_WITHIN = timedelta(seconds=2)
"""A try that failed sooner than this is made once more."""
AT_ONCE = 6
"""How many calls of one process are under way at once: others than these few requests never wait for the store."""
WAITS = 1.0
"""Seconds that a call waits for its turn, while the store answers; else it does not wait."""
CODE = re.compile(r"<Code>(\w{1,60})</Code>")


class S3:
    """The files whose names begin with the bucket's prefix."""

    def __init__(self, bucket: Bucket, answers_within: timedelta = ANSWERS_WITHIN) -> None:
        self.shown = str(bucket)[:100]
        self._turns = BoundedSemaphore(AT_ONCE)
        self._answers = True
        self._store = S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            config=_at(bucket),
            client_options={
                "allow_http": (bucket.endpoint or "").startswith("http:"),
                "connect_timeout": CONNECTS_WITHIN,
                "timeout": answers_within,
            },
            retry_config={
                "max_retries": 1,
                "retry_timeout": TRIED_AGAIN_WITHIN,
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=1),
                    "base": 2,
                },
            },
        )

    def put(self, name: str, content: bytes) -> None:
        """Keep a file under a name that none has yet."""
        with self._turn():
            self._store.put(name, content, mode="create", attributes={"Content-Type": "image/webp"})

    def get(self, name: str) -> bytes:
        """Return a file."""
        with self._turn():
            return bytes(self._store.get(name).bytes())

    def delete(self, names: Sequence[str]) -> None:
        """Delete files, at most 1,000; one that is not there is no fault."""
        with self._turn():
            self._store.delete(list(names))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Call the store when it is our turn; where it did not answer the last call, nobody waits for theirs."""
        if not self._turns.acquire(timeout=WAITS if self._answers else 0):
            raise Unreachable(Why.BUSY)
        try:
            yield
            self._answers = True
        except (BaseError, OSError) as error:
            fault = _fault(error)
            self._answers = fault.why is not Why.UNREACHABLE
            raise fault from error
        finally:
            self._turns.release()


def _at(bucket: Bucket) -> S3Config:
    """Return where the bucket's server is, as far as it is told; the rest comes from the environment."""
    told: S3Config = {}
    if bucket.endpoint:
        told["endpoint"] = told["aws_endpoint_url_s3"] = bucket.endpoint
    if bucket.region:
        told["region"] = bucket.region
    return told


def _fault(error: Exception) -> Unreachable:
    """Return the fault without what the library says of it: addresses, names and keys' ids."""
    found = CODE.search(str(error))
    code = found[1] if found else ""
    if isinstance(error, FileNotFoundError):
        return Unreachable(Why.MISSING, code)
    if isinstance(error, PermissionDeniedError | UnauthenticatedError | AlreadyExistsError):
        return Unreachable(Why.REFUSED, code)
    return Unreachable(Why.UNREACHABLE, code)
