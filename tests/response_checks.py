"""What every response must be: its headers, its cookies, its redirects (ASVS 3.3, 3.4, 14.3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

POLICY_PAGE = re.compile(r"^/((\w+/)?cancellation(/.*)?)?$")
PRIVATE = re.compile(r"^/(t|staff|\w+/tickets(?!/new$))(/|$)")
FRAMED = re.compile(r"^/\w+/cancellation/embed$")
"""The one address that other sites may frame; their origins stand in its policy."""
YEAR = 31_536_000


def check(response: TestResponse) -> None:
    """Raise an `AssertionError` that names every fault of the response."""
    faults = [fault for rule in RULES for fault in rule(response)]
    request = response.request
    assert not faults, f"{request.method} {request.url} ({response.status_code}):\n- " + "\n- ".join(faults)


def _headers(response: TestResponse) -> Iterator[str]:
    headers = response.headers
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "send `X-Content-Type-Options: nosniff`"
    wanted = None if _framed(response) else "DENY"
    if headers.get("X-Frame-Options") != wanted:
        yield f"X-Frame-Options is {wanted} here"
    if "Permissions-Policy" not in headers:
        yield "send a Permissions-Policy"
    if headers.get("Referrer-Policy") != "same-origin":
        yield f"send `Referrer-Policy: same-origin`, not {headers.get('Referrer-Policy')}"
    for name in ("Server", "X-Powered-By"):
        if name in headers:
            yield f"do not send {name}"


def _content_security_policy(response: TestResponse) -> Iterator[str]:
    sent = response.headers.get("Content-Security-Policy", "")
    directives = {name: sources for name, *sources in (part.split() for part in sent.split(";") if part.strip())}
    ancestors = "'self'" if _framed(response) else "'none'"
    for name, wanted in {"default-src": "'none'", "frame-ancestors": ancestors}.items():
        if directives.get(name, [])[:1] != [wanted] or (wanted == "'none'" and len(directives[name]) > 1):
            yield f"Content-Security-Policy: want `{name} {wanted}` in {sent!r}"
    if "sandbox" not in directives:
        yield from (
            f"Content-Security-Policy: want {name}" for name in ("base-uri", "form-action") if name not in directives
        )
    for name, sources in directives.items():
        loose = [s for s in sources if s.startswith("'unsafe") or s in ("*", "data:", "blob:", "http:", "https:")]
        yield from (f"Content-Security-Policy: {name} must not allow {source}" for source in loose)


def _framed(response: TestResponse) -> bool:
    """Return whether other sites may frame this answer; an error page never."""
    return bool(FRAMED.match(urlsplit(response.request.url).path)) and response.status_code in (200, 304, 422)


def _caching(response: TestResponse) -> Iterator[str]:
    path, headers = urlsplit(response.request.url).path, response.headers
    if PRIVATE.match(path) and not response.cache_control.no_store:
        yield f"send `Cache-Control: no-store`, not {response.cache_control}"
    if not POLICY_PAGE.match(path):
        return
    if "Set-Cookie" in headers:
        yield f"a page of the policy sets no cookie, not {headers['Set-Cookie']}"
    if "Cookie" in headers.get("Vary", ""):
        yield "a page of the policy does not vary by cookie: it must be the same for everyone"
    if response.status_code == 200 and response.request.method == "GET":
        if "ETag" not in headers:
            yield "a page of the policy has an ETag"
        if response.cache_control.no_store or response.cache_control.private:
            yield f"a page of the policy may be cached, not {response.cache_control}"


def _cookies(response: TestResponse) -> Iterator[str]:
    https = response.request.scheme == "https"
    for cookie in response.headers.getlist("Set-Cookie"):
        name, *attributes = (part.strip() for part in cookie.split(";"))
        said = {attribute.partition("=")[0].lower() for attribute in attributes}
        yield from (f"{cookie}: say {wanted}" for wanted in ("HttpOnly", "SameSite") if wanted.lower() not in said)
        if ("secure" in said) is not https:
            yield f"{cookie}: Secure belongs to https, and only there"
        if name.startswith("__Host-") is not https:
            yield f"{cookie}: the prefix __Host- belongs to https, and only there"


def _transport(response: TestResponse) -> Iterator[str]:
    if response.request.scheme == "https":
        age = re.search(r"max-age=(\d+)", response.headers.get("Strict-Transport-Security", ""))
        if not age or int(age[1]) < YEAR:
            yield "on https send `Strict-Transport-Security` with max-age of a year"


def _redirect(response: TestResponse) -> Iterator[str]:
    if response.request.method == "POST" and 300 <= response.status_code < 400 and response.status_code != 303:
        yield "answer a write with a 303: the browser must not send it again"


RULES = (_headers, _content_security_policy, _caching, _cookies, _transport, _redirect)
