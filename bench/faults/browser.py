"""A browser as far as filing needs one: cookies, forms, and no patience of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from http.client import HTTPConnection, HTTPException
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode

from bench.portals import HOST
from tests.build import older

NEW = "/en/tickets/new"
WAITS = 60
"""Seconds for an answer."""
HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|submission)" value="([^"]*)"')
TAKES = timedelta(minutes=1)
"""How long people take over the form; the server goes by what the form says of its age."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer: its status, 0 where none came; its headers by lower-case name; its text."""

    status: int
    headers: Mapping[str, str]
    text: str = ""

    @property
    def hidden(self) -> dict[str, str]:
        """What a ticket form on the page carries unseen, as if it had been open for a minute."""
        found = {name: unescape(value) for name, value in HIDDEN.findall(self.text)}
        return {**found, "submission": older(found["submission"], TAKES)} if "submission" in found else found

    def shows(self, typed: str) -> bool:
        """Return whether what somebody typed stands on the page."""
        return typed in unescape(self.text)


NONE = Answer(status=0, headers={})


class Browser:
    """One person's browser at a portal of this machine; a connection a request."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.cookies = dict(cookies or {})
        self._port = port

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._sent("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self._sent("POST", path, urlencode(fields))

    def head(self, path: str, fields: Mapping[str, str]) -> tuple[bytes, bytes]:
        """Return what `post` would send, as bytes: the head of the request without its empty line, and its body."""
        body = urlencode(fields)
        head = {"Host": f"{HOST}:{self._port}", "Content-Length": str(len(body)), **self._headers(path, body)}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        return "".join(f"{line}\r\n" for line in lines).encode(), body.encode()

    def _sent(self, method: str, path: str, body: str | None) -> Answer:
        with closing(HTTPConnection(HOST, self._port, timeout=WAITS)) as connection:
            try:
                connection.request(method, path, body, self._headers(path, body))
                response = connection.getresponse()
                text = response.read().decode()
            except (OSError, HTTPException):
                return NONE
            for cookie in response.headers.get_all("Set-Cookie", []):
                self._keep(cookie)
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(status=response.status, headers=headers, text=text)

    def _headers(self, path: str, body: str | None) -> dict[str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            headers |= {"Referer": f"http://{HOST}:{self._port}{path}", "Origin": f"http://{HOST}:{self._port}"}
        return headers

    def _keep(self, cookie: str) -> None:
        try:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        except CookieError:
            return
