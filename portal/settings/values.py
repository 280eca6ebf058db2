"""What a setting may be: each reader takes what was typed, or a finished value, and says what it should be."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from portal.readings import PanelKind

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SHORTEST_SECRET = 32
HOST_NAME = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+"


class SecretKey(NamedTuple):
    """A signing key; what it signed carries its id."""

    id: str
    secret: str


class Limit(NamedTuple):
    """How often a thing may be done in a window of so many seconds."""

    times: int
    seconds: int


class Limits(NamedTuple):
    """The limits, by what they count and of whom."""

    filings_address: Limit = Limit(20, 3600)
    screenshots_address: Limit = Limit(60, 3600)
    filings_browser: Limit = Limit(5, 3600)
    sign_ins_account: Limit = Limit(10, 900)
    calls_address: Limit = Limit(120, 60)
    calls_key: Limit = Limit(1200, 60)
    filings_email: Limit = Limit(10, 3600)
    messages_ticket: Limit = Limit(20, 3600)
    links_address: Limit = Limit(10, 3600)
    links_email: Limit = Limit(3, 3600)

    def __str__(self) -> str:
        """Return the limits as `PORTAL_LIMITS` writes them."""
        return " ".join(f"{name}={times}/{seconds}" for name, (times, seconds) in self._asdict().items())


def _should(holds: object, be: str) -> None:
    if not holds:
        raise ValueError(f"should be {be}")


def _split(address: str, be: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    _should(whole and address.isprintable() and " " not in address, be)
    return parts


def address(value: Any) -> Any:
    """An http(s) address."""
    if isinstance(value, str):
        _split(value, "an http:// or https:// address")
    return value


def shop_name(value: str) -> str:
    """A name that a page can print."""
    _should(value.strip() and value.isprintable(), "the shop's name, on one line")
    return value.strip()


def public_url(value: str) -> str:
    """The address of a site, without a slash at its end; plain http on this machine alone."""
    be = "the address where customers reach the portal, such as https://help.example.com, without a path"
    parts = _split(value, be)
    _should(not (parts.path.strip("/") or parts.query or parts.fragment or parts.username), be)
    _should(parts.scheme == "https" or host_of(parts) in LOOPBACK, "https:// unless the host is this machine itself")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def embed_sites(value: Any) -> Any:
    """Origins of sites; plain http on this machine alone. They go into a header, so they hold nothing but an origin."""
    if not isinstance(value, str):
        return value
    be = "origins such as https://shop.example.com, separated by spaces, without a path"
    sites = value.lower().split()
    for site in sites:
        parts = _split(site, be)
        _should(
            re.fullmatch(r"https?://([a-z0-9.-]+|\[::1\])(:\d+)?", site, re.ASCII), f"{be}, in Latin letters (xn--…)"
        )
        _should(parts.scheme == "https" or host_of(parts) in LOOPBACK, f"{be}, on https unless on this machine itself")
    return tuple(sites)


def host_of(parts: SplitResult) -> str:
    """Return the host of an address as requests name it: IPv6 in brackets."""
    return f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)


def smtp_url(value: Any) -> Any:
    """The address of a mail server, with the name and password for it."""
    be = "smtp://user:password@host:587, or smtps://user:password@host:465"
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    _should(whole and not (parts.path.strip("/") or parts.query or parts.fragment), be)
    _should(bool(parts.username) == bool(parts.password), f"{be}: name and password, or neither")
    return value


def mail_from(value: Any) -> Any:
    """One plain address."""
    plain = isinstance(value, str) and re.fullmatch(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]+@{HOST_NAME}", value, re.ASCII)
    _should(plain, "one e-mail address, such as help@shop.example.com, without a name (the shop's stands beside it)")
    return value


def panel_kind(value: Any) -> Any:
    """The name of a kind."""
    _should(value in list(PanelKind), " or ".join(PanelKind))
    return PanelKind(value)


def panel_url(value: Any) -> Any:
    """The address of a panel, without a slash or the API's own path at its end; plain http on this machine alone."""
    if not isinstance(value, str):
        return value
    be = "the panel's address, such as https://panel.example.com, with or without /api/v2"
    parts = _split(value, be)
    _should(not (parts.query or parts.fragment or "@" in parts.netloc), be)
    _should(re.fullmatch(r"[!-~]*", value), f"{be}, in Latin letters (xn--…)")
    _should(parts.scheme == "https" or host_of(parts) in LOOPBACK, "https:// unless the host is this machine itself")
    path = parts.path.rstrip("/").removesuffix("/api/v2").rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def panel_key(value: Any) -> Any:
    """The key by which the panel knows the portal."""
    _should(
        value is None or re.fullmatch("[!-~]{8,200}", str(value)), "the panel's key, 8 to 200 characters without spaces"
    )
    return value


