"""A visitor: a browser without a screen, with its own cookies, that sends what a browser would send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask

from tests.build import PUBLIC_URL, older
from tests.page import Page

Visit = Callable[..., Page]
Send = Callable[..., Page]

HEADERS = {"Accept": "text/html,*/*;q=0.8", "User-Agent": "Mozilla/5.0 (tests)"}


class Visitor:
    """One person's browser, who `takes` so long over a form. Two visitors share nothing but the server."""

    def __init__(
        self,
        app: Flask,
        *,
        base_url: str = PUBLIC_URL,
        language: str = "en",
        address: str = "127.0.0.1",
        takes: timedelta = timedelta(minutes=1),
    ) -> None:
        self.client = app.test_client()
        self._base_url = base_url
        self._headers = {**HEADERS, "Accept-Language": language}
        self._address = address
        self._takes = takes

    def visit(
        self, path: str, *, status: int | None = 200, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Page:
        """Return the page at a path or address; it must have this status (`None`: any; 200 follows redirects)."""
        page = self.open(path, headers=headers, **more)
        while status == 200 and page.location:
            page = self.open(page.location, headers=headers)
        assert status in (None, page.status), f"{page!r}: not {status}; it says: {page.text if page.is_html else ''}"
        return page

    def send(
        self,
        path: str,
        typed: Mapping[str, Any] | None = None,
        *,
        at: str | None = None,
        form: str | None = None,
        press: str | None = None,
        forged: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Page:
        """Open the page of the form that posts to `path` (at that path, unless `at` names another), fill in and send.

        See `send_form` for the rest.
        """
        page = self.visit(at or path, status=None)
        return self.send_form(page, typed, form=form or urlsplit(path).path, press=press, forged=forged, **more)

    def send_form(
        self,
        page: Page,
        typed: Mapping[str, Any] | None = None,
        *,
        form: str | None = None,
        press: str | None = None,
        forged: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Page:
        """Fill in a page's form (by id or path) and send it by the button `press` (its name, value or words).

        `typed` must fit the form (see `Form.filled`); `forged` is what no browser would send: values set, or with
        `None` taken away, whatever the form holds.
        """
        found = page.form(form)
        sent = found.filled(typed or {}, press=press)
        if "submission" in sent:
            sent["submission"] = older(sent["submission"], self._takes)
        for name, value in (forged or {}).items():
            sent.setlist(name, value if isinstance(value, list) else [value]) if value is not None else sent.poplist(
                name
            )
        target = found.goes_to(press)
        if not found.posts:
            return self.open(urlsplit(target).path, query_string=sent, headers={"Referer": page.url})
        origin = urljoin(page.url, "/").rstrip("/")
        headers = {"Referer": page.url, "Origin": origin, **more.pop("headers", {})}
        return self.open(target, method="POST", data=sent, headers=headers, **more)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **more: Any) -> Page:
        """Post to a path without having opened any form: as a stranger or a program would."""
        return self.open(path, method="POST", data=data or {}, **more)

    def open(self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, **more: Any) -> Page:
        """Send one request; return its page, whatever its status."""
        target = urlsplit(urljoin(self._base_url, path))
        return Page(
            self.client.open(
                target._replace(scheme="", netloc="", fragment="").geturl(),
                method=method,
                base_url=f"{target.scheme}://{target.netloc}",
                headers={**self._headers, **(headers or {})},
                environ_overrides={"REMOTE_ADDR": self._address},
                **more,
            )
        )
