"""What was filed and what the policy said of it, put into words for the pages of customers and staff."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.content import Answer, Words
from portal.filing import Filing
from portal.forms.fields import Known
from portal.forms.labels import KNOWN, PROBLEMS
from portal.i18n import gettext, language
from portal.policy import Circumstance, Facts
from portal.views.here import portal


@dataclass(frozen=True, kw_only=True)
class Line:
    """A labelled line; `href` where it is a link, `mono` where it is a code."""

    label: str
    text: str
    href: str | None = None
    mono: bool = False


@dataclass(frozen=True, kw_only=True)
class Said:
    """A filing or a reading of facts, and the answer of the policy of that day."""

    at: datetime
    again: bool
    lines: tuple[Line, ...]
    pictures: tuple[str, ...]
    answer: Answer
    version: str
    before: dict[str, str]


def said(event: Any, address: Callable[[int], str] = str, before: Facts | None = None) -> Said:
    """Return an event that states facts, in words, with what was stated `before` by the label of its line.

    `address` gives the address of a picture by its id.
    """
    spoken = words_of(event)
    lines = filing_lines(event.filing, spoken) if event.filing else fact_lines(event.facts, spoken)
    return Said(
        at=event.at,
        again=event.number > 1,
        lines=tuple(lines),
        pictures=tuple(address(picture.id) for picture in event.pictures),
        answer=spoken.answer(event.decision),
        version=event.policy.version,
        before={line.label: line.text for line in fact_lines(before, spoken)} if before else {},
    )


def words_of(event: Any) -> Words:
    """Return the words of the policy that spoke in an event, in the language of this request where it had it."""
    then = portal().content_of(event.policy) if event.policy else portal().content
    return then.words.get(language()) or next(iter(then.words.values()))


def filing_lines(filing: Filing, words: Words) -> Iterable[Line]:
    """Yield what was filed, a line a field of the form."""
    status = words.status(filing.status)
    yield Line(label=gettext("Order ID"), text=filing.order_id, mono=True)
    yield Line(label=gettext("Service name"), text=filing.service_name)
    href = filing.link if filing.link.lower().startswith(("http://", "https://")) else None
    yield Line(label=gettext("Submitted link"), text=filing.link, href=href)
    yield Line(label=gettext("Order status"), text=status.full)
    yield Line(label=gettext("What went wrong"), text=str(PROBLEMS[filing.problem]))
    yield Line(label=gettext("Link changed after ordering"), text=_known(filing.link_changed))
    yield Line(label=gettext("Same link ordered elsewhere"), text=_known(filing.duplicate_order))
    yield Line(label=gettext("Reason"), text=filing.reason)
    if filing.reference:
        yield Line(label=gettext("Reference"), text=filing.reference)


def fact_lines(facts: Facts, words: Words) -> Iterable[Line]:
    """Yield the status and each circumstance."""
    status = words.status(facts.status)
    yield Line(label=gettext("Order status"), text=status.full)
    yield from (Line(label=words.circumstance(c), text=_known(facts.value(c))) for c in Circumstance)


def _known(value: bool | None) -> str:
    return str(KNOWN[Known.of(value)])
