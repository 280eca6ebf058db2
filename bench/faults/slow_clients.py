"""Clients that hold a connection for as long as they are let: they send a header a second, or stop in the body."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from threading import Event, Lock, Thread

from bench.faults.waits import Door
from tests.over_the_wire import Reached

A_SECOND = 1.0
HEAD = "POST /en/tickets/new HTTP/1.1\r\nHost: {host}:{port}\r\n"
BODY = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nreason=I+"


class Slow(StrEnum):
    """In what they are slow."""

    HEADERS = "headers"
    BODIES = "bodies"


class Clients:
    """Slow clients; each comes back as soon as it is sent away."""

    def __init__(self, door: Door) -> None:
        self.came = 0
        """How often one of them began to hold a connection, its first bytes sent."""
        self.over = Event()
        self._door, self._lock = door, Lock()

    def hold(self, slow: Slow) -> None:
        """Hold a connection until all is over."""
        while not self.over.is_set():
            with suppress(OSError):
                self._hold_once(slow)

    def _hold_once(self, slow: Slow) -> None:
        connection = Reached(self._door.host, self._door.port, self._door.trusted)
        connection.connect()
        try:
            head = HEAD.format(host=self._door.host, port=self._door.port)
            connection.sock.sendall((head + (BODY if slow is Slow.BODIES else "")).encode())
            with self._lock:
                self.came += 1
            self._wait(connection.sock, slow)
        finally:
            connection.close()

    def _wait(self, sock: socket.socket, slow: Slow) -> None:
        """Go on as slowly as can be until the server ends it; it says so, or is gone."""
        sock.settimeout(A_SECOND)
        while not self.over.is_set():
            try:
                if not sock.recv(4096):
                    return
            except TimeoutError:
                if slow is Slow.HEADERS:
                    sock.sendall(b"X-Slow: yes\r\n")


@contextmanager
def slow_clients(door: Door, numbers: Mapping[Slow, int]) -> Iterator[Clients]:
    """Have so many slow clients of each kind at a door."""
    clients = Clients(door)
    threads = [Thread(target=clients.hold, args=(slow,)) for slow, number in numbers.items() for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        clients.over.set()
        for thread in threads:
            thread.join()
