"""The small markup of the words in `content/`: names, links and terms of the panel.

`{shop}` is the shop's name; `[Refund Policy](refund_policy)` a link to an address
from the settings (plain text while it is not set); `*Pending*` a term that the
panel shows in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_MARK = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<link>[^)]*)\)|\*(?P<term>[^*]+)\*|\{(?P<name>[^}]*)\}")
NAMES = frozenset({"shop"})
LINKS = frozenset({"refund_policy", "payment_policy"})


@dataclass(frozen=True, kw_only=True)
class Span:
    """A run of text: plain, a link to `href`, or a term in the language `lang`."""

    text: str
    href: str | None = None
    lang: str | None = None


Text = tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class Fill:
    """What the markup stands for: names by id, and addresses of links by id (`None` where not set)."""

    names: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str | None] = field(default_factory=dict)


def parse(source: str, fill: Fill) -> Text:
    """Return the spans of a text of `content/`."""
    spans: list[Span] = []
    end = 0
    for mark in _MARK.finditer(source):
        spans.append(Span(text=source[end : mark.start()]))
        spans.append(_span(mark, fill))
        end = mark.end()
    spans.append(Span(text=source[end:]))
    return tuple(span for span in spans if span.text)


def plain(text: Text) -> str:
    """Return a text without its links and terms, for titles and descriptions."""
    return "".join(span.text for span in text)


def unknown_marks(source: str) -> list[str]:
    """Return the names and links in a text that nothing stands for."""
    marks = list(_MARK.finditer(source))
    names = [m["name"] for m in marks if m["name"] is not None and m["name"] not in NAMES]
    return names + [m["link"] for m in marks if m["link"] is not None and m["link"] not in LINKS]


def _span(mark: re.Match[str], fill: Fill) -> Span:
    if mark["label"]:
        return Span(text=mark["label"], href=fill.links.get(mark["link"]))
    if mark["term"]:
        return Span(text=mark["term"], lang="en")
    return Span(text=fill.names.get(mark["name"], mark["name"]))
