"""A real S3 server on this machine (moto's), buckets in it, and servers that do less."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import requests
from obstore.store import S3Store

from portal.settings import Bucket

KEYS = {"AWS_ACCESS_KEY_ID": "a-key-of-the-tests", "AWS_SECRET_ACCESS_KEY": "hunter2hunter2"}
NOBODY_ANSWERS = Bucket("shots", endpoint="http://127.0.0.1:9")
QUICK = timedelta(milliseconds=300)


class Shelf:
    """A bucket, and what lies in it under its prefix."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        server = str(bucket.endpoint)
        self._store: Any = S3Store(
            bucket.name, prefix=bucket.prefix, endpoint=server, client_options={"allow_http": True}
        )

    def names(self) -> list[str]:
        """Return the names of all objects, without the prefix."""
        return sorted(found["path"] for found in self._store.list().collect())

    def content(self, name: str) -> bytes:
        """Return an object's bytes."""
        return bytes(self._store.get(name).bytes())

    def media_type(self, name: str) -> str:
        """Return the media type that an object has."""
        return str(self._store.get(name).attributes["Content-Type"])

    def loses(self, name: str) -> None:
        """Delete an object behind the portal's back."""
        self._store.delete(name)


class Server:
    """A running server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def shelf(self) -> Shelf:
        """Make a bucket of its own."""
        name = f"shots-{secrets.token_hex(6)}"
        requests.put(f"{self.url}/{name}", timeout=10).raise_for_status()
        return Shelf(Bucket(name, "help/pictures", self.url))

    @contextmanager
    def knowing_no_key(self) -> Iterator[None]:
        """Have the server look at the keys for a while, and know none of them."""
        self._ask_for_keys_after("0")
        try:
            yield
        finally:
            self._ask_for_keys_after("inf")

    def _ask_for_keys_after(self, calls: str) -> None:
        plain = {"Content-Type": "text/plain"}
        requests.post(f"{self.url}/moto-api/reset-auth", calls, headers=plain, timeout=10).raise_for_status()


@contextmanager
def serving() -> Iterator[Server]:
    """Serve on a free port; the keys stand in the environment, where the portal looks for them."""
    from moto.server import ThreadedMotoServer  # most of a second, which only these tests spend

    before = {name: os.environ.get(name) for name in KEYS}
    os.environ.update(KEYS)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Server(f"http://{host}:{port}")
    finally:
        server.stop()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


class Silent:
    """A server that takes connections, says this at most, and then nothing; `taken` counts them."""

    def __init__(self, says: bytes = b"") -> None:
        self._says = says
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = ExitStack()
        self.taken, self.changed = 0, Event()
        self.bucket = Bucket("shots", endpoint=f"http://127.0.0.1:{self._listening.getsockname()[1]}")
        self._thread = Thread(target=self._take)
        self._thread.start()

    def wait_for(self, connections: int) -> None:
        """Wait until so many connections were made."""
        for _ in range(2000):
            if self.taken >= connections:
                return
            self.changed.wait(0.01)
        raise AssertionError(f"only {self.taken} connections came")

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections, and take no more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()
        self._open.close()

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.enter_context(connection).sendall(self._says)
            self.taken += 1
