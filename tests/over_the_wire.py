"""A portal that is reached as customers reach it: by TCP and TLS, past whatever stands in front of it.

A `Line` is visited like any other app: `Visitor(Line(port), base_url=…)`; each request is sent on.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from contextlib import closing
from http.client import HTTPConnection
from itertools import cycle
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.datastructures import EnvironHeaders

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
WAITS = 60
NOT_OF_THE_PORTAL = ("connection", "keep-alive", "transfer-encoding", "server")
"""Headers that whoever stands in front adds for this one connection, or of itself."""


class Reached(HTTPConnection):
    """A connection to a port of this machine, whatever its host is called; with TLS where certificates are trusted."""

    def __init__(self, host: str, port: int, trusted: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=WAITS)
        self._trusted = trusted

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.create_connection((HOST, self.port), WAITS)
        if self._trusted:
            self.sock = self._trusted.wrap_socket(self.sock, server_hostname=self.host)


class Line(Flask):
    """Passes each request on to the next of its ports of this machine, on https where certificates are `trusted`."""

    def __init__(self, *ports: int, trusted: ssl.SSLContext | None = None) -> None:
        super().__init__("line", static_folder=None)
        self.trusted = trusted
        self.leads_to(*ports)

    def leads_to(self, *ports: int) -> None:
        """Pass requests on to these ports from now on, in turn."""
        self._ports = cycle(ports)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on, and its answer back."""
        headers = {name: value for name, value in EnvironHeaders(environ) if value}
        with closing(environ["wsgi.input"]) as sent:
            body = sent.read(int(environ.get("CONTENT_LENGTH") or 0))
        host = headers.get("Host", HOST).partition(":")[0]
        with closing(Reached(host, next(self._ports), self.trusted)) as connection:
            connection.request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], body, headers)
            answer = connection.getresponse()
            told = [(name, value) for name, value in answer.getheaders() if name.lower() not in NOT_OF_THE_PORTAL]
            start_response(f"{answer.status} {answer.reason}", told)
            return [answer.read()]
