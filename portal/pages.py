"""Public pages and static files as bytes: rendered and compressed once, from then on answered before Flask.

Any other address, query or method goes on to Flask.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import brotli
from flask import Flask
from werkzeug.http import parse_accept_header, parse_set_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=9)),
    "gzip": lambda body: gzip.compress(body, mtime=0),
}
RENDERING = "portal.rendering"
"""Marks the request by which an answer is made."""

WORTH_COMPRESSING = 200
"""Bytes below which a body goes out as it is."""


@dataclass(frozen=True)
class Frozen:
    """An answer in each encoding: headers and body; its entity tag is the hash of its body."""

    etag: str
    bodies: Mapping[str, bytes]
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, body: bytes, headers: Iterable[tuple[str, str]]) -> Frozen:
        """Return an answer, compressed."""
        encoders = ENCODERS if len(body) >= WORTH_COMPRESSING else {}
        bodies = {name: encode(body) for name, encode in encoders.items()} | {"": body}
        etag = hashlib.sha256(body).hexdigest()[:20]
        return cls(etag, bodies, (*headers, ("Vary", "Accept-Encoding")))

    def answer(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        """Answer a GET or HEAD."""
        encoding = _accepted(environ.get("HTTP_ACCEPT_ENCODING", ""), self.bodies)
        etag = f'"{self.etag}{"-" if encoding else ""}{encoding}"'
        headers = [*self.headers, ("ETag", etag)]
        seen = parse_set_header(environ.get("HTTP_IF_NONE_MATCH", "").replace("W/", ""))
        if seen.find(etag) >= 0 or seen.find(etag.strip('"')) >= 0 or "*" in seen:
            start("304 Not Modified", headers)
            return []
        body = self.bodies[encoding]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        start("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class Pages:
    """A WSGI app in front of a Flask app: keeps the answers of public addresses, each rendered when first asked for."""

    def __init__(self, app: Flask, base_url: str, addresses: Iterable[str]) -> None:
        self.app = app.wsgi_app
        self.client: Any = app.test_client(use_cookies=False)
        self.base_url = base_url
        self.addresses = {_parts(address): address for address in addresses}
        self.frozen: dict[tuple[str, str], Frozen] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        asked = (environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
        if asked in self.addresses and environ["REQUEST_METHOD"] in ("GET", "HEAD") and not environ.get(RENDERING):
            frozen = self._frozen(asked)
            if frozen:
                return frozen.answer(environ, start)
        return self.app(environ, start)

    def _frozen(self, asked: tuple[str, str]) -> Frozen | None:
        """Return the kept answer; nothing where it cannot be made, so that Flask says why."""
        if asked not in self.frozen:
            response = self.client.get(
                self.addresses[asked], base_url=self.base_url, environ_overrides={RENDERING: True}
            )
            headers = [(k, v) for k, v in response.headers.items() if k not in ("Content-Length", "ETag", "Vary")]
            if response.status_code != 200:
                return None
            self.frozen[asked] = Frozen.of(response.get_data(), headers)
        return self.frozen[asked]


def _parts(address: str) -> tuple[str, str]:
    path, _, query = address.partition("?")
    return path, query


def _accepted(header: str, bodies: Mapping[str, bytes]) -> str:
    accepted = parse_accept_header(header)
    return next((name for name in ENCODERS if name in bodies and accepted.quality(name) > 0 and header), "")
