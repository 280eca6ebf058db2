"""Public pages and static files as bytes: rendered and compressed once, from then on answered before Flask.

Any other address, query or method goes on to Flask.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import brotli
from flask import Flask
from werkzeug.http import parse_accept_header, parse_set_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=9)),
    "gzip": lambda body: gzip.compress(body, mtime=0),
}
NOT_KEPT = ("Content-Length", "ETag", "Vary", "Date")
"""Headers of a rendering that each answer has anew; a date that was kept would make each answer look old."""
RENDERING = "portal.rendering"
"""Marks the request by which an answer is made."""

WORTH_COMPRESSING = 200
"""Bytes below which a body goes out as it is."""


class Encoded(NamedTuple):
    """An answer in one encoding: its headers where the body goes out, and where the browser has it already."""

    etag: str
    body: bytes
    headers: list[tuple[str, str]]
    unchanged: list[tuple[str, str]]

    @classmethod
    def of(cls, body: bytes, tag: str, encoding: str, headers: Iterable[tuple[str, str]]) -> Encoded:
        """Return a body, encoded so, under an entity tag."""
        etag = f'"{tag}{"-" if encoding else ""}{encoding}"'
        unchanged = [*headers, ("ETag", etag)]
        encoded = [("Content-Encoding", encoding)] if encoding else []
        return cls(etag, body, [*unchanged, *encoded, ("Content-Length", str(len(body)))], unchanged)

    def is_known(self, tags: str) -> bool:
        """Return whether a browser that has what is named by these entity tags (`If-None-Match`) has this."""
        if not tags or tags == self.etag:
            return bool(tags)
        seen = parse_set_header(tags.replace("W/", ""))
        return seen.find(self.etag) >= 0 or seen.find(self.etag.strip('"')) >= 0 or "*" in seen


@dataclass(frozen=True)
class Frozen:
    """An answer in each encoding; its entity tag is the hash of its body."""

    encoded: Mapping[str, Encoded]

    @classmethod
    def of(cls, body: bytes, headers: Iterable[tuple[str, str]]) -> Frozen:
        """Return an answer, compressed."""
        encoders = ENCODERS if len(body) >= WORTH_COMPRESSING else {}
        bodies = {name: encode(body) for name, encode in encoders.items()} | {"": body}
        tag = hashlib.sha256(body).hexdigest()[:20]
        headers = (*headers, ("Vary", "Accept-Encoding"))
        return cls({name: Encoded.of(encoded, tag, name, headers) for name, encoded in bodies.items()})

    def answer(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        """Answer a GET or HEAD."""
        encodings = _accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))
        chosen = next(self.encoded[name] for name in encodings if name in self.encoded)
        if chosen.is_known(environ.get("HTTP_IF_NONE_MATCH", "")):
            start("304 Not Modified", [*chosen.unchanged])
            return []
        start("200 OK", [*chosen.headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [chosen.body]


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
            headers = [(k, v) for k, v in response.headers.items() if k not in NOT_KEPT]
            if response.status_code != 200:
                return None
            self.frozen[asked] = Frozen.of(response.get_data(), headers)
        return self.frozen[asked]


def _parts(address: str) -> tuple[str, str]:
    path, _, query = address.partition("?")
    return path, query


@lru_cache(maxsize=200)
def _accepted(header: str) -> tuple[str, ...]:
    """Return the encodings that a browser takes by its `Accept-Encoding`, ours first."""
    accepted = parse_accept_header(header)
    return (*(name for name in ENCODERS if header and accepted.quality(name) > 0), "")
