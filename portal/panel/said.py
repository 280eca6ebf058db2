"""What a panel said, as JSON whose numbers stay the text that they came as; and how it is written down. Pure."""

from __future__ import annotations

import html
import json
import re
from typing import Any

LONGEST_LINE = 300
LONGEST_RAW = 4_000
HIDDEN = "•••"
"""What stands for the key in all that is written down."""


class Numeral(str):
    """A number as it was written: `0.10`, `1e5`, `NaN`; never a float, and of any length."""

    __slots__ = ()


class Twice(tuple[tuple[str, Any], ...]):
    """An object that has a name twice: which of the two is meant, nobody knows."""

    __slots__ = ()


class Unreadable(ValueError):
    """What came is no JSON."""


def parse(body: bytes) -> Any:
    """Return what JSON says: `dict` or `Twice`, `list`, `str`, `Numeral`, `bool`, `None`. Raises `Unreadable`."""
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_float=Numeral,
            parse_int=Numeral,
            parse_constant=Numeral,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise Unreadable from None  # the fault that it came from holds the whole answer


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Twice:
    made = dict(pairs)
    return made if len(made) == len(pairs) else Twice(pairs)


class Scribe:
    """Writes down what a panel said, however it came, without the key."""

    def __init__(self, key: str) -> None:
        self._key = re.compile("".join(map(_written, key)), re.IGNORECASE) if key else None

    def line(self, said: Any, most: int = LONGEST_LINE) -> str:
        """Return a text, or else the JSON of it, on one line of so many characters that can be seen."""
        text = said if isinstance(said, str) else _compact(said)
        return _cut(self._masked(" ".join("".join(c if c.isprintable() else " " for c in text).split())), most)

    def raw(self, said: Any) -> str:
        """Return the JSON of what was said; where it is longer than is kept, its beginning."""
        text = self._masked(_compact(said))
        return _cut("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text), LONGEST_RAW)

    def _masked(self, text: str) -> str:
        return self._key.sub(HIDDEN, text) if self._key else text


def _written(character: str) -> str:
    """Return the pattern of a character as panels write it back: as it is, escaped, or for an address or a page."""
    code = f"{ord(character):02x}"
    ways = {re.escape(character), f"%{code}", f"u00{code}", f"&\\#0*{ord(character)};", f"&\\#x0*{code};"}
    ways.add(re.escape(html.escape(character)))
    return rf"\\{{0,16}}(?:{'|'.join(sorted(ways, key=len, reverse=True))})"


def _compact(said: Any) -> str:
    try:
        return _json(said)
    except RecursionError:
        return ""


def _json(said: Any) -> str:
    if isinstance(said, Numeral):
        return str(said)
    if isinstance(said, dict | Twice):
        pairs = said.items() if isinstance(said, dict) else said
        return f"{{{','.join([f'{_json(name)}:{_json(value)}' for name, value in pairs])}}}"
    if isinstance(said, list):
        return f"[{','.join([_json(item) for item in said])}]"
    return json.dumps(said, ensure_ascii=False)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
