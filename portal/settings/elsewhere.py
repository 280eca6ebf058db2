"""Where files lie outside the database: `s3://bucket/prefix`, and by its query, on what server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from portal.settings.values import LOOPBACK, host_of

BE = "s3://bucket/prefix, with ?endpoint=https://…&region=… where it is not AWS's own"
KEY_ID = "AWS_ACCESS_KEY_ID"
BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
PREFIX = r"(/[A-Za-z0-9_=+-][A-Za-z0-9._=+-]*)*"

ENDPOINT = r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?(/[A-Za-z0-9._~-]+)*/?"


class Bucket(NamedTuple):
    """A bucket of an S3 server; all names in it begin with `prefix`. What is `None` the environment says, or AWS."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        """Return the address without its server."""
        return f"s3://{self.name}/{self.prefix}".rstrip("/")


def files_url(value: Any) -> Any:
    """The address of a bucket, with a prefix or without; keys are no part of it."""
    if not isinstance(value, str):
        return value
    parts = _split(value)
    _should("@" not in parts.netloc, f"{BE}; the keys stand in {KEY_ID} and AWS_SECRET_ACCESS_KEY")
    path = parts.path.rstrip("/")
    _should(parts.scheme == "s3" and re.fullmatch(BUCKET, parts.netloc, re.ASCII) and not parts.fragment)
    _should(re.fullmatch(PREFIX, path, re.ASCII) and len(path) <= 200, f"{BE}, of letters, digits and . _ = + -")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    told = dict(pairs)
    _should(told.keys() <= {"endpoint", "region"} and len(told) == len(pairs), f"{BE}, and nothing else, nothing twice")
    return Bucket(parts.netloc, path.strip("/"), _endpoint(told.get("endpoint")), _region(told.get("region")))


def key_faults(environ: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the id of the key, which would be sent as it is; none need be there."""
    sound = re.fullmatch("[!-~]*", environ.get(KEY_ID, ""))
    return [] if sound else [f"{KEY_ID}: should be the id of a key, without spaces and without a line's end"]


def _should(holds: object, be: str = BE) -> None:
    if not holds:
        raise ValueError(f"should be {be}")


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        raise ValueError(f"should be {BE}") from None


def _endpoint(address: str | None) -> str | None:
    """Return a server's address; plain http on this machine alone."""
    if address is None:
        return None
    be = "s3://bucket/prefix?endpoint=https://…, the endpoint an address without keys and query, in Latin letters"
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    _should(whole and re.fullmatch(ENDPOINT, address, re.ASCII), be)
    _should(parts.scheme == "https" or host_of(parts) in LOOPBACK, f"{be}, on https unless on this machine itself")
    return address.rstrip("/")


def _region(name: str | None) -> str | None:
    _should(name is None or re.fullmatch("[A-Za-z0-9-]{1,40}", name), f"{BE}, the region such as eu-central-1")
    return name
