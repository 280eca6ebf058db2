"""The connection to the mail server is kept from mail to mail; a server that ends it can be reached all the same."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from bench.smtp_server import HOST, TAKEN, Connection
from portal.notices.post import Server
from portal.outbox import Result
from tests.postgresql import free_port


class Curt(Controller):
    """A mail server that ends the connection after each mail."""

    taken = 0

    def factory(self) -> SMTP:
        """Return what speaks with one client."""
        return Connection(self, loop=self.loop, **self.SMTP_kwargs)

    async def handle_DATA(self, server: Connection, session: Any, envelope: Any) -> str:
        """Take a mail."""
        self.taken += 1
        assert server.transport is not None
        server.then = server.transport.close
        return TAKEN


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "help@example.com", "customer@example.com"
    mail.set_content("We have your request.")
    return mail


def test_a_connection_that_the_server_ended_is_opened_again_and_the_mail_sent() -> None:
    curt = Curt(None, hostname=HOST, port=free_port(), server_hostname="localhost")
    curt.start()
    post = Server(f"smtp://{HOST}:{curt.port}")
    try:
        assert [post.send(_mail()) for _ in range(3)] == [Result()] * 3
        assert curt.taken == 3
    finally:
        post.rest()
        curt.stop()
