"""What people type: cleaned of what nobody can see, and counted as people count."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import idna
import regex

from portal.patterns import ADDRESS

DAMAGED = "\N{REPLACEMENT CHARACTER}"
"""What stands in a text for bytes that were not UTF-8."""

LONGEST_ADDRESS = 254

_NEVER_SEEN = regex.compile(r"[\p{Cc}\p{Cs}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff--\n\t]", regex.V1)
_MARKS_ALONE = regex.compile(r"^[\p{Z}\p{Cf}\p{M}\s]*$")
_ADDRESS = regex.compile(ADDRESS)
_GRAPHEME = regex.compile(r"\X")


def clean(typed: str) -> str:
    """Return the text in NFC, its lines ended by `\\n`, without controls, overrides of direction and outer space."""
    lines = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    seen: str = _NEVER_SEEN.sub("", lines)
    return "" if _MARKS_ALONE.match(seen) else seen.strip()


def clean_line(typed: str) -> str:
    """Return the text cleaned, on one line, each run of white space one space."""
    return " ".join(clean(typed).split())


def is_address(text: str) -> bool:
    """Return whether a text is one e-mail address."""
    return bool(_ADDRESS.fullmatch(text))


def canonical(address: str) -> str:
    """Return an e-mail address as others are compared with it: in small letters, each way to write its domain one."""
    local, _, domain = address.lower().rpartition("@")
    with suppress(idna.IDNAError):
        domain = idna.encode(domain, uts46=True).decode()
    return f"{local}@{domain}"


def masked(address: str) -> str:
    """Return an e-mail address so that its owner knows it, and others do not learn it."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def length(text: str) -> int:
    """Return how many characters a reader sees (grapheme clusters, UAX #29)."""
    return len(_GRAPHEME.findall(text))
