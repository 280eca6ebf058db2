"""The language of a request, and words, moments and ages in it. The only importer of Babel.

A catalogue and a locale for each language are loaded once, and asked directly: a page says a few hundred things.
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from markupsafe import Markup, escape

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
    "speak",
    "speaking",
]

KEY = "portal.i18n"
SOURCE = "en"
"""The language that the code is written in; it needs no catalogue."""

FIRST = "uk"
"""The language where the browser asks for none of ours."""


@dataclass(frozen=True)
class Speech:
    """How a language is spoken."""

    catalogue: catalogues.NullTranslations
    locale: Locale


@dataclass(frozen=True)
class Speaking:
    """The languages that an app speaks, by name, and its time zone."""

    languages: Mapping[str, Speech]
    zone: ZoneInfo


class Later:
    """A message that is said in the language of the request in which it is shown."""

    def __init__(self, message: str) -> None:
        self._message = message

    def __str__(self) -> str:
        return gettext(self._message) if has_app_context() else self._message

    def __html__(self) -> str:
        return str(marked(self._message))


def lazy_gettext(message: str) -> Any:
    """Return a message that is put into words when it is shown, for whatever takes a text."""
    return Later(message)


ZONES = {"Europe/Kyiv": lazy_gettext("Kyiv time")}
"""Time zones with a name that people say; others are shown by their distance from GMT."""


class CatalogueError(Exception):
    """A catalogue is missing or stale: the interface would fall into English without a word."""


def init(app: Flask, languages: Sequence[str], translations: Path, timezone: str) -> None:
    """Set the languages of an app, those of its content. Raises `CatalogueError`."""
    for name in languages:
        if name != SOURCE:
            _check(translations / name / "LC_MESSAGES")
    spoken = {name: Speech(_catalogue(translations, name), Locale.parse(name)) for name in languages}
    app.config["LANGUAGES"] = tuple(languages)
    app.extensions[KEY] = Speaking(spoken, ZoneInfo(timezone))
    app.jinja_env.globals |= {"_": marked, "ngettext": ngettext}
    app.jinja_env.filters |= {"moment": moment, "age": age, "day": day}


def gettext(message: str, **values: object) -> str:
    """Return a message of the code in the language of this request."""
    text = _speech().catalogue.gettext(message)
    return text % values if values else text


def marked(message: str, **values: object) -> Markup:
    """Return a message for a page: what is put into it is escaped."""
    text = escape(_speech().catalogue.gettext(message))
    return text % values if values else text


def ngettext(one: str, many: str, num: int) -> str:
    """Return a message about `num` things in the language of this request; `%(num)d` in it is the number."""
    return _speech().catalogue.ngettext(one, many, num) % {"num": num}


def language() -> str:
    """Return the language of this request: that of its address, of the member of staff, or of the browser."""
    return _spoken()[0]


def speak(name: str) -> None:
    """Speak a language of ours from here on."""
    g.spoken = name, _speaking().languages[name]


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak another language for a while, or, where it is none of the content's, the first one."""
    before = g.pop("spoken", None)
    speak(name if name in _speaking().languages else first())
    try:
        yield
    finally:
        g.pop("spoken")
        if before is not None:
            g.spoken = before


def first() -> str:
    """Return the language that the portal speaks to nobody in particular."""
    return _first(tuple(_speaking().languages))


def negotiated() -> str:
    """Return the language of ours that the browser prefers."""
    languages = tuple(_speaking().languages)
    first = _first(languages)
    return request.accept_languages.best_match(sorted(languages, key=lambda name: name != first)) or first


def moment(at: datetime) -> str:
    """Return a moment as people write it, in the portal's time zone, with the zone's name."""
    zone, locale = _speaking().zone, _speech().locale
    named = str(ZONES.get(zone.key) or "") or format_datetime(at, "OOOO", zone, locale)
    return f"{_shown(at.replace(second=0, microsecond=0), zone, locale)} ({named})"


@lru_cache(maxsize=10_000)
def _shown(minute: datetime, zone: ZoneInfo, locale: Locale) -> str:
    return format_datetime(minute, "d MMMM y, HH:mm", zone, locale)


def last_showing(clock: time, now: datetime) -> datetime:
    """Return the last moment at which a clock in the portal's time zone showed this time; a minute ahead is now."""
    zone = _speaking().zone
    ahead = now + timedelta(minutes=1)
    days = [ahead.astimezone(zone).date() - timedelta(days=back) for back in (0, 1)]
    shown = [
        datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for day in days for fold in (0, 1)
    ]  # an hour can come twice
    return max(at for at in shown if at <= ahead)


def clock(at: datetime) -> time:
    """Return the hours and minutes of a moment in the portal's time zone."""
    return at.astimezone(_speaking().zone).time().replace(second=0, microsecond=0, fold=0)


def number(value: int) -> str:
    """Return a whole number as people write it."""
    return format_decimal(value, locale=_speech().locale)


def money(value: Decimal, currency: str | None = None) -> str:
    """Return an amount as people write it, with as many figures as it came with, and the code of its currency."""
    figures = max(0, -int(value.as_tuple().exponent))
    pattern = f"#,##0.{'0' * figures}" if figures else "#,##0"
    return f"{format_decimal(value, pattern, _speech().locale)} {currency or ''}".strip()


def day(date: date) -> str:
    """Return a date as people write it."""
    return format_date(date, "long", _speech().locale)


def age(at: datetime, now: datetime) -> str:
    """Return how long ago something was, in words."""
    return format_timedelta(at - now, granularity="minute", threshold=1, add_direction=True, locale=_speech().locale)


def _speaking() -> Speaking:
    made: Speaking = current_app.extensions[KEY]
    return made


def _speech() -> Speech:
    return _spoken()[1]


def _spoken() -> tuple[str, Speech]:
    """Return the language of this request, and how it is spoken: looked for once, asked for with each word."""
    found: tuple[str, Speech] | None = g.get("spoken")
    if found is None:
        name = (_of_address() or negotiated()) if has_request_context() else first()
        found = name, _speaking().languages[name]
        if has_request_context():
            g.spoken = found
    return found


def _catalogue(translations: Path, name: str) -> catalogues.NullTranslations:
    return Translations.load(translations, [name]) if name != SOURCE else catalogues.NullTranslations()


def _of_address() -> str | None:
    first = request.path.split("/", 2)[1]
    return first if first in _speaking().languages else None


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
