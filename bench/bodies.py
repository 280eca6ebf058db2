"""Forms filled in beforehand, as browsers send them: each with its browser's cookie and token, and another order."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask

from bench.portals import HOST
from bench.wrk import Request
from portal.clock import now
from portal.keys import random_token
from portal.views.tickets.attempt import SUBMISSION
from tests.build import typed

BROWSERS = 64
FILLED_IN = timedelta(minutes=1)
"""How long ago a form was opened when it is sent: a person takes that long, and a program is refused."""
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW9"
REASON = "Я вставив посилання на інший акаунт. Замовлення ще не почалося, тому прошу скасувати його, якщо це можливо."


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A form that a browser has open: where it goes, the browser's cookie, and what the page wrote into it."""

    path: str
    cookie: str
    written: Mapping[str, str]


def opened(app: Flask, path: str, url: str, browsers: int = BROWSERS) -> list[Opened]:
    """Return the form at a path, opened in so many browsers; what the app logs meanwhile is no result."""
    with redirect_stdout(sys.stderr):
        return [_opened(app, path, url) for _ in range(browsers)]


def filled(forms: Sequence[Opened], number: int, app: Flask) -> list[Request]:
    """Return so many forms as they are sent; the app knows them as its own."""
    at, batch = now() - FILLED_IN, secrets.token_hex(4)
    return [_filled(forms[place % len(forms)], f"{batch}-{place}", app, at) for place in range(number)]


def _opened(app: Flask, path: str, url: str) -> Opened:
    client = app.test_client()
    page = client.get(path, base_url=url)
    assert page.status_code == 200, page.status
    cookie = client.get_cookie("session", domain=HOST)
    assert cookie is not None
    hidden = BeautifulSoup(page.text, "html.parser").select("form[method=post] input[type=hidden][name]")
    written = {str(tag["name"]): str(tag["value"]) for tag in hidden}
    return Opened(path=path, cookie=f"session={cookie.value}", written=written)


def _filled(form: Opened, order: str, app: Flask, at: datetime) -> Request:
    sent = {**form.written, **typed(order_id=order, reason=REASON, reference="PAY-2291", email=f"{order}@example.com")}
    if SUBMISSION in form.written:
        keys = app.extensions["portal"].keys
        sent |= {SUBMISSION: keys.sign(SUBMISSION, f"{random_token()}~{int(at.timestamp())}"), "website": ""}
    return Request("POST", form.path, form.cookie, f"multipart/form-data; boundary={BOUNDARY}", _multipart(sent))


def _multipart(sent: Mapping[str, Any]) -> str:
    return "\r\n".join([*_parts(sent), f"--{BOUNDARY}--", ""])


def _parts(sent: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each field sends; no screenshot was chosen, which a browser says by an empty one."""
    for name, value in sent.items():
        yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{"y" if value is True else value}'
    empty = 'Content-Disposition: form-data; name="screenshots"; filename=""\r\nContent-Type: application/octet-stream'
    yield f"--{BOUNDARY}\r\n{empty}\r\n\r\n"