def staff_channels(value: Any) -> Any:
    """Addresses of channels as Apprise writes them."""
    if not isinstance(value, str):
        return value
    channels = value.split()
    sound = all(re.fullmatch(r"[a-z][a-z0-9]*://[!-~]+", channel) for channel in channels)
    _should(sound, "Apprise addresses separated by spaces, such as tgram://token/chat; a space inside one is %20")
    return tuple(dict.fromkeys(channels))


def answer_target(value: Any) -> Any:
    """A number of hours."""
    _should(re.fullmatch("[1-9][0-9]{0,3}", str(value)), "a whole number of hours, from 1 to 9999")
    return int(value)


def timezone(value: str) -> str:
    """The name of a time zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("should be the name of a time zone, such as Europe/Kyiv") from None
    return value


def database_url(value: str) -> str:
    """The address of a database of one of the two kinds."""
    try:
        known = re.match(r"sqlite:////.|postgresql\+psycopg://", value) and urlsplit(value).port != 0
    except ValueError:
        known = False
    _should(known, "sqlite:/// and the absolute path of a file (four slashes), or postgresql+psycopg://…")
    return value


def proxies(value: Any) -> Any:
    """A small whole number."""
    _should(re.fullmatch("[0-9]", str(value)), "the number of proxies in front that are trusted, from 0 to 9")
    return int(value)


def metrics_token(value: Any) -> Any:
    """The token by which the operator's figures are read."""
    sound = value is None or re.fullmatch(f"[!-~]{{{SHORTEST_SECRET},200}}", str(value))
    _should(sound, f"a token of {SHORTEST_SECRET} to 200 characters without spaces")
    return value


def secret_keys(value: Any) -> Any:
    """Keys with ids, newest first."""
    keys = [SecretKey(*pair.partition(":")[::2]) for pair in value.split()] if isinstance(value, str) else value
    sound = all(re.fullmatch("[A-Za-z0-9_-]{1,32}", key.id) and len(key.secret) >= SHORTEST_SECRET for key in keys)
    be = f"id:secret pairs separated by spaces, newest first, each secret of at least {SHORTEST_SECRET} characters"
    _should(keys and sound, f"{be}, ids of letters, digits, - and _")
    _should(len({key.id for key in keys}) == len(keys), f"{be}, no id twice")
    return tuple(keys)


def handover_keys(value: Any) -> Any:
    """None, or keys with ids as those that sign."""
    return value if value == () else secret_keys(value)


def limits(value: Any) -> Any:
    """Limits by name; those that are not named keep what they are unless set."""
    if not isinstance(value, str):
        return value
    pairs = [re.fullmatch(r"(\w+)=([1-9]\d{0,8})/([1-9]\d{0,8})", pair, re.ASCII) for pair in value.split()]
    given = {pair[1]: Limit(int(pair[2]), int(pair[3])) for pair in pairs if pair}
    names = Limits()._asdict()
    _should(all(pairs), f"name=times/seconds separated by spaces, such as {Limits()}; neither number may be 0")
    _should(given.keys() <= names.keys(), f"limits of these names: {', '.join(names)}")
    return Limits(**given)
