"""A request that the portal has begun for certain, whose body is still arriving."""

from __future__ import annotations

import re
import socket
from types import TracebackType
from typing import Self

from bench.faults.browser import WAITS, Browser
from bench.portals import HOST

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


class Begun:
    """A form of which the head and half of the body are sent: the server said that it reads it."""

    def __init__(self, browser: Browser, port: int, path: str, fields: dict[str, str]) -> None:
        head, body = browser.head(path, fields)
        half = len(body) // 2
        self._rest = body[half:]
        self._socket = socket.create_connection((HOST, port), timeout=WAITS)
        self._socket.sendall(head + b"Expect: 100-continue\r\n\r\n")
        self._said = b""
        while len(self._said) < len(CONTINUE):
            self._said += self._more()
        self._socket.sendall(body[:half])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._socket.close()

    @property
    def refused(self) -> bool:
        """Whether the server did not begin it, but answered at once."""
        return self._said != CONTINUE

    def end(self) -> tuple[int, str]:
        """Send the rest; return the status of the answer and where it leads, 0 where none comes."""
        answer = b""
        try:
            self._socket.sendall(self._rest)
            while b"\r\n\r\n" not in answer:
                answer += self._more()
        except OSError:
            return 0, ""
        found = STATUS.match(answer)
        to = re.search(rb"\r\nlocation: (\S+)", answer, re.IGNORECASE)
        return int(found[1]) if found else 0, to[1].decode() if to else ""

    def _more(self) -> bytes:
        came = self._socket.recv(65536)
        if not came:
            raise ConnectionResetError("the server closed the connection")
        return came
