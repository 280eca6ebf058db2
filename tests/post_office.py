"""A real mail server on loopback: it keeps what it was handed, and answers as it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from queue import Queue
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from bs4 import BeautifulSoup

from tests.page import Link
from tests.reading import attribute, words

HANGS = "hangs"
DROPS = "drops"
TAKES = "250 OK"
NAME, PASSWORD = "portal", "as good: as@any"
PATIENCE = 20
"""Seconds until something that never comes fails its test."""


@dataclass(frozen=True)
class Handed:
    """A mail as the server was handed it: the envelope, and every byte."""

    sender: str
    recipients: tuple[str, ...]
    options: tuple[str, ...]
    content: bytes
    connection: object

    @property
    def mail(self) -> EmailMessage:
        """The mail as programs read it."""
        read = message_from_string(self.content.decode(), policy=default)
        assert isinstance(read, EmailMessage)
        assert not read.defects
        return read

    @property
    def headers(self) -> list[str]:
        """The names of the headers, in order, as they stand in the bytes."""
        head = self.content.partition(b"\r\n\r\n")[0].decode()
        return [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in (" ", "\t")]

    def part(self, kind: str) -> str:
        """Return the words of the part of this kind: `plain` or `html`."""
        found = self.mail.get_body((kind,))
        assert found is not None
        content: str = found.get_content()
        return content

    @property
    def soup(self) -> BeautifulSoup:
        """The HTML, parsed."""
        return BeautifulSoup(self.part("html"), "lxml")

    @property
    def links(self) -> list[Link]:
        """The links of the HTML, in order."""
        return [Link(words(a), attribute(a, "href")) for a in self.soup.select("a[href]")]

    @property
    def secret_link(self) -> str:
        """The address that opens the request."""
        return next(link.href for link in self.links if "/t/" in link.href)

    @property
    def off(self) -> str:
        """The address that turns the mails off; "" where there is none."""
        return next((link.href for link in self.links if "/mails/" in link.href), "")


class PostOffice:
    """A mail server. `utf8` is whether it takes letters beyond ASCII; `signed_in` whether it wants name and password.

    `answers` names, by command (MAIL, RCPT, DATA), what is answered instead of `TAKES`: a line, `HANGS` or `DROPS`.
    """

    def __init__(self, *, utf8: bool = True, signed_in: bool = False) -> None:
        self.answers: dict[str, str] = {}
        self.offered: list[Handed] = []
        self.taken: list[Handed] = []
        self.arrivals: Queue[Handed] = Queue()
        self.asked: Queue[str] = Queue()
        self._utf8, self._signed_in = utf8, signed_in
        self.port = free_port()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """The address of the server, as the setting takes it."""
        who = f"{NAME}:as%20good%3A%20as%40any@" if self._signed_in else ""
        return f"smtp://{who}127.0.0.1:{self.port}"

    def open(self) -> None:
        """Serve."""
        hooks = SimpleNamespace(handle_MAIL=self._mail, handle_RCPT=self._rcpt, handle_DATA=self._data)
        self._controller = Controller(
            hooks,
            "127.0.0.1",
            self.port,
            enable_SMTPUTF8=self._utf8,
            auth_required=self._signed_in,
            auth_require_tls=False,
            authenticator=_authenticated,
        )
        self._controller.start()

    def close(self) -> None:
        """Serve no longer; what was connected is cut off."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def arrived(self) -> Handed:
        """Wait for the next mail."""
        return self.arrivals.get(timeout=PATIENCE)

    def to(self, recipient: str) -> list[Handed]:
        """Return what was taken for this recipient."""
        return [handed for handed in self.taken if recipient in handed.recipients]

    async def _mail(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = await self._answer("MAIL", server)
        if answer == TAKES:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def _rcpt(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = await self._answer("RCPT", server)
        if answer == TAKES:
            envelope.rcpt_tos.append(address)
        return answer

    async def _data(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        handed = Handed(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            options=tuple(map(str, envelope.mail_options)),
            content=content,
            connection=session.peer,
        )
        self.offered.append(handed)
        answer = await self._answer("DATA", server)
        if answer == TAKES:
            self.taken.append(handed)
            self.arrivals.put(handed)
        return answer

    async def _answer(self, command: str, server: SMTP) -> str:
        self.asked.put(command)
        answer = self.answers.get(command, TAKES)
        if answer == HANGS:
            await asyncio.Event().wait()
        if answer == DROPS and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return answer


def _authenticated(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    right = LoginPassword(NAME.encode(), PASSWORD.encode())
    return AuthResult(success=given == right, handled=False)


def free_port() -> int:
    """Return a port of this machine at which nobody listens."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def greeting_without_end() -> Iterator[str]:
    """Give the address of a server that greets letter by letter, each soon enough, and never comes to an end."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        ended = Event()

        def greet() -> None:
            with suppress(OSError), closing(server.accept()[0]) as caller:
                while not ended.wait(0.02):
                    caller.sendall(b"2")

        greeter = Thread(target=greet)
        greeter.start()
        try:
            yield f"smtp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            server.shutdown(socket.SHUT_RDWR)
            greeter.join(PATIENCE)
