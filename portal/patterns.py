"""Patterns of what people and programs send; they mean the same to Python, Rust and ECMAScript, which all read them."""

from __future__ import annotations

CONTROLS = (
    r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd"
)
"""What programs are not to send in a text, as the inside of a pattern's brackets: controls, and turns of direction."""

_UNSEEN = rf"\s{CONTROLS}\u00ad\u0300-\u036f\u180e\u200b-\u200d\u2060-\u2064"
SEEN = rf"[^{_UNSEEN}]"
"""A character that somebody sees."""

LINE = rf"^[^\n\r\t{CONTROLS}]*{SEEN}[^\n\r\t{CONTROLS}]*$"
"""A text on one line, of which something can be seen."""

ORDER_ID = r"[A-Za-z0-9_-]{1,40}"

_SPACE = rf"\s{CONTROLS}"
_LETTER = rf"[^{_SPACE}\u0020-\u002c\u002e\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\u00a9]"  # of any script; or - _
LINK = (
    rf"[Hh][Tt][Tt][Pp][Ss]?://[^{_SPACE}/?#@][^{_SPACE}]*"  # an address
    rf"|{_LETTER}+(\.{_LETTER}+)+([/?#:][^{_SPACE}]*)?"  # a domain, with or without a path
    rf"|@({_LETTER}|\.){{1,100}}"  # a name
)
"""What an order was made for."""

_ATOM = rf'[^@.\s{CONTROLS},;:<>()"\[\]\\]+'
ADDRESS = rf"{_ATOM}(\.{_ATOM})*@{_ATOM}(\.{_ATOM})+"
"""One e-mail address."""

IDEMPOTENCY_KEY = r"^[!-~]{1,200}$"
"""The name of a call that files a ticket."""
