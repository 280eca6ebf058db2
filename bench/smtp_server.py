"""A mail server on loopback that is often busy, keeps a book of what it took, and has the workers killed that send.

Each worker has a port of its own, so that the server knows whom it speaks with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from enum import StrEnum
from random import Random
from threading import Lock, Timer
from typing import Any, AnyStr

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.postgresql import free_port

HOST = "127.0.0.1"
TAKEN = "250 OK"
BUSY = "451 busy: come again"
ONE_IN = 10
"""Of so many commands, one at random is answered that the server is busy."""
SOON = 1.0
"""Seconds within which a worker is killed that is to die at any moment."""


class Kill(StrEnum):
    """When a worker is killed: its mail came and was not yet taken, it was just taken, or whatever it does."""

    BEFORE = "before the 250"
    AFTER = "after the 250"
    ANY = "at any moment"


@dataclass(frozen=True, order=True)
class Mail:
    """A mail by its Message-ID, and whom it was for."""

    id: str
    recipient: str


class Book:
    """What the server took and refused, at all its ports; `kills` are planned by the number of the mail that came."""

    def __init__(self, chance: Random, kills: Mapping[int, Kill], kill: Callable[[int, Kill], None], workers: int):
        self.taken: list[Mail] = []
        self.busy: Counter[str] = Counter()
        self.kill = kill
        self._chance, self._kills, self._workers = chance, kills, workers
        self._lock = Lock()
        self._came = 0
        self._timers: list[Timer] = []
        self._unlucky = self._one_in_ten()

    def is_busy(self, command: str) -> bool:
        """Say of the next command whether it is one of those that the server has no time for."""
        with self._lock:
            busy = next(self._unlucky)
            self.busy[command] += busy
        return busy

    def came(self) -> Kill | None:
        """Note that a whole mail came; return when whoever sent it is to be killed."""
        with self._lock:
            self._came += 1
            planned = self._kills.get(self._came)
            if planned is not Kill.ANY:
                return planned
            timer = Timer(self._chance.uniform(0, SOON), self.kill, [self._chance.randrange(self._workers), planned])
            self._timers.append(timer)
        timer.start()
        return None

    def take(self, mail: Mail) -> None:
        """Write a mail down."""
        with self._lock:
            self.taken.append(mail)

    def close(self) -> None:
        """Wait for the kills that are still to come."""
        for timer in self._timers:
            timer.join()

    def _one_in_ten(self) -> Iterator[bool]:
        while True:
            unlucky = self._chance.randrange(ONE_IN)
            yield from (place == unlucky for place in range(ONE_IN))


class Connection(SMTP):
    """A connection; `then` is done when the next answer was given."""

    then: Callable[[], None] | None = None

    async def push(self, status: AnyStr) -> None:
        """Give an answer."""
        await super().push(status)
        then, self.then = self.then, None
        if then is not None:
            then()


class Port(Controller):
    """The port of one worker; its hooks answer what the worker says."""

    def __init__(self, worker: int, book: Book) -> None:
        self._worker, self._book = worker, book
        super().__init__(self, hostname=HOST, port=free_port(), server_hostname="localhost")

    def factory(self) -> SMTP:
        """Return what speaks with one client."""
        return Connection(self, loop=self.loop, **self.SMTP_kwargs)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer who sends."""
        if self._book.is_busy("MAIL"):
            return BUSY
        envelope.mail_from = address
        return TAKEN

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer whom it is for."""
        if self._book.is_busy("RCPT"):
            return BUSY
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: Connection, session: Session, envelope: Envelope) -> str:
        """Answer the mail, once it came as a whole."""
        if self._book.is_busy("DATA"):
            return BUSY
        kill = self._book.came()
        if kill is Kill.BEFORE:
            self._book.kill(self._worker, kill)
            return BUSY  # nobody is there to read it
        content: Any = envelope.content
        message_id = str(message_from_bytes(content, policy=policy.SMTP)["Message-ID"])
        for recipient in envelope.rcpt_tos:
            self._book.take(Mail(message_id, recipient))
        if kill is Kill.AFTER:
            server.then = lambda: self._book.kill(self._worker, kill)
        return TAKEN


@contextmanager
def serving(book: Book, workers: int) -> Iterator[list[int]]:
    """Give the numbers of the ports, one for each worker."""
    with ExitStack() as open_ports:
        ports = [Port(worker, book) for worker in range(workers)]
        for port in ports:
            port.start()
            open_ports.callback(port.stop)
        yield [port.port for port in ports]
