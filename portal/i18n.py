"""The language of a request, and words, moments and ages in it. The only importer of Flask-Babel beside extensions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import flask_babel
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import format_date, format_datetime, format_decimal, format_timedelta, lazy_gettext

from portal.extensions import babel

__all__ = [
    "CatalogueError",
    "age",
    "clock",
    "day",
    "first",
    "gettext",
    "init",
    "language",
    "last_showing",
    "lazy_gettext",
    "moment",
    "money",
    "negotiated",
    "ngettext",
    "number",
    "speaking",
]

SOURCE = "en"
"""The language that the code is written in; it needs no catalogue."""

FIRST = "uk"
"""The language where the browser asks for none of ours."""


ZONES = {"Europe/Kyiv": lazy_gettext("Kyiv time")}
"""Time zones with a name that people say; others are shown by their distance from GMT."""


class CatalogueError(Exception):
    """A catalogue is missing or stale: the interface would fall into English without a word."""


def init(app: Flask, languages: Sequence[str], translations: Path, timezone: str) -> None:
    """Set the languages of an app, those of its content. Raises `CatalogueError`."""
    for name in languages:
        if name != SOURCE:
            _check(translations / name / "LC_MESSAGES")
    app.config["LANGUAGES"] = tuple(languages)
    babel.init_app(
        app,
        default_locale=_first(languages),
        default_timezone=timezone,
        default_translation_directories=str(translations),
        locale_selector=language,
    )
    app.add_template_filter(moment)
    app.add_template_filter(age)
    app.add_template_filter(day)


def gettext(message: str, **values: object) -> str:
    """Return a message of the code in the language of this request."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """Return a message about `num` things in the language of this request; `%(num)d` in it is the number."""
    return str(flask_babel.ngettext(one, many, num))


def language() -> str:
    """Return the language of this request: that of its address, of the member of staff, or of the browser."""
    if "language" not in g:
        if not has_request_context():
            return first()
        g.language = _of_address() or negotiated()
    chosen: str = g.language
    return chosen


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak another language for a while, or, where it is none of the content's, the first one."""
    before = g.pop("language", None)
    g.language = name if name in current_app.config["LANGUAGES"] else first()
    try:
        with flask_babel.force_locale(g.language):
            yield
    finally:
        g.pop("language")
        if before is not None:
            g.language = before


def first() -> str:
    """Return the language that the portal speaks to nobody in particular."""
    return _first(current_app.config["LANGUAGES"])


def negotiated() -> str:
    """Return the language of ours that the browser prefers."""
    languages = current_app.config["LANGUAGES"]
    first = _first(languages)
    return request.accept_languages.best_match(sorted(languages, key=lambda name: name != first)) or first


def moment(at: datetime) -> str:
    """Return a moment as people write it, in the portal's time zone, with the zone's name."""
    zone = ZONES.get(str(flask_babel.get_timezone())) or format_datetime(at, "OOOO")
    return f"{format_datetime(at, 'd MMMM y, HH:mm')} ({zone})"


def last_showing(clock: time, now: datetime) -> datetime:
    """Return the last moment at which a clock in the portal's time zone showed this time; a minute ahead is now."""
    zone = flask_babel.get_timezone()
    ahead = now + timedelta(minutes=1)
    days = [datetime.combine(ahead.astimezone(zone).date() - timedelta(days=back), clock) for back in (0, 1)]
    shown = [zone.localize(day, is_dst=summer) for day in days for summer in (False, True)]  # an hour can come twice
    found: datetime = max(at for at in shown if at <= ahead)
    return found.astimezone(UTC)


def clock(at: datetime) -> time:
    """Return the hours and minutes of a moment in the portal's time zone."""
    shown: time = at.astimezone(flask_babel.get_timezone()).time().replace(second=0, microsecond=0)
    return shown


def number(value: int) -> str:
    """Return a whole number as people write it."""
    return str(format_decimal(value))


def money(value: Decimal, currency: str | None = None) -> str:
    """Return an amount as people write it, with as many figures as it came with, and the code of its currency."""
    figures = max(0, -int(value.as_tuple().exponent))
    pattern = f"#,##0.{'0' * figures}" if figures else "#,##0"
    return f"{format_decimal(value, pattern)} {currency or ''}".strip()


def day(date: date) -> str:
    """Return a date as people write it."""
    return str(format_date(date, "long"))


def age(at: datetime, now: datetime) -> str:
    """Return how long ago something was, in words."""
    return str(format_timedelta(at - now, granularity="minute", threshold=1, add_direction=True))


def _of_address() -> str | None:
    first = request.path.split("/", 2)[1]
    return first if first in current_app.config["LANGUAGES"] else None


def _first(languages: Sequence[str]) -> str:
    return FIRST if FIRST in languages else languages[0]


def _check(folder: Path) -> None:
    source, built = folder / "messages.po", folder / "messages.mo"
    if not built.exists():
        raise CatalogueError(f"{built} is missing: build it with `pybabel compile -d {folder.parent.parent}`")
    if source.exists() and source.stat().st_mtime > built.stat().st_mtime:
        raise CatalogueError(
            f"{built} is older than {source.name}: build it with `pybabel compile -d {folder.parent.parent}`"
        )
