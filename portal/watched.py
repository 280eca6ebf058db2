"""What is seen of each answer from outside: a line of the log, and its time in the figures for operators."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request

from portal.pages import RENDERING

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
"""The methods that are told; any other is a word of whoever sent it."""
UNSEEN = "outside"
"""The blueprint whose answers are not told but where they went wrong: machines ask for them all the time."""

Count = Callable[[str, str, int, float], None]
"""Counts an answer: its endpoint, method, status, and the seconds that it took."""


def init(app: Flask, said: Any, count: Count | None) -> None:
    """Have each answer of Flask told in a log, and counted; what `pages` keeps as bytes is told and counted nowhere.

    It is to be the first that asks to be called before and after each request, so that it sees all between.
    """
    app.before_request(_begin)

    @app.after_request
    def _tell(response: Response) -> Response:
        if RENDERING not in request.environ and (request.blueprint != UNSEEN or "fault" in g):
            _told(response.status_code, time.perf_counter() - g.begun, said, count)
        return response


def fault(**more: Any) -> None:
    """Have the line of this request's answer say what went wrong."""
    g.fault = more


def _begin() -> None:
    g.begun = time.perf_counter()


def _told(status: int, seconds: float, said: Any, count: Count | None) -> None:
    method = request.method if request.method in METHODS else "other"
    if count:
        count(request.endpoint or "none", method, status, seconds)
    rule = request.url_rule  # never the path or the query: they hold tokens
    say = said.error if status >= 500 else said.info
    more = g.get("fault", {})
    say(
        "answered", route=rule.rule if rule else None, method=method, status=status, ms=round(seconds * 1000, 1), **more
    )
